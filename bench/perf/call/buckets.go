package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/url"

	"github.com/go-kit/log"
	"github.com/thanos-io/objstore/providers/s3"
	"gocloud.dev/blob"
	_ "gocloud.dev/blob/s3blob" // the scheme s3

	"github.com/awsjar/awsjar/bench/perf/state"
)

// newGoCloud is gocloud.dev/blob. It has no condition on a write but "must not
// exist", so that it cannot update.
func newGoCloud(string) (client, error) {
	bucket, err := blob.OpenBucket(context.Background(), "s3://"+state.Bucket+"?use_path_style=true")
	if err != nil {
		return nil, err
	}
	return client{
		"s3-get": func(ctx context.Context) error {
			data, err := bucket.ReadAll(ctx, state.Key)
			if err != nil {
				return err
			}
			return json.Unmarshal(data, new(state.State))
		},
		"s3-put": func(ctx context.Context) error {
			data, err := json.Marshal(state.Sample)
			if err != nil {
				return err
			}
			return bucket.WriteAll(ctx, state.Key, data, &blob.WriterOptions{ContentType: "application/json"})
		},
	}, nil
}

// newThanos is thanos-io/objstore, which is built on minio-go.
func newThanos(endpoint string) (client, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	cfg := s3.DefaultConfig
	cfg.Bucket, cfg.Endpoint, cfg.Region, cfg.Insecure = state.Bucket, u.Host, state.Region, u.Scheme == "http"
	cfg.AccessKey, cfg.SecretKey, cfg.BucketLookupType = "AKIAIOSFODNN7EXAMPLE", "secret", s3.PathLookup
	bucket, err := s3.NewBucketWithConfig(log.NewNopLogger(), cfg, "bench", nil)
	if err != nil {
		return nil, err
	}
	return client{
		"s3-get": func(ctx context.Context) error {
			r, err := bucket.Get(ctx, state.Key)
			if err != nil {
				return err
			}
			defer r.Close()
			data, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			return json.Unmarshal(data, new(state.State))
		},
		"s3-put": func(ctx context.Context) error {
			data, err := json.Marshal(state.Sample)
			if err != nil {
				return err
			}
			return bucket.Upload(ctx, state.Key, bytes.NewReader(data))
		},
	}, nil
}
