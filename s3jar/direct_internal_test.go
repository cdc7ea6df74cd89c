package s3jar

import (
	"bytes"
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/direct"
	"github.com/awsjar/awsjar/internal/direct/directtest"
)

// options are those of a client that sends to c.
func options(c *directtest.Captured, optFns ...func(*s3.Options)) s3.Options {
	o := s3.Options{Region: "eu-west-1", HTTPClient: c, Retryer: aws.NopRetryer{}, Credentials: directtest.Credentials{}}
	for _, fn := range optFns {
		fn(&o)
	}
	return o
}

// mustSendTheSame lets the SDK and the shortcut make the same call, and
// compares what they send.
func mustSendTheSame(t *testing.T, sent *directtest.Captured, o *Object, call func(*Object)) {
	t.Helper()
	through := &Object{bucket: o.bucket, key: o.key}
	through.bucket.shortcut = nil
	sent.Requests = nil
	call(through)
	call(o)
	if official, ours := directtest.MustEqual(t, sent); !bytes.Equal(official, ours) {
		t.Errorf("the SDK's body is %q, ours %q", official, ours)
	}
}

func get(o *Object) { o.Load(context.Background()) } // its error says that nothing was sent

func getIf(o *Object) {
	o.getObject(context.Background(), &s3.GetObjectInput{Bucket: &o.bucket.name, Key: &o.key, IfNoneMatch: aws.String(`"etag"`), ExpectedBucketOwner: o.bucket.owner()})
}

// puts returns a call that stores body under a condition.
func puts(body []byte, replaces awsjar.Revision) func(*Object) {
	return func(o *Object) {
		w := write{id: "id", replaces: replaces, data: body, body: body}
		if replaces != awsjar.Any && replaces != awsjar.None {
			w.replaced.etag = string(replaces)
		}
		o.put(context.Background(), w, &attempts{})
	}
}

// TestShortcut: what the shortcut sends differs from what the SDK sends in the
// id of the call only, and in the time.
func TestShortcut(t *testing.T) {
	for name, c := range map[string]struct {
		bucket string
		client func(*s3.Options)
		object func(*Options)
	}{
		"virtual host":   {"my-bucket", func(o *s3.Options) {}, nil},
		"path":           {"my-bucket", func(o *s3.Options) { o.UsePathStyle = true }, nil},
		"http":           {"my-bucket", func(o *s3.Options) { o.BaseEndpoint = aws.String("http://127.0.0.1:9000") }, nil},
		"below a path":   {"my-bucket", func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = aws.String("http://localhost/a_b/c"), true }, nil},
		"dual stack":     {"my-bucket", func(o *s3.Options) { o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled }, nil},
		"FIPS":           {"my-bucket", func(o *s3.Options) { o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled }, nil},
		"accelerated":    {"my-bucket", func(o *s3.Options) { o.UseAccelerate = true }, nil},
		"directory":      {"mine--use1-az4--x-s3", func(o *s3.Options) { o.DisableS3ExpressSessionAuth = aws.Bool(true) }, nil},
		"object lambda":  {"arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/mine", func(*s3.Options) {}, nil},
		"dots":           {"my.bucket", func(o *s3.Options) {}, nil},
		"access point":   {"arn:aws:s3:us-east-2:123456789012:accesspoint/mine", func(o *s3.Options) { o.UseARNRegion = true }, nil},
		"when required":  {"my-bucket", func(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired }, nil},
		"when supported": {"my-bucket", func(o *s3.Options) { o.RequestChecksumCalculation, o.ResponseChecksumValidation = 1, 1 }, nil},
		"app id":         {"my-bucket", func(o *s3.Options) { o.AppID = "my-app" }, nil},
		"options": {"my-bucket", func(*s3.Options) {}, func(o *Options) {
			o.ExpectedOwner, o.ContentType = "123456789012", "text/plain; charset=utf-8"
			o.Encryption, o.KMSKeyID = types.ServerSideEncryptionAwsKms, "arn:aws:kms:eu-west-1:123456789012:key/a-b"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "sams-lambda")
			t.Setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
			sent := &directtest.Captured{}
			bucket := NewBucket(s3.New(options(sent, c.client)), c.bucket)
			if c.object != nil {
				bucket = NewBucket(s3.New(options(sent, c.client)), c.bucket, c.object)
			}
			if !Learn(bucket) {
				t.Fatal("the shortcut cannot build what the SDK sends")
			}
			for _, key := range []string{"state.json", "a b/ü+%.json", "a//b", "a/../b", "%2F?x=#y", "~'()*!&=:@,;$"} {
				object := bucket.Object(key)
				for _, call := range []func(*Object){
					get, getIf, puts([]byte("{}"), awsjar.Any), puts([]byte(`{"a":1}`), awsjar.None), puts([]byte("\x00"), `"etag-2"`), puts(nil, awsjar.Any),
				} {
					if !Learn(bucket) { // a request that is not answered ends it
						t.Fatal("the shortcut cannot build what the SDK sends")
					}
					mustSendTheSame(t, sent, object, call)
				}
			}
		})
	}
}

// TestNoShortcut: S3 must be asked before a body is sent.
func TestNoShortcut(t *testing.T) {
	for threshold, want := range map[int64]bool{-1: true, 0: true, 1: false, direct.MaxBody: false, direct.MaxBody + 1: true} {
		sent := &directtest.Captured{}
		bucket := NewBucket(s3.New(options(sent, func(o *s3.Options) { o.ContinueHeaderThresholdBytes = threshold })), "my-bucket")
		if Learn(bucket) != want {
			t.Errorf("with consent from %d bytes on there is a shortcut: %v; want %v", threshold, !want, want)
		}
	}
}

// FuzzShortcut is TestShortcut with keys and values that nobody thought of.
func FuzzShortcut(f *testing.F) {
	f.Add("state.json", "application/json", `"etag"`, []byte("{}"), true)
	f.Add("/a", " a  b ", "é", []byte(nil), false)
	f.Add("a/./b/..", "a\tb", "", []byte{0}, false)
	f.Add("a", "text/plain;  charset=utf-8", "two  spaces", []byte("1"), false)
	f.Fuzz(func(t *testing.T, key, contentType, etag string, body []byte, pathStyle bool) {
		sent := &directtest.Captured{}
		client := s3.New(options(sent, func(o *s3.Options) { o.UsePathStyle = pathStyle }))
		bucket := NewBucket(client, "my-bucket")
		object := bucket.Object(key, func(o *Options) { o.ContentType = contentType })
		if object.ready(context.Background()) != nil {
			t.Skip("no call is made with it")
		}
		for _, call := range []func(*Object){get, puts(body, awsjar.Revision(etag))} {
			if !Learn(bucket) {
				t.Fatal("the shortcut cannot build what the SDK sends")
			}
			mustSendTheSame(t, sent, object, call)
		}
	})
}
