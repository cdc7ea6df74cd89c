package s3jar_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/hasten"
	"github.com/awsjar/awsjar/s3jar"
)

const (
	bucketName = "my-bucket"
	keyName    = "state.json"
	accessKey  = "AKIDOFSOMEBODYELSE00"
)

func TestMain(m *testing.M) {
	s3jar.WaitLittle()
	hasten.Tests()
	os.Exit(m.Run())
}

// newServer starts a fake S3 with one bucket.
func newServer(t testing.TB, optFns ...func(*awsfake.Options)) *awsfake.Server {
	t.Helper()
	srv := awsfake.NewServer(t, append(optFns, func(o *awsfake.Options) { o.AccessKey = accessKey })...)
	if err := srv.CreateBucket(bucketName); err != nil {
		t.Fatal(err)
	}
	return srv
}

// newClient returns an SDK client of the server, path-style.
func newClient(srv *awsfake.Server, optFns ...func(*s3.Options)) *s3.Client {
	return s3.NewFromConfig(srv.Config(), append([]func(*s3.Options){func(o *s3.Options) { o.UsePathStyle = true }}, optFns...)...)
}

// newObject returns an object in a bucket of a new server.
func newObject(t testing.TB, optFns ...func(*s3jar.Options)) (*awsfake.Server, *s3jar.Object) {
	t.Helper()
	srv := newServer(t)
	return srv, s3jar.NewBucket(newClient(srv), bucketName, optFns...).Object(keyName)
}

// newVersioned is newObject in a bucket that keeps versions.
func newVersioned(t testing.TB) (*awsfake.Server, *s3jar.Object) {
	t.Helper()
	srv, object := newObject(t)
	setVersioning(t, srv, "Enabled")
	return srv, object
}

func setVersioning(t testing.TB, srv *awsfake.Server, status string) {
	t.Helper()
	if err := srv.SetVersioning(bucketName, status); err != nil {
		t.Fatal(err)
	}
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func save(t testing.TB, o *s3jar.Object, data string, replaces awsjar.Revision) awsjar.Meta {
	t.Helper()
	meta, err := o.Save(within(t), []byte(data), replaces)
	if err != nil {
		t.Fatalf("Save(%s): %v", data, err)
	}
	return meta
}

func mustLoad(t testing.TB, o *s3jar.Object, want string) awsjar.Meta {
	t.Helper()
	data, meta, err := o.Load(within(t))
	if err != nil || string(data) != want {
		t.Fatalf("Load returned %q, %v; want %q", data, err, want)
	}
	return meta
}

func mustBe(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got the error %v; want %v", err, want)
	}
}

// foreign stores bytes as a program that knows nothing of awsjar.
func foreign(t testing.TB, srv *awsfake.Server, body string) {
	t.Helper()
	if err := srv.PutObject(bucketName, keyName, []byte(body), nil); err != nil {
		t.Fatal(err)
	}
}

// ops are the operations that the server saw, and empties its log.
func ops(srv *awsfake.Server) []string {
	var all []string
	for _, r := range srv.Requests() {
		all = append(all, r.Op)
	}
	srv.ResetRequests()
	return all
}

func mustSend(t testing.TB, srv *awsfake.Server, want ...string) {
	t.Helper()
	if got := ops(srv); !slices.Equal(got, want) {
		t.Errorf("sent %q; want %q", got, want)
	}
}
