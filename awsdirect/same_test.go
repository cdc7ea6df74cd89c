package awsdirect_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar/awsdirect"
	"github.com/awsjar/awsjar/internal/direct"
	"github.com/awsjar/awsjar/internal/direct/directtest"
	"github.com/awsjar/awsjar/internal/direct/learned"
	"github.com/awsjar/awsjar/s3jar"
)

// kept is an HTTP client that keeps the request it should send, and answers that there
// is no such object.
type kept struct{ directtest.Captured }

func (k *kept) Do(r *http.Request) (*http.Response, error) {
	k.Captured.Do(r) // its error is that it sends nothing
	return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// clientOf returns an SDK client that sends to k.
func clientOf(k *kept, optFns ...func(*s3.Options)) *s3.Client {
	return s3.New(s3.Options{Region: "eu-west-1", HTTPClient: k, Retryer: aws.NopRetryer{}, Credentials: directtest.Credentials{}}, optFns...)
}

// call is one call of a client. It makes its input anew each time.
type call func(s3jar.Client)

func get(bucket, key string, change ...func(*s3.GetObjectInput)) call {
	return func(c s3jar.Client) {
		in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
		for _, fn := range change {
			fn(in)
		}
		c.GetObject(context.Background(), in) // its error is a 404
	}
}

func put(bucket, key, body string, change ...func(*s3.PutObjectInput)) call {
	return func(c s3jar.Client) {
		in := &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body)}
		for _, fn := range change {
			fn(in)
		}
		c.PutObject(context.Background(), in)
	}
}

// mustSendTheSame lets the SDK and awsdirect make the same call, and compares
// their requests.
func mustSendTheSame(t *testing.T, k *kept, official *s3.Client, ours s3jar.Client, do call) {
	t.Helper()
	k.Requests = nil
	do(official)
	do(ours)
	if a, b := directtest.MustEqual(t, &k.Captured); !bytes.Equal(a, b) {
		t.Errorf("the SDK's body is %q, ours %q", a, b)
	}
}

// summed gives the checksum that s3jar gives.
func summed(in *s3.PutObjectInput) { in.ChecksumCRC32 = aws.String("AAAAAA==") }

// TestSameRequest: a request without the SDK differs from the SDK's own in the id
// of the call only, and in the time.
func TestSameRequest(t *testing.T) {
	for name, c := range map[string]struct {
		bucket string
		client func(*s3.Options)
	}{
		"virtual host":   {"my-bucket", func(*s3.Options) {}},
		"path":           {"my-bucket", func(o *s3.Options) { o.UsePathStyle = true }},
		"http":           {"my-bucket", func(o *s3.Options) { o.BaseEndpoint = aws.String("http://127.0.0.1:9000") }},
		"below a path":   {"my-bucket", func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = aws.String("http://localhost/a_b/c"), true }},
		"dual stack":     {"my-bucket", func(o *s3.Options) { o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled }},
		"FIPS":           {"my-bucket", func(o *s3.Options) { o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled }},
		"accelerated":    {"my-bucket", func(o *s3.Options) { o.UseAccelerate = true }},
		"directory":      {"mine--use1-az4--x-s3", func(o *s3.Options) { o.DisableS3ExpressSessionAuth = aws.Bool(true) }},
		"object lambda":  {"arn:aws:s3-object-lambda:eu-west-1:123456789012:accesspoint/mine", func(*s3.Options) {}},
		"dots":           {"my.bucket", func(*s3.Options) {}},
		"access point":   {"arn:aws:s3:us-east-2:123456789012:accesspoint/mine", func(o *s3.Options) { o.UseARNRegion = true }},
		"when required":  {"my-bucket", func(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired }},
		"when supported": {"my-bucket", func(o *s3.Options) { o.RequestChecksumCalculation, o.ResponseChecksumValidation = 1, 1 }},
		"app id":         {"my-bucket", func(o *s3.Options) { o.AppID = "my-app" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "sams-lambda")
			t.Setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
			k := &kept{}
			official := clientOf(k, c.client)
			ours := learned.S3(t, official, c.bucket)
			sum := summed
			if official.Options().RequestChecksumCalculation == aws.RequestChecksumCalculationWhenRequired {
				sum = func(*s3.PutObjectInput) {}
			}
			for _, key := range []string{"state.json", "a b/ü+%.json", "a//b", "a/../b", "%2F?x=#y", "~'()*!&=:@,;$"} {
				for _, do := range []call{
					get(c.bucket, key),
					get(c.bucket, key, func(in *s3.GetObjectInput) {
						in.IfNoneMatch, in.ExpectedBucketOwner = aws.String(`"etag"`), aws.String("123456789012")
					}),
					put(c.bucket, key, "", sum),
					put(c.bucket, key, "\x00", sum, func(in *s3.PutObjectInput) { in.IfMatch = aws.String(`"etag"`) }),
					put(c.bucket, key, "{}", sum, every),
				} {
					mustSendTheSame(t, k, official, ours, do)
				}
			}
		})
	}
}

// every sets each field that a request is built from.
func every(in *s3.PutObjectInput) {
	in.ExpectedBucketOwner, in.IfNoneMatch = aws.String("123456789012"), aws.String("*")
	in.ContentType, in.CacheControl = aws.String("text/plain; charset=utf-8"), aws.String("no-cache")
	in.ContentDisposition, in.ContentEncoding, in.ContentLanguage = aws.String(`attachment; filename="x"`), aws.String("gzip"), aws.String("en")
	in.ServerSideEncryption, in.SSEKMSKeyId = types.ServerSideEncryptionAwsKms, aws.String("arn:aws:kms:eu-west-1:123456789012:key/a-b")
	in.BucketKeyEnabled = aws.Bool(true)
	in.StorageClass, in.WebsiteRedirectLocation = types.StorageClassStandardIa, aws.String("/elsewhere")
	in.Metadata = map[string]string{"awsjar-lineage": "a.b,c.d", "Other": "x", "_id": "sorts first", "a_b": "", "a-b": "1", "a^c": "2", "a`d": "3", "ad": "4", "~": "5"}
}

// FuzzSameRequest is TestSameRequest with keys and values that nobody thought of.
func FuzzSameRequest(f *testing.F) {
	f.Add("state.json", "application/json", `"etag"`, "{}", true)
	f.Add("/a", " a  b ", "é", "", false)
	f.Add("a/./b/..", "a\tb", "", "\x00", false)
	f.Add("a", "text/plain;  charset=utf-8", "two  spaces", "1", false)
	f.Fuzz(func(t *testing.T, key, contentType, etag, body string, pathStyle bool) {
		if key == "" || !utf8.ValidString(key) {
			t.Skip("no key")
		}
		k := &kept{}
		official := clientOf(k, func(o *s3.Options) { o.UsePathStyle = pathStyle })
		ours := learned.S3(t, official, "my-bucket")
		mustSendTheSame(t, k, official, ours, get("my-bucket", key))
		mustSendTheSame(t, k, official, ours, put("my-bucket", key, body, summed, func(in *s3.PutObjectInput) {
			in.ContentType, in.IfMatch = &contentType, &etag
		}))
	})
}

// TestLeftToSDK: an input or an option that a request is not built from is the
// SDK's to send, and so is a body that is not in memory, or half read.
func TestLeftToSDK(t *testing.T) {
	half := func(in *s3.PutObjectInput) {
		r := strings.NewReader("xx{}")
		r.Seek(2, 0)
		in.Body = r
	}
	for name, do := range map[string]call{
		"range":   get("my-bucket", "key", func(in *s3.GetObjectInput) { in.Range = aws.String("bytes=0-1") }),
		"version": get("my-bucket", "key", func(in *s3.GetObjectInput) { in.VersionId = aws.String("v1") }),
		"part":    get("my-bucket", "key", func(in *s3.GetObjectInput) { in.PartNumber = aws.Int32(1) }),
		"tags":    put("my-bucket", "key", "{}", summed, func(in *s3.PutObjectInput) { in.Tagging = aws.String("a=b") }),
		"lock":    put("my-bucket", "key", "{}", summed, func(in *s3.PutObjectInput) { in.ObjectLockMode = types.ObjectLockModeCompliance }),
		"pays":    put("my-bucket", "key", "{}", summed, func(in *s3.PutObjectInput) { in.RequestPayer = types.RequestPayerRequester }),
		"half":    put("my-bucket", "key", "", summed, half),
		"1 MiB":   put("my-bucket", "key", strings.Repeat("x", direct.MaxBody+1), summed),
		"elsewhere": func(c s3jar.Client) {
			c.GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String("my-bucket"), Key: aws.String("key")},
				func(o *s3.Options) { o.Region = "us-east-1" })
		},
		"as somebody else": func(c s3jar.Client) {
			c.GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String("my-bucket"), Key: aws.String("key")},
				func(o *s3.Options) { o.Credentials = another{} })
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := &kept{}
			official := clientOf(k)
			ours := learned.S3(t, official, "my-bucket")
			do(official)
			do(ours)
			if len(k.Requests) != 2 {
				t.Fatalf("%d requests; want 2", len(k.Requests))
			}
			a, b := k.Requests[0], k.Requests[1]
			if x, y := signer(a), signer(b); x != y {
				t.Errorf("signed by %s; want %s", y, x)
			}
			for _, name := range []string{"Authorization", "Amz-Sdk-Invocation-Id", "X-Amz-Date"} {
				a.Header.Del(name)
				b.Header.Del(name)
			}
			if a.URL.String() != b.URL.String() || !headersEqual(a.Header, b.Header) {
				t.Errorf("the SDK sends %v %v; we send %v %v", a.URL, a.Header, b.URL, b.Header)
			}
		})
	}
}

// signer returns whose key signed a request.
func signer(r *http.Request) string {
	id, _, _ := strings.Cut(r.Header.Get("Authorization"), "/")
	return id
}

func headersEqual(a, b http.Header) bool {
	for name := range a {
		if a.Get(name) != b.Get(name) {
			return false
		}
	}
	return len(a) == len(b)
}

// another has other credentials than those of the client.
type another struct{}

func (another) Retrieve(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIAI44QH8DHBEXAMPLE", SecretAccessKey: "secret"}, nil
}

// TestConsent: where S3 must be asked before a body is sent, the SDK sends it.
func TestConsent(t *testing.T) {
	for threshold, want := range map[int64]bool{-1: true, 0: true, 1: false, direct.MaxBody: false, direct.MaxBody + 1: true} {
		client := clientOf(&kept{}, func(o *s3.Options) { o.ContinueHeaderThresholdBytes = threshold })
		if got := awsdirect.S3(client) != s3jar.Client(client); got != want {
			t.Errorf("with consent from %d bytes on requests may be direct: %v; want %v", threshold, got, want)
		}
	}
}

// TestNoClient: a nil client stays one, for the store to refuse.
func TestNoClient(t *testing.T) {
	if c, ok := awsdirect.S3(nil).(*s3.Client); !ok || c != nil {
		t.Errorf("got %#v", c)
	}
}
