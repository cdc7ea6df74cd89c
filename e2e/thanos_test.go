package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"strings"
	"testing"

	"github.com/go-kit/log"
	"github.com/thanos-io/objstore"
	"github.com/thanos-io/objstore/providers/s3"

	"github.com/awsjar/awsjar/awsfake"
)

// newThanos is a bucket of Thanos' object store, which is built on minio-go.
func newThanos(t *testing.T, srv *awsfake.Server, change func(*s3.Config)) *s3.Bucket {
	t.Helper()
	config := s3.DefaultConfig
	config.Bucket = "clients"
	config.Endpoint = strings.TrimPrefix(srv.URL(), "http://")
	config.Insecure = true
	config.Region = "us-east-1"
	config.AccessKey = awsfake.DefaultAccessKey
	config.SecretKey = awsfake.DefaultSecretKey
	if change != nil {
		change(&config)
	}
	bucket, err := s3.NewBucketWithConfig(log.NewNopLogger(), config, "e2e", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	return bucket
}

// TestThanos runs the acceptance sequence of Thanos' object store: gets of
// objects that are there and that are not, ranges, listings, deletes, and an
// upload of 200 MiB.
func TestThanos(t *testing.T) {
	t.Parallel()
	objstore.AcceptanceTest(t, newThanos(t, newClients(t), nil))
}

// TestThanosLarge uploads in parts what the acceptance sequence sends as one,
// and sees every byte of it again.
func TestThanosLarge(t *testing.T) {
	t.Parallel()
	srv := newClients(t)
	bucket := newThanos(t, srv, func(c *s3.Config) { c.PartSize = 5 << 20 })
	large := make([]byte, 17<<20)
	if _, err := rand.Read(large); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if err := bucket.Upload(ctx, "large", bytes.NewReader(large)); err != nil {
		t.Fatal(err)
	}
	if _, header, _ := srv.Object("clients", "large"); !strings.HasSuffix(header.Get("ETag"), `-4"`) {
		t.Errorf("the ETag %s is not that of four parts", header.Get("ETag"))
	}
	reader, err := bucket.Get(ctx, "large")
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if got, err := io.ReadAll(reader); err != nil || !bytes.Equal(got, large) {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
}
