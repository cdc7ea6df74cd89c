package s3fake_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

// TestSDKErrors: the SDK sees the errors that it sees on AWS.
func TestSDKErrors(t *testing.T) {
	f := withBucket(t, "Enabled")
	etag, _ := f.put("key", "body")
	f.put("dead", "x")
	f.must(f.service.DeleteObject("bucket", "dead"))
	marker := f.service.Versions("bucket", "dead")[0].ID
	gone := func() string {
		_, id := f.put("gone", "x")
		f.do("DELETE", "/bucket/gone?versionId="+id, "")
		return id
	}()
	client, ctx, bucket := f.client(), t.Context(), aws.String("bucket")
	get := func(key string, change func(*s3.GetObjectInput)) error {
		in := &s3.GetObjectInput{Bucket: bucket, Key: aws.String(key)}
		change(in)
		_, err := client.GetObject(ctx, in)
		return err
	}
	put := func(change func(*s3.PutObjectInput)) error {
		in := &s3.PutObjectInput{Bucket: bucket, Key: aws.String("key"), Body: strings.NewReader("new")}
		change(in)
		_, err := client.PutObject(ctx, in)
		return err
	}
	_, headMissing := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("none")})
	_, headBucket := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("none")})
	_, noBucket := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("none"), Key: aws.String("key")})
	_, list := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("none")})
	for _, row := range []struct {
		name   string
		err    error
		code   string
		status int
		typed  any // pointer to a typed error, nil if AWS's answer has none
	}{
		{"GET missing", get("none", func(*s3.GetObjectInput) {}), "NoSuchKey", 404, new(*types.NoSuchKey)},
		{"GET under a marker", get("dead", func(*s3.GetObjectInput) {}), "NoSuchKey", 404, new(*types.NoSuchKey)},
		{"GET a marker", get("dead", func(in *s3.GetObjectInput) { in.VersionId = &marker }), "MethodNotAllowed", 405, nil},
		{"GET unknown version", get("key", func(in *s3.GetObjectInput) { in.VersionId = &gone }), "NoSuchVersion", 404, nil},
		{"GET malformed version", get("key", func(in *s3.GetObjectInput) { in.VersionId = aws.String("x") }), "InvalidArgument", 400, nil},
		{"GET not modified", get("key", func(in *s3.GetObjectInput) { in.IfNoneMatch = &etag }), "NotModified", 304, nil},
		{"GET If-Match different", get("key", func(in *s3.GetObjectInput) { in.IfMatch = aws.String("x") }), "PreconditionFailed", 412, nil},
		{"GET range", get("key", func(in *s3.GetObjectInput) { in.Range = aws.String("bytes=9-") }), "InvalidRange", 416, nil},
		{"HEAD missing", headMissing, "NotFound", 404, new(*types.NotFound)},
		{"HEAD bucket missing", headBucket, "NotFound", 404, new(*types.NotFound)},
		{"GET no bucket", noBucket, "NoSuchBucket", 404, nil},
		{"LIST no bucket", list, "NoSuchBucket", 404, new(*types.NoSuchBucket)},
		{"PUT create exists", put(func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") }), "PreconditionFailed", 412, nil},
		{"PUT different", put(func(in *s3.PutObjectInput) { in.IfMatch = aws.String("x") }), "PreconditionFailed", 412, nil},
		{"PUT vanished", put(func(in *s3.PutObjectInput) { in.Key, in.IfMatch = aws.String("none"), &etag }), "NoSuchKey", 404, nil},
		{"PUT If-Match *", put(func(in *s3.PutObjectInput) { in.IfMatch = aws.String("*") }), "NotImplemented", 501, nil},
		{"PUT other owner", put(func(in *s3.PutObjectInput) { in.ExpectedBucketOwner = aws.String("000000000000") }), "AccessDenied", 403, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			var api smithy.APIError
			var answer *awshttp.ResponseError
			if !errors.As(row.err, &api) || api.ErrorCode() != row.code {
				t.Fatalf("error %v, want %s", row.err, row.code)
			}
			if !errors.As(row.err, &answer) || answer.HTTPStatusCode() != row.status || answer.ServiceRequestID() == "" {
				t.Errorf("error %v, want status %d and a request id", row.err, row.status)
			}
			if row.typed != nil && !errors.As(row.err, row.typed) {
				t.Errorf("error %T, want %T", row.err, row.typed)
			}
		})
	}
}

// TestLostAnswer: a conditional PUT whose answer is lost is retried by the SDK and
// meets its own first attempt: the caller is told 412 although the write is stored
// (facts, decision 3 and B5). The library must see this from the fake too.
func TestLostAnswer(t *testing.T) {
	f := withBucket(t, "")
	old, _ := f.put("key", "old")
	for name, change := range map[string]func(*s3.PutObjectInput){
		"replace": func(in *s3.PutObjectInput) { in.IfMatch = &old },
		"create":  func(in *s3.PutObjectInput) { in.Key, in.IfNoneMatch = aws.String("new"), aws.String("*") },
	} {
		t.Run(name, func(t *testing.T) {
			var attempts atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if attempts.Add(1) > 1 {
					f.service.ServeHTTP(w, r)
					return
				}
				f.service.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			}))
			t.Cleanup(server.Close)
			in := &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key"), Body: strings.NewReader("mine")}
			change(in)
			_, err := newClient(server, atOnce).PutObject(t.Context(), in)
			if codeOf(err) != "PreconditionFailed" || attempts.Load() != 2 {
				t.Errorf("%d attempts: %v", attempts.Load(), err)
			}
			if body, _, _ := f.service.Object("bucket", *in.Key); string(body) != "mine" {
				t.Errorf("stored %q", body)
			}
		})
	}
}

// atOnce makes the client try three times without waiting in between.
func atOnce(o *s3.Options) {
	o.RetryMaxAttempts = 0 // it would replace the retryer's
	o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) {
		r.MaxAttempts = 3
		r.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}
