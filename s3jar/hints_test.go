package s3jar_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// TestHints: the text and the hint of an error, where S3 did not answer or the
// call could not be right.
func TestHints(t *testing.T) {
	t.Parallel()
	load := func(ctx context.Context, o *s3jar.Object) error { _, _, err := o.Load(ctx); return err }
	version := func(id string) func(context.Context, *s3jar.Object) error {
		return func(ctx context.Context, o *s3jar.Object) error { _, _, err := o.LoadVersion(ctx, id); return err }
	}
	overwrite := func(ctx context.Context, o *s3jar.Object) error {
		_, err := o.Save(ctx, []byte(`2`), awsjar.Any)
		return err
	}
	create := func(ctx context.Context, o *s3jar.Object) error {
		_, err := o.Save(ctx, []byte(`2`), awsjar.None)
		return err
	}
	_, refused := net.Dial("tcp", "127.0.0.1:1") // in the words of this system
	for name, c := range map[string]struct {
		fault  awsfake.Fault
		client func(*s3.Options)
		bucket string
		key    string
		call   func(context.Context, *s3jar.Object) error
		want   error
		text   string // "" for any
		hint   string
	}{
		"cut body": {fault: awsfake.Fault{Op: "GetObject", Truncate: 3}, call: load,
			text: "s3://my-bucket/state.json: the answer was cut short: unexpected EOF", hint: "try again"},
		"no credentials": {call: load, want: awsjar.ErrAccessDenied, hint: "there are no credentials",
			client: func(o *s3.Options) {
				o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{}, errors.New("nothing found")
				})
			}, text: "s3://my-bucket/state.json: access denied: GetObject: no credentials: nothing found"},
		"no Region": {call: load, want: awsjar.ErrInvalid, hint: "set AWS_REGION",
			client: func(o *s3.Options) { o.Region, o.BaseEndpoint = "", nil }},
		"refused": {call: overwrite, hint: "AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL",
			client: func(o *s3.Options) {
				o.HTTPClient, o.BaseEndpoint = http.DefaultClient, aws.String("http://127.0.0.1:1")
			}, text: "s3://my-bucket/state.json: PutObject: " + refused.Error()},
		"no such host": {call: load, hint: "AWS_REGION",
			client: func(o *s3.Options) {
				o.HTTPClient, o.BaseEndpoint = http.DefaultClient, aws.String("http://nobody.invalid")
			}},
		"endpoint that is no URL": {call: overwrite, hint: "the endpoint must be a URL",
			client: func(o *s3.Options) { o.BaseEndpoint = aws.String("localhost:9000") }},
		"endpoint without a host": {call: overwrite, hint: "the endpoint must be a URL", text: "s3://my-bucket/state.json: PutObject: http: no Host in request URL",
			client: func(o *s3.Options) { o.HTTPClient, o.BaseEndpoint = http.DefaultClient, aws.String("http:/localhost") }},
		"name of a bucket": {fault: awsfake.Fault{Op: "GetObject", Status: 400, Code: "InvalidBucketName"}, call: load, want: awsjar.ErrInvalid, hint: "3 to 63"},
		"unavailable":      {fault: awsfake.Fault{Op: "GetObject", Status: 503, Code: "ServiceUnavailable"}, call: load, hint: "try again later"},
		"exists":           {call: create, want: awsjar.ErrExists, text: "s3://my-bucket/state.json: already exists"},
		"changed":          {call: func(ctx context.Context, o *s3jar.Object) error { return o.Delete(ctx, `"x"`) }, want: awsjar.ErrConflict},
		"bucket":           {bucket: "my-bucket/x", call: load, want: awsjar.ErrInvalid, hint: "3 to 63"},
		"denied by the bucket": {fault: awsfake.Fault{Op: "PutObject", Code: "AccessDenied", Message: `User: arn:aws:iam::123456789012:user/sam is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::my-bucket/state.json" with an explicit deny in a resource-based policy`},
			call: overwrite, want: awsjar.ErrAccessDenied, hint: "?sse=aws:kms&kms-key=ARN"},
		"denied by the organization": {fault: awsfake.Fault{Op: "PutObject", Code: "AccessDenied", Message: `User: sam is not authorized to perform: s3:PutObject with an explicit deny in a service control policy`},
			call: overwrite, want: awsjar.ErrAccessDenied, hint: "the policy that the message names"},
		"checksum refused": {fault: awsfake.Fault{Op: "PutObject", Status: 501, Code: "NotImplemented", Message: "A header you provided implies functionality that is not implemented"},
			call: overwrite, want: awsjar.ErrUnsupported, hint: "?checksums=when-required in a URL or AWS_REQUEST_CHECKSUM_CALCULATION=when_required"},
		"checksum refused with 400": {fault: awsfake.Fault{Op: "PutObject", Status: 400, Code: "InvalidArgument", Message: "Unsupported header 'x-amz-checksum-crc32' received for this API call."},
			call: overwrite, want: awsjar.ErrUnsupported, hint: "?checksums=when-required"},
		"no KMS": {fault: awsfake.Fault{Op: "PutObject", Status: 501, Code: "NotImplemented", Message: "Server side encryption specified but KMS is not configured"},
			call: overwrite, want: awsjar.ErrUnsupported, hint: "sse="},
		"metadata too large": {fault: awsfake.Fault{Op: "PutObject", Status: 400, Code: "MetadataTooLarge"}, call: overwrite, want: awsjar.ErrTooLarge},
		"weak ETag": {fault: awsfake.Fault{Op: "GetObject", After: true, Header: http.Header{"Etag": {`W/"x"`}}}, hint: "compresses",
			call: func(ctx context.Context, o *s3jar.Object) error {
				_, meta, err := o.Load(ctx)
				if err == nil {
					_, err = o.Save(ctx, []byte(`2`), meta.Revision)
				}
				return err
			}},
		"long key":     {key: strings.Repeat("é", 600), call: load, want: awsjar.ErrInvalid, hint: "1 to 1,024 bytes"},
		"directory":    {bucket: "b--use1-az4--x-s3", call: version("x"), want: awsjar.ErrUnsupported, hint: "general purpose bucket"},
		"no version":   {fault: awsfake.Fault{Code: "NoSuchVersion"}, call: version("3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"), want: awsjar.ErrNotFound, text: "s3://my-bucket/state.json: there is no such version", hint: "awsjar history s3://my-bucket/state.json"},
		"malformed id": {call: version("x"), want: awsjar.ErrInvalid, hint: "awsjar history s3://my-bucket/state.json"},
		"no id":        {call: version("a b"), want: awsjar.ErrInvalid, hint: "awsjar history s3://my-bucket/state.json"},
		"S3's message": {fault: awsfake.Fault{Code: "AccessDenied", Message: "no way"}, call: load, want: awsjar.ErrAccessDenied, text: "s3://my-bucket/state.json: access denied: GetObject: 403 AccessDenied: no way", hint: "s3:GetObject"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := newServer(t)
			setVersioning(t, srv, "Enabled")
			foreign(t, srv, `"value"`)
			if c.fault.Op+c.fault.Code != "" {
				c.fault.Times = -1
				srv.Inject(c.fault)
			}
			client := newClient(srv, quickly, func(o *s3.Options) {
				if c.client != nil {
					c.client(o)
				}
			})
			object := s3jar.NewBucket(client, cmp.Or(c.bucket, bucketName)).Object(cmp.Or(c.key, keyName))
			err := c.call(within(t), object)
			if err == nil || c.want != nil && !errors.Is(err, c.want) {
				t.Fatalf("got the error %v; want %v", err, c.want)
			}
			if c.text != "" && err.Error() != c.text {
				t.Errorf("the text is %q; want %q", err, c.text)
			}
			if len(err.Error()) > 400 || strings.Contains(err.Error(), "RequestID") {
				t.Errorf("the text is too long: %s", err)
			}
			if !strings.Contains(awsjar.Hint(err), c.hint) {
				t.Errorf("the hint is %q; want %q", awsjar.Hint(err), c.hint)
			}
		})
	}
}

// TestStrangers: a server that does not speak the protocol of S3 answers with a
// page. The hint says to look at the endpoint, but where the page may be the answer of
// S3 to a HEAD, which has no body.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 302, 400, 404, 405, 407, 411, 418, 500, 501, 502, 503, 504} {
		stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, "<html>a secret value</html>")
		}))
		defer stranger.Close()
		object := s3jar.NewBucket(newClient(newServer(t), quickly, func(o *s3.Options) {
			o.BaseEndpoint, o.HTTPClient = &stranger.URL, stranger.Client()
		}), bucketName).Object(keyName)
		_, _, err := object.Load(within(t))
		if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(awsjar.Hint(err), "the endpoint") {
			t.Errorf("%d: %v; hint %q", status, err, awsjar.Hint(err))
		}
	}
}

// TestNilHints: each mistake of the program has a hint.
func TestNilHints(t *testing.T) {
	client := newClient(newServer(t))
	for name, object := range map[string]*s3jar.Object{
		"nil client":   s3jar.NewBucket(nil, bucketName).Object(keyName),
		"nil *Object":  nil,
		"empty bucket": s3jar.NewBucket(client, "").Object(keyName),
		"empty key":    s3jar.NewBucket(client, bucketName).Object(""),
	} {
		if _, _, err := object.Load(within(t)); awsjar.Hint(err) == "" {
			t.Errorf("%s: no hint with %v", name, err)
		}
	}
}

// TestShortText: the SDK's error is not in the text, but still in the error.
func TestShortText(t *testing.T) {
	srv, object := newObject(t)
	foreign(t, srv, `1`)
	_, err := object.Save(within(t), nil, awsjar.None)
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "PreconditionFailed" {
		t.Errorf("the SDK's error cannot be reached in %v", err)
	}
	srv.Inject(awsfake.Fault{Op: "PutObject", After: true, Drop: true, Then: func() { srv.Deny("GetObject", "", "") }})
	_, err = object.Save(within(t), nil, awsjar.None)
	if want := "s3://my-bucket/state.json: the write may or may not have been stored: PutObject: the answer was cut short; then: access denied: GetObject: 403 AccessDenied: "; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("the text is %q; want %q first", err, want)
	}
	if !errors.Is(err, awsjar.ErrUncertain) || !strings.Contains(awsjar.Hint(err), "s3:GetObject on arn:aws:s3:::my-bucket/state.json") {
		t.Errorf("the hint is %q; want the permission that the look needs", awsjar.Hint(err))
	}
}

// TestZeroOptions: the zero value is the default.
func TestZeroOptions(t *testing.T) {
	srv, object := newObject(t, func(o *s3jar.Options) { *o = s3jar.Options{} })
	save(t, object, `1`, awsjar.None)
	mustLoad(t, object, `1`)
	if _, header, _ := srv.Object(bucketName, keyName); header.Get("Content-Type") != "application/json" {
		t.Errorf("the Content-Type is %q", header.Get("Content-Type"))
	}
	_, err := object.Save(within(t), make([]byte, awsjar.DefaultMaxSize+1), awsjar.Any)
	mustBe(t, err, awsjar.ErrTooLarge)
}
