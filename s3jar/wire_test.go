package s3jar_test

import (
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// tap notes the headers of each request.
type tap struct {
	s3.HTTPClient
	mu   sync.Mutex
	sent []http.Header
	urls []string
}

func (p *tap) Do(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.sent = append(p.sent, r.Header.Clone())
	p.urls = append(p.urls, r.URL.String())
	p.mu.Unlock()
	return p.HTTPClient.Do(r)
}

// TestWire looks at the PUT over https, where the SDK by itself sends a body
// in the aws-chunked form.
func TestWire(t *testing.T) {
	for _, c := range []struct {
		name     string
		checksum aws.RequestChecksumCalculation
		want     string // the header x-amz-checksum-crc32
	}{
		{"default", aws.RequestChecksumCalculationWhenSupported, "DUoRhQ=="}, // of "hello world"
		{"unset", 0, "DUoRhQ=="},
		{"when required", aws.RequestChecksumCalculationWhenRequired, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			srv := newServer(t, func(o *awsfake.Options) { o.TLS = true })
			srv.SetS3(awsfake.S3Trouble{RefuseChunked: true})
			wire := &tap{HTTPClient: srv.HTTPClient()}
			client := newClient(srv, func(o *s3.Options) {
				o.HTTPClient, o.RequestChecksumCalculation = wire, c.checksum
			})
			object := s3jar.NewBucket(client, bucketName).Object(keyName)
			meta := save(t, object, `hello world`, awsjar.None)
			save(t, object, `hello world`, meta.Revision)
			save(t, object, `hello world`, awsjar.Any)
			if body, _, _ := stored(t, srv); body != `hello world` {
				t.Errorf("stored %q", body)
			}
			for _, h := range wire.sent {
				if h.Get("Content-Encoding") != "" || h.Get("X-Amz-Trailer") != "" || h.Get("X-Amz-Decoded-Content-Length") != "" {
					t.Errorf("sent in chunks: %v", h)
				}
				if got := h.Get("X-Amz-Checksum-Crc32"); got != c.want {
					t.Errorf("sent the checksum %q; want %q", got, c.want)
				}
				if h.Get("If-Match") != "" && h.Get("If-None-Match") != "" || h.Get("If-Match") == "*" {
					t.Errorf("sent a condition that S3 refuses: %v", h)
				}
			}
		})
	}
	t.Run("the server does refuse chunks", func(t *testing.T) {
		srv := newServer(t, func(o *awsfake.Options) { o.TLS = true })
		srv.SetS3(awsfake.S3Trouble{RefuseChunked: true})
		_, err := newClient(srv).PutObject(within(t), &s3.PutObjectInput{
			Bucket: aws.String(bucketName), Key: aws.String(keyName), Body: strings.NewReader("hello world"),
		})
		if err == nil {
			t.Error("a plain SDK call passed: the test above shows nothing")
		}
	})
}

func TestAddressStyles(t *testing.T) {
	srv := newServer(t, func(o *awsfake.Options) { o.TLS = true })
	for want, set := range map[string]func(*s3.Options){
		"https://my-bucket.s3.us-east-1.amazonaws.com/state.json": func(o *s3.Options) { o.BaseEndpoint = nil },
		"https://s3.us-east-1.amazonaws.com/my-bucket/state.json": func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = nil, true },
		srv.URL() + "/my-bucket/state.json":                       func(o *s3.Options) { o.UsePathStyle = true },
	} {
		wire := &tap{HTTPClient: srv.HTTPClient()}
		client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.HTTPClient = wire }, set)
		save(t, s3jar.NewBucket(client, bucketName).Object(keyName), `1`, awsjar.Any)
		if got, _, _ := strings.Cut(wire.urls[0], "?"); got != want {
			t.Errorf("sent to %s; want %s", got, want)
		}
	}
}

func TestOptions(t *testing.T) {
	srv := newServer(t)
	wire := &tap{HTTPClient: srv.HTTPClient()}
	client := newClient(srv, func(o *s3.Options) { o.HTTPClient = wire })
	bucket := s3jar.NewBucket(client, bucketName, func(o *s3jar.Options) {
		o.ContentType = "text/plain"
		o.Encryption = types.ServerSideEncryptionAwsKms
		o.KMSKeyID = "my-key"
	})
	object := bucket.Object(keyName, func(o *s3jar.Options) { o.ContentType = "application/x-mine" })
	save(t, object, `1`, awsjar.Any)
	mustLoad(t, object, `1`)
	put, get := wire.sent[0], wire.sent[1]
	for name, want := range map[string]string{
		"Content-Type":                                "application/x-mine",
		"X-Amz-Server-Side-Encryption":                "aws:kms",
		"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "my-key",
	} {
		if got := put.Get(name); got != want {
			t.Errorf("PUT sent %s: %q; want %q", name, got, want)
		}
	}
	if get.Get("X-Amz-Server-Side-Encryption") != "" {
		t.Error("GET sent an encryption header, which S3 answers with 400")
	}
	save(t, bucket.Object("other"), `1`, awsjar.Any)
	if got := wire.sent[2].Get("Content-Type"); got != "text/plain" {
		t.Errorf("the options of one Object changed those of its Bucket: %q", got)
	}
	if object.String() != "s3://my-bucket/state.json" || bucket.String() != "s3://my-bucket" {
		t.Errorf("String returned %q and %q", object, bucket)
	}
}

// TestDependencies: who keeps state in S3 links neither the Lambda client nor
// the SDK's configuration.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, "github.com/aws/aws-sdk-go-v2/service/s3") {
		t.Fatal("the list is not complete")
	}
	for _, dep := range deps {
		for _, bad := range []string{"service/lambda", "aws-sdk-go-v2/config", "awsjar/awsfake", "awsjar/storetest", "awsjar/lambdajar"} {
			if strings.Contains(dep, bad) {
				t.Errorf("depends on %s", dep)
			}
		}
		if dep == "testing" {
			t.Error("depends on testing")
		}
	}
}
