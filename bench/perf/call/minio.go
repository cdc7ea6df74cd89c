package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/awsjar/awsjar/bench/perf/state"
)

func newMinio(endpoint string) (client, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	c, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewEnvAWS(), Secure: strings.HasPrefix(endpoint, "https:"), Region: state.Region, BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, err
	}
	get := func(ctx context.Context) (s state.State, etag string, err error) {
		object, err := c.GetObject(ctx, state.Bucket, state.Key, minio.GetObjectOptions{})
		if err != nil {
			return s, "", err
		}
		defer object.Close()
		data, err := io.ReadAll(object)
		if err != nil {
			return s, "", err
		}
		info, err := object.Stat()
		if err != nil {
			return s, "", err
		}
		return s, info.ETag, json.Unmarshal(data, &s)
	}
	put := func(ctx context.Context, s state.State, etag string) error {
		data, err := json.Marshal(s)
		if err != nil {
			return err
		}
		opts := minio.PutObjectOptions{ContentType: "application/json"}
		if etag != "" {
			opts.SetMatchETag(etag)
		}
		_, err = c.PutObject(ctx, state.Bucket, state.Key, bytes.NewReader(data), int64(len(data)), opts)
		return err
	}
	return client{
		"s3-get": func(ctx context.Context) error { _, _, err := get(ctx); return err },
		"s3-put": func(ctx context.Context) error { return put(ctx, state.Sample, "") },
		"s3-update": func(ctx context.Context) error {
			s, etag, err := get(ctx)
			if err != nil {
				return err
			}
			s.Cursor++
			return put(ctx, s, etag)
		},
	}, nil
}
