package awsdirect_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/direct/directtest"
	"github.com/awsjar/awsjar/internal/direct/learned"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/awsjar/awsjar/storetest"
)

const bucketName, keyName = "my-bucket", "state.json"

// newObject returns an object of a server, by a client of its own.
func newObject(t *testing.T, srv *awsfake.Server, optFns ...func(*s3jar.Options)) *s3jar.Object {
	t.Helper()
	client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	return s3jar.NewBucket(learned.S3(t, client, bucketName), bucketName, optFns...).Object(keyName)
}

func newServer(t *testing.T, optFns ...func(*awsfake.Options)) *awsfake.Server {
	t.Helper()
	srv := awsfake.NewServer(t, optFns...)
	if err := srv.CreateBucket(bucketName); err != nil {
		t.Fatal(err)
	}
	return srv
}

// TestStore runs the contract, as s3jar does with the SDK's own client.
func TestStore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server     func(*awsfake.Options)
		versioning string
		trouble    awsfake.S3Trouble
		object     func(*s3jar.Options)
	}{
		"plain":     {},
		"versioned": {versioning: "Enabled"},
		"suspended": {versioning: "Suspended"},
		"keep last": {object: func(o *s3jar.Options) { o.KeepLast = true }},
		"409s":      {trouble: awsfake.S3Trouble{ConflictEvery: 2}},
		"https":     {server: func(o *awsfake.Options) { o.TLS = true }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var srv *awsfake.Server
			open := func(t *testing.T) awsjar.Store {
				if srv = newServer(t); c.server != nil {
					srv = newServer(t, c.server)
				}
				if c.versioning != "" {
					if err := srv.SetVersioning(bucketName, c.versioning); err != nil {
						t.Fatal(err)
					}
				}
				srv.SetS3(c.trouble)
				if c.object != nil {
					return newObject(t, srv, c.object)
				}
				return newObject(t, srv)
			}
			storetest.Run(t, open, func(o *storetest.Options) {
				o.Second = func(t *testing.T, _ awsjar.Store) awsjar.Store { return newObject(t, srv) }
			})
		})
	}
}

// TestStoreFaults: each answer to a write has the same meaning by both ways.
func TestStoreFaults(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]awsfake.Fault{
		"lost connection":    {Drop: true},
		"500":                {Code: "InternalError"},
		"503":                {Code: "ServiceUnavailable", Status: 503},
		"throttled":          {Code: "SlowDown"},
		"502 without a body": {Status: 502},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.RunFaults(t, func(t *testing.T) (awsjar.Store, func(storetest.Fault)) {
				srv := newServer(t)
				return newObject(t, srv), func(when storetest.Fault) {
					for _, op := range []string{"PutObject", "DeleteObject"} {
						f := fault
						f.Op, f.After = op, when == storetest.Stored
						srv.Inject(f)
					}
				}
			})
		})
	}
}

// TestTime: the time of the service comes with the Meta of each call, and with a
// "not modified", as it does by the SDK.
func TestTime(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	answers := smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
		status := http.StatusOK
		if r.Method == http.MethodGet && r.Header.Get("If-None-Match") != "" {
			status = http.StatusNotModified
		}
		header := http.Header{"Etag": {`"e"`}, "Date": {now.Format(http.TimeFormat)}}
		return &http.Response{StatusCode: status, Header: header, Body: http.NoBody, Request: r}, nil
	})
	official := s3.New(s3.Options{Region: "eu-west-1", HTTPClient: answers, Retryer: aws.NopRetryer{}, Credentials: directtest.Credentials{}})
	for name, c := range map[string]s3jar.Client{"SDK": official, "direct": learned.S3(t, official, bucketName)} {
		object := s3jar.NewBucket(c, bucketName).Object(keyName, func(o *s3jar.Options) { o.KeepLast = true })
		for _, call := range []func() (awsjar.Meta, error){
			func() (awsjar.Meta, error) { return object.Save(t.Context(), []byte("1"), awsjar.Any) },
			func() (awsjar.Meta, error) { _, meta, err := object.Load(t.Context()); return meta, err },
			func() (awsjar.Meta, error) { _, meta, err := object.Load(t.Context()); return meta, err }, // not modified
		} {
			now = now.Add(time.Minute)
			if meta, err := call(); err != nil || !meta.Now.Equal(now) {
				t.Errorf("%s: the time of the service is %v, %v; want %v", name, meta.Now, err, now)
			}
		}
	}
}

// TestSameOutput: each header of an answer ends up where the SDK puts it.
func TestSameOutput(t *testing.T) {
	all := http.Header{}
	for name, value := range map[string]string{
		"Etag": `"e"`, "X-Amz-Version-Id": "v1", "Content-Type": "text/plain", "Accept-Ranges": "bytes", "Cache-Control": "no-cache",
		"Content-Disposition": "inline", "Content-Encoding": "br", "Content-Language": "en", "X-Amz-Server-Side-Encryption": "aws:kms",
		"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "key", "X-Amz-Expiration": "soon", "X-Amz-Website-Redirect-Location": "/x",
		"X-Amz-Storage-Class": "STANDARD_IA", "X-Amz-Checksum-Type": "FULL_OBJECT", "X-Amz-Checksum-Crc32": "g9zvtw==",
		"X-Amz-Meta-Awsjar-Lineage": "a", "X-Amz-Meta-Other": "b", "Last-Modified": "Sat, 01 Nov 2025 10:00:00 GMT", "Content-Length": "1",
		"X-Amz-Tagging-Count": "2", "X-Amz-Replication-Status": "COMPLETE", "X-Amz-Request-Charged": "requester", "Expires": "Sat, 01 Nov 2025 10:00:00 GMT",
		"X-Amz-Server-Side-Encryption-Bucket-Key-Enabled": "true", "X-Amz-Object-Lock-Mode": "GOVERNANCE", "X-Amz-Delete-Marker": "true", "X-Amz-Restore": "x",
	} {
		all.Set(name, value)
	}
	for name := range all {
		only := http.Header{"Etag": {`"e"`}, "Content-Length": {"1"}}
		only[name] = all[name]
		answers := smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
			response := &http.Response{StatusCode: 200, Header: only.Clone(), Body: http.NoBody, Request: r}
			if r.Method == http.MethodGet {
				response.ContentLength, response.Body = 1, io.NopCloser(strings.NewReader("1"))
			}
			return response, nil
		})
		official := s3.New(s3.Options{Region: "eu-west-1", HTTPClient: answers, Retryer: aws.NopRetryer{}, Credentials: directtest.Credentials{}, ResponseChecksumValidation: 1})
		var gets []*s3.GetObjectOutput
		var puts []*s3.PutObjectOutput
		for _, c := range []s3jar.Client{official, learned.S3(t, official, bucketName)} {
			get, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucketName), Key: aws.String(keyName)})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if body, err := io.ReadAll(get.Body); string(body) != "1" || err != nil {
				t.Errorf("%s: the body is %q, %v", name, body, err)
			}
			get.Body, get.ResultMetadata = nil, get.ResultMetadata.Clone()
			put, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucketName), Key: aws.String(keyName), Body: strings.NewReader("1"), ChecksumCRC32: aws.String("AAAAAA==")})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			gets, puts = append(gets, get), append(puts, put)
		}
		sameFields(t, name, gets[0], gets[1])
		sameFields(t, name, puts[0], puts[1])
	}
}

// sameFields compares two outputs but for their metadata.
func sameFields(t *testing.T, name string, official, ours any) {
	t.Helper()
	a, b := reflect.ValueOf(official).Elem(), reflect.ValueOf(ours).Elem()
	for i := range a.NumField() {
		field := a.Type().Field(i).Name
		if slices.Contains([]string{"ResultMetadata", "noSmithyDocumentSerde"}, field) {
			continue
		}
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); !reflect.DeepEqual(x, y) {
			t.Errorf("%s: %s of %T is %v; the SDK says %v", name, field, ours, y, x)
		}
	}
}

// TestNeverPickedUp: where the SDK fails before it looks at an answer, the
// error says that a request was sent, and does not name the SDK's failure.
func TestNeverPickedUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	broken := errors.New("the connection broke")
	answers := smithyhttp.ClientDoFunc(func(*http.Request) (*http.Response, error) { return nil, broken })
	official := s3.New(s3.Options{Region: "eu-west-1", HTTPClient: answers, Retryer: aws.NopRetryer{}, Credentials: directtest.Credentials{}})
	c := learned.S3(t, official, bucketName)
	calls := 0
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(bucketName), Key: aws.String(keyName), Body: strings.NewReader("1"), ChecksumCRC32: aws.String("AAAAAA==")},
		func(o *s3.Options) {
			if calls++; calls == 2 { // as the SDK makes its own call, after the request was sent
				o.Region = ""
			}
		})
	if !errors.Is(err, broken) || strings.Contains(err.Error(), "Region") {
		t.Errorf("got %v; want the error of the request that was sent", err)
	}
}
