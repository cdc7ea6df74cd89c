package awsfake_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar/awsfake"
)

func TestS3Addresses(t *testing.T) {
	type options = func(*s3.Options)
	endpoint := func(url string) options { return func(o *s3.Options) { o.BaseEndpoint = aws.String(url) } }
	tests := []struct {
		name    string
		tls     bool
		region  string
		options options
	}{
		{"path style over http", false, "us-east-1", func(o *s3.Options) { o.UsePathStyle = true }},
		{"path style over https", true, "us-east-1", func(o *s3.Options) { o.UsePathStyle = true }},
		{"an IP address makes path style", false, "us-east-1", func(o *s3.Options) {}},
		{"AWS's own address", true, "us-east-1", func(o *s3.Options) { o.BaseEndpoint = nil }},
		{"AWS's own address in another Region", true, "eu-central-1", func(o *s3.Options) { o.BaseEndpoint = nil }},
		{"AWS's dual-stack address", true, "us-east-1", func(o *s3.Options) {
			o.BaseEndpoint = nil
			o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled
		}},
		{"AWS's own address in path style", true, "us-east-1", func(o *s3.Options) { o.BaseEndpoint = nil; o.UsePathStyle = true }},
		{"AWS's address without a Region", false, "us-east-1", endpoint("http://s3.amazonaws.com")},
		{"s3.localhost", false, "us-east-1", endpoint("http://s3.localhost:4566")},
		{"localhost", false, "us-east-1", endpoint("http://localhost:4566")},
		{"localhost in path style", false, "us-east-1", func(o *s3.Options) {
			o.BaseEndpoint, o.UsePathStyle = aws.String("http://localhost:4566"), true
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.TLS, o.Region = tt.tls, tt.region })
			client := s3.NewFromConfig(srv.Config(), tt.options)
			bucket, key, body := aws.String("my-bucket"), aws.String("a/b c+d~é%2F.json"), []byte(`{"n":1}`)
			in := &s3.CreateBucketInput{Bucket: bucket}
			if tt.region != "us-east-1" {
				in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(tt.region)}
			}
			if _, err := client.CreateBucket(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			_, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(body)})
			if err != nil {
				t.Fatal(err)
			}
			if stored, _, ok := srv.Object(*bucket, *key); !ok || !bytes.Equal(stored, body) {
				t.Errorf("stored %q, %v", stored, ok)
			}
			out, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key})
			if err != nil {
				t.Fatal(err)
			}
			defer out.Body.Close()
			if got, err := io.ReadAll(out.Body); err != nil || !bytes.Equal(got, body) {
				t.Errorf("got %q, %v", got, err)
			}
			last := srv.Requests()[len(srv.Requests())-1]
			if last.Op != "GetObject" || last.Target != *bucket+"/"+*key || last.Service != "s3" {
				t.Errorf("%+v", last)
			}
		})
	}
}
