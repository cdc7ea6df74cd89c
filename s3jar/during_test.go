package s3jar_test

import (
	"context"
	"errors"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/s3jar"
)

// TestBucketErrors: an error of a bucket names the call and the bucket.
func TestBucketErrors(t *testing.T) {
	keys := func(ctx context.Context, b *s3jar.Bucket) error {
		for _, err := range b.Keys(ctx, "") {
			return err
		}
		return nil
	}
	versioning := func(ctx context.Context, b *s3jar.Bucket) error { _, err := b.Versioning(ctx); return err }
	enable := func(ctx context.Context, b *s3jar.Bucket) error {
		return b.EnableVersioning(ctx, func(o *s3jar.VersioningOptions) { o.Wait = true })
	}
	suspend := func(ctx context.Context, b *s3jar.Bucket) error { return b.SuspendVersioning(ctx) }
	check := func(ctx context.Context, b *s3jar.Bucket) error { _, err := b.Check(ctx); return err }
	for _, c := range []struct {
		denied string
		call   func(context.Context, *s3jar.Bucket) error
		op     string
	}{
		{"ListObjectsV2", keys, "list"},
		{"GetBucketVersioning", versioning, "versioning"},
		{"PutBucketVersioning", enable, "versioning"},
		{"PutObject", enable, "versioning"},
		{"PutBucketVersioning", suspend, "versioning"},
		{"PutObject", check, "check"},
		{"DeleteObject", check, "check"},
	} {
		srv, bucket := newServerBucket(t)
		srv.Deny(c.denied, "", "")
		err := c.call(within(t), bucket)
		mustBe(t, err, awsjar.ErrAccessDenied)
		var got *awsjar.Error
		if !errors.As(err, &got) || got.Op != c.op || got.Target != "s3://"+bucketName || got.Hint == "" {
			t.Errorf("%s denied: %#v; want the Op %q, the bucket and a hint", c.denied, got, c.op)
		}
		if err := c.call(within(t), nil); !errors.As(err, &got) || got.Op != c.op || !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("nil *Bucket: %v; want the Op %q and ErrInvalid", err, c.op)
		}
	}
}
