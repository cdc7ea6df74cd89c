package s3jar_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// newForeign returns a client of the server that does not show that it is
// awsfake: a server of some other maker, over http.
func newForeign(srv *awsfake.Server, optFns ...func(*s3.Options)) *s3.Client {
	return newClient(srv, append(optFns, func(o *s3.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider(accessKey, awsfake.DefaultSecretKey, "")
	})...)
}

// careless is a server that takes every condition for one that holds.
func careless(t testing.TB) *awsfake.Server {
	srv := newServer(t)
	srv.SetS3(awsfake.S3Trouble{IgnorePutConditions: true, IgnoreDeleteConditions: true})
	return srv
}

// racing is a server that looks whether a condition holds, and then stores
// without a lock between the two. The writes of one wave have all looked before
// the first of them stores.
type racing struct {
	*s3.Client
	wave *wave
}

// wave holds the writes of one key back until size of them have come, after the
// first ones, which pass.
type wave struct {
	size  int
	races func(*s3.PutObjectInput) bool // which writes race; the others are refused as they should be
	mu    sync.Mutex
	first int
	here  map[string]int
	open  map[string]chan struct{}
}

func newWave(first, size int) *wave {
	return &wave{
		first: first, size: size, races: func(*s3.PutObjectInput) bool { return true },
		here: map[string]int{}, open: map[string]chan struct{}{},
	}
}

// pass waits for the others of a wave. One that does not fill ends, so that a
// test of code that sends a write alone fails, and does not hang.
func (w *wave) pass(ctx context.Context, key string) error {
	w.mu.Lock()
	if w.first > 0 {
		w.first--
		w.mu.Unlock()
		return nil
	}
	if w.here[key] == 0 {
		w.open[key] = make(chan struct{})
	}
	open := w.open[key]
	if w.here[key]++; w.here[key] == w.size {
		w.here[key] = 0
		close(open)
	}
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	select {
	case <-open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r racing) PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if in.IfMatch == nil && in.IfNoneMatch == nil || !r.wave.races(in) {
		return r.Client.PutObject(ctx, in, optFns...)
	}
	now, err := r.HeadObject(ctx, &s3.HeadObjectInput{Bucket: in.Bucket, Key: in.Key})
	holds := err != nil && in.IfNoneMatch != nil || err == nil && aws.ToString(in.IfMatch) == aws.ToString(now.ETag)
	if !holds {
		return r.Client.PutObject(ctx, in, optFns...) // refuses it
	}
	if err := r.wave.pass(ctx, *in.Key); err != nil {
		return nil, err
	}
	careless := *in
	careless.IfMatch, careless.IfNoneMatch = nil, nil
	return r.Client.PutObject(ctx, &careless, optFns...)
}

// logged returns a logger, and the text that it writes.
func logged() (*slog.Logger, *strings.Builder) {
	var text strings.Builder
	return slog.New(slog.NewTextHandler(&text, nil)), &text
}

func mustLog(t testing.TB, log *strings.Builder, want string) {
	t.Helper()
	if want == "" && log.Len() > 0 || !strings.Contains(log.String(), want) {
		t.Errorf("logged %q; want %q", log, want)
	}
}

// mustBeClean looks for scratch objects that are left, and their versions.
func mustBeClean(t testing.TB, srv *awsfake.Server) {
	t.Helper()
	name, prefix := bucketName, "awsjar-check/"
	out, err := newClient(srv).ListObjectVersions(within(t), &s3.ListObjectVersionsInput{Bucket: &name, Prefix: &prefix})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(out.Versions) + len(out.DeleteMarkers); n > 0 {
		t.Errorf("%d scratch versions are left", n)
	}
}

var _ s3jar.Client = racing{}

// ending ends a context with one of its requests.
type ending struct {
	*s3.Client
	after atomic.Int64
	end   func()
}

func (e *ending) PutObject(ctx context.Context, in *s3.PutObjectInput, optFns ...func(*s3.Options)) (*s3.PutObjectOutput, error) {
	if e.after.Add(-1) == 0 {
		e.end()
	}
	return e.Client.PutObject(ctx, in, optFns...)
}
