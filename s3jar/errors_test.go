package s3jar_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/s3jar"
)

// TestInvalid: names, keys and revisions that cannot be are refused before any
// request.
func TestInvalid(t *testing.T) {
	srv := newServer(t)
	client := newClient(srv)
	bucket := s3jar.NewBucket(client, bucketName)
	for name, object := range map[string]*s3jar.Object{
		"nil client":         s3jar.NewBucket(nil, bucketName).Object(keyName),
		"nil *s3.Client":     s3jar.NewBucket((*s3.Client)(nil), bucketName).Object(keyName),
		"nil *Bucket":        (*s3jar.Bucket)(nil).Object(keyName),
		"nil *Object":        nil,
		"empty bucket":       s3jar.NewBucket(client, "").Object(keyName),
		"bucket and key":     s3jar.NewBucket(client, "my-bucket/x").Object(keyName),
		"bucket in capitals": s3jar.NewBucket(client, "UPPER").Object(keyName),
		"hyphen first":       s3jar.NewBucket(client, "-x").Object(keyName),
		"dot last":           s3jar.NewBucket(client, "x.").Object(keyName),
		"two dots":           s3jar.NewBucket(client, "b..b").Object(keyName),
		"an address":         s3jar.NewBucket(client, "192.168.5.4").Object(keyName),
		"underscore":         s3jar.NewBucket(client, "a_b").Object(keyName),
		"long bucket":        s3jar.NewBucket(client, strings.Repeat("b", 64)).Object(keyName),
		"bucket not UTF-8":   s3jar.NewBucket(client, "\xff").Object(keyName),
		"empty key":          bucket.Object(""),
		"long key":           bucket.Object(strings.Repeat("é", 513)),
		"key not UTF-8":      bucket.Object("a\xffb"),
		"Tags 99":            bucket.Object(keyName, func(o *s3jar.Options) { o.Tags = 99 }),
		"Tags -1":            s3jar.NewBucket(client, bucketName, func(o *s3jar.Options) { o.Tags = -1 }).Object(keyName),
		"MaxSize -5":         bucket.Object(keyName, func(o *s3jar.Options) { o.MaxSize = -5 }),
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := object.Load(within(t))
			mustBe(t, err, awsjar.ErrInvalid)
			_, err = object.Save(within(t), nil, awsjar.Any)
			mustBe(t, err, awsjar.ErrInvalid)
			_, err = object.Save(within(t), nil, awsjar.None)
			mustBe(t, err, awsjar.ErrInvalid)
			for _, replaces := range []awsjar.Revision{awsjar.Any, awsjar.None, `"x"`} {
				mustBe(t, object.Delete(within(t), replaces), awsjar.ErrInvalid)
			}
			if _, err = awsjar.New[int](object).Get(within(t)); !errors.Is(err, awsjar.ErrInvalid) {
				t.Errorf("Get: %v", err)
			}
		})
	}
	for _, rev := range []awsjar.Revision{
		"x", `"`, `""`, `"a" `, `"a" x`, `"a" AAAAAA.`, `"a"  AAAAAA.BB`, "\"a\r\nX: y\"", `"é"`,
		`"a" ` + awsjar.Revision(strings.Repeat("AAAAAA", lineage.DeepWrites+1)+"."+strings.Repeat("BB", lineage.DeepWrites+1)), awsjar.Revision(`"` + strings.Repeat("x", 300) + `"`),
	} {
		_, err := bucket.Object(keyName).Save(within(t), nil, rev)
		mustBe(t, err, awsjar.ErrInvalid)
		mustBe(t, bucket.Object(keyName).Delete(within(t), rev), awsjar.ErrInvalid)
	}
	mustSend(t, srv)
}

func TestMissingBucket(t *testing.T) {
	srv := newServer(t)
	object := s3jar.NewBucket(newClient(srv), "another-bucket").Object(keyName)
	_, _, load := object.Load(within(t))
	_, create := object.Save(within(t), nil, awsjar.None)
	_, replace := object.Save(within(t), nil, `"x"`)
	_, overwrite := object.Save(within(t), nil, awsjar.Any)
	for op, err := range map[string]error{
		"Load": load, "create": create, "replace": replace, "overwrite": overwrite,
		"Delete":      object.Delete(within(t), awsjar.Any),
		"DeleteIf":    object.Delete(within(t), `"x"`),
		"through Jar": func() error { _, err := awsjar.New[int](object).Get(within(t)); return err }(),
	} {
		if !errors.Is(err, awsjar.ErrNoStore) || errors.Is(err, awsjar.ErrConflict) {
			t.Errorf("%s: %v; want ErrNoStore", op, err)
		}
		if !strings.Contains(awsjar.Hint(err), "aws s3 mb s3://another-bucket") {
			t.Errorf("%s: the hint is %q", op, awsjar.Hint(err))
		}
	}
}

// TestDenied: each action that is missing is named, with its resource.
func TestDenied(t *testing.T) {
	for _, c := range []struct {
		op   string
		call func(context.Context, *s3jar.Object) error
		hint []string
	}{
		{"GetObject", func(ctx context.Context, o *s3jar.Object) error { _, _, err := o.Load(ctx); return err },
			[]string{"s3:GetObject on arn:aws:s3:::my-bucket/state.json", "s3:ListBucket on arn:aws:s3:::my-bucket "}},
		{"PutObject", func(ctx context.Context, o *s3jar.Object) error { _, err := o.Save(ctx, nil, awsjar.Any); return err },
			[]string{"s3:PutObject on arn:aws:s3:::my-bucket/state.json"}},
		{"PutObject", func(ctx context.Context, o *s3jar.Object) error { _, err := o.Save(ctx, nil, awsjar.None); return err },
			[]string{"s3:PutObject on"}},
		{"PutObject", func(ctx context.Context, o *s3jar.Object) error {
			_, meta, err := o.Load(ctx)
			if err == nil {
				_, err = o.Save(ctx, nil, meta.Revision)
			}
			return err
		}, []string{"s3:PutObject and s3:GetObject on"}},
		{"DeleteObject", func(ctx context.Context, o *s3jar.Object) error { return o.Delete(ctx, awsjar.Any) },
			[]string{"s3:DeleteObject on"}},
		{"HeadObject", func(ctx context.Context, o *s3jar.Object) error { return o.Delete(ctx, `"x"`) },
			[]string{"s3:DeleteObject and s3:GetObject on"}},
	} {
		srv, object := newObject(t)
		foreign(t, srv, `1`)
		srv.Deny(c.op, "", "")
		err := c.call(within(t), object)
		mustBe(t, err, awsjar.ErrAccessDenied)
		var api smithy.APIError
		if !errors.As(err, &api) {
			t.Errorf("%s: the SDK's error cannot be reached in %v", c.op, err)
		}
		for _, want := range c.hint {
			if !strings.Contains(awsjar.Hint(err), want) {
				t.Errorf("%s: the hint %q does not say %q", c.op, awsjar.Hint(err), want)
			}
		}
	}
}

// TestDeniedKey: the key of an encrypted bucket has a policy of its own.
func TestDeniedKey(t *testing.T) {
	srv, object := newObject(t)
	srv.Inject(awsfake.Fault{Op: "PutObject", Code: "AccessDenied", Message: "User: arn:aws:sts::123456789012:assumed-role/r/f " +
		"is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:123456789012:key/x"})
	_, err := object.Save(within(t), nil, awsjar.None)
	mustBe(t, err, awsjar.ErrAccessDenied)
	if !strings.Contains(awsjar.Hint(err), "kms:GenerateDataKey and kms:Decrypt") {
		t.Errorf("the hint is %q", awsjar.Hint(err))
	}
}

// TestHiddenMissing: without s3:ListBucket a missing key is a 403, and never
// taken for an empty state.
func TestHiddenMissing(t *testing.T) {
	srv, object := newObject(t)
	srv.SetS3(awsfake.S3Trouble{HideMissingKeys: true})
	_, err := awsjar.New[int](object).Get(within(t))
	mustBe(t, err, awsjar.ErrAccessDenied)
	if !strings.Contains(awsjar.Hint(err), "a key that does not exist gives this error too") {
		t.Errorf("the hint is %q", awsjar.Hint(err))
	}
	save(t, object, `1`, awsjar.None)
	mustLoad(t, object, `1`)
}

func TestExpectedOwner(t *testing.T) {
	srv := newServer(t)
	own := func(id string) *s3jar.Object {
		return s3jar.NewBucket(newClient(srv), bucketName, func(o *s3jar.Options) { o.ExpectedOwner = id }).Object(keyName)
	}
	meta := save(t, own("123456789012"), `1`, awsjar.None)
	mustLoad(t, own("123456789012"), `1`)
	theirs := own("210987654321")
	_, _, err := theirs.Load(within(t))
	mustBe(t, err, awsjar.ErrAccessDenied)
	if !strings.Contains(awsjar.Hint(err), "account 210987654321 must own the bucket") {
		t.Errorf("the hint is %q", awsjar.Hint(err))
	}
	_, err = theirs.Save(within(t), []byte(`2`), awsjar.Any)
	mustBe(t, err, awsjar.ErrAccessDenied)
	mustBe(t, theirs.Delete(within(t), awsjar.Any), awsjar.ErrAccessDenied)
	mustBe(t, theirs.Delete(within(t), meta.Revision), awsjar.ErrAccessDenied)
	if err := own("123456789012").Delete(within(t), meta.Revision); err != nil {
		t.Error(err)
	}
}

func TestWrongRegion(t *testing.T) {
	for name, c := range map[string]struct {
		fault awsfake.Fault
		hint  string
	}{
		"301": {awsfake.Fault{Code: "PermanentRedirect", Status: 301, Header: http.Header{"X-Amz-Bucket-Region": {"eu-west-1"}}},
			"the bucket is in eu-west-1: make the client for that Region"},
		"301 without a Region": {awsfake.Fault{Code: "PermanentRedirect", Status: 301}, "the bucket is in another Region"},
		"400": {awsfake.Fault{Status: 400, Code: "IllegalLocationConstraintException", Header: http.Header{"X-Amz-Bucket-Region": {"me-south-1"}}},
			"AWS_REGION=me-south-1"},
	} {
		t.Run(name, func(t *testing.T) {
			srv, object := newObject(t)
			c.fault.Times = -1
			srv.Inject(c.fault)
			_, _, err := object.Load(within(t))
			if err == nil || errors.Is(err, awsjar.ErrNotFound) || !strings.Contains(awsjar.Hint(err), c.hint) {
				t.Errorf("Load: %v, hint %q", err, awsjar.Hint(err))
			}
			_, err = object.Save(within(t), nil, awsjar.None)
			if err == nil || errors.Is(err, awsjar.ErrUncertain) || !strings.Contains(awsjar.Hint(err), c.hint) {
				t.Errorf("Save: %v, hint %q", err, awsjar.Hint(err))
			}
		})
	}
	t.Run("signed for another", func(t *testing.T) {
		srv := newServer(t, func(o *awsfake.Options) { o.Region = "eu-west-1" })
		client := newClient(srv, func(o *s3.Options) { o.Region = "us-east-1" })
		_, _, err := s3jar.NewBucket(client, bucketName).Object(keyName).Load(within(t))
		if err == nil || !strings.Contains(awsjar.Hint(err), "Region") {
			t.Errorf("Load: %v, hint %q", err, awsjar.Hint(err))
		}
	})
}

// answered is the error of a service that gives credentials, or not.
func answered(status int) error {
	return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: errors.New("not now")}
}

func TestCredentials(t *testing.T) {
	srv := newServer(t)
	provider := func(id, secret string, err error) aws.CredentialsProvider {
		return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, err
		})
	}
	for name, c := range map[string]struct {
		provider aws.CredentialsProvider
		fault    string
		want     error
		hint     string
	}{
		"none":         {provider: provider("", "", errors.New("nothing found")), want: awsjar.ErrAccessDenied, hint: "there are no credentials"},
		"not for you":  {provider: provider("", "", answered(403)), want: awsjar.ErrAccessDenied, hint: "there are no credentials"},
		"no role":      {provider: provider("", "", answered(404)), want: awsjar.ErrAccessDenied, hint: "there are no credentials"},
		"not now":      {provider: provider("", "", answered(503)), want: awsjar.ErrAccessDenied, hint: "there are no credentials"},
		"unknown":      {provider: provider("AKIDX", "x", nil), want: awsjar.ErrAccessDenied, hint: "does not accept the credentials"},
		"wrong secret": {provider: provider(awsfake.DefaultAccessKey, "x", nil), want: awsjar.ErrAccessDenied, hint: "does not accept the credentials"},
		"expired":      {fault: "ExpiredToken", want: awsjar.ErrAccessDenied, hint: "renew them"},
		"wrong clock":  {fault: "RequestTimeTooSkewed", want: awsjar.ErrAccessDenied, hint: "clock"},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(srv, func(o *s3.Options) {
				if c.provider != nil {
					o.Credentials = c.provider
				}
			})
			if c.fault != "" {
				defer srv.Inject(awsfake.Fault{Code: c.fault, Times: -1}).Remove()
			}
			object := s3jar.NewBucket(client, bucketName).Object(keyName)
			_, _, load := object.Load(within(t))
			_, create := object.Save(within(t), nil, awsjar.None)
			_, overwrite := object.Save(within(t), nil, awsjar.Any)
			for _, err := range []error{load, create, overwrite, object.Delete(within(t), awsjar.Any)} {
				if err == nil || errors.Is(err, awsjar.ErrUncertain) || c.want != nil && !errors.Is(err, c.want) {
					t.Errorf("got %v; want %v", err, c.want)
				}
				if !strings.Contains(awsjar.Hint(err), c.hint) {
					t.Errorf("the hint is %q; want %q", awsjar.Hint(err), c.hint)
				}
				if none := c.hint == "there are no credentials"; none != strings.Contains(err.Error(), ": no credentials: ") {
					t.Errorf("the error is %v", err)
				}
			}
		})
	}
}

// TestNoServer: without a connection nothing was sent, and nothing is
// uncertain.
func TestNoServer(t *testing.T) {
	srv := newServer(t)
	client := newClient(srv, func(o *s3.Options) {
		o.HTTPClient = http.DefaultClient
		o.BaseEndpoint = aws.String("http://127.0.0.1:1")
	})
	object := s3jar.NewBucket(client, bucketName).Object(keyName)
	for _, replaces := range []awsjar.Revision{awsjar.None, awsjar.Any} {
		if _, err := object.Save(within(t), nil, replaces); err == nil || errors.Is(err, awsjar.ErrUncertain) {
			t.Errorf("Save: %v; want a plain error", err)
		}
	}
}

// TestClockSkew: the SDK corrects a wrong clock by the answer, and the next
// attempt works.
func TestClockSkew(t *testing.T) {
	srv, object := newObject(t)
	date := time.Now().Add(10 * time.Minute).UTC().Format(http.TimeFormat)
	srv.Inject(awsfake.Fault{Op: "PutObject", Code: "RequestTimeTooSkewed", Status: 403, Header: http.Header{"Date": {date}}})
	save(t, object, `1`, awsjar.None)
	mustSend(t, srv, "PutObject", "GetObject", "PutObject")
}

// answering is an HTTP client that answers all requests with one error of S3.
type answering struct {
	status int
	code   string
}

func (a answering) Do(r *http.Request) (*http.Response, error) {
	body := io.NopCloser(strings.NewReader("<Error><Code>" + a.code + "</Code></Error>"))
	return &http.Response{StatusCode: a.status, Header: http.Header{}, Body: body, ContentLength: -1, Request: r}, nil
}

// TestSessionOfADirectoryBucket: the SDK gets the credentials for a directory
// bucket by a request to S3. Where S3 refuses that, there are credentials.
func TestSessionOfADirectoryBucket(t *testing.T) {
	srv := newServer(t)
	for code, c := range map[string]struct {
		status int
		want   error
		hint   string
	}{
		"AccessDenied": {403, awsjar.ErrAccessDenied, "s3express:CreateSession on s3://state--use1-az4--x-s3"},
		"NoSuchBucket": {404, awsjar.ErrNoStore, "check the name"},
		"SlowDown":     {400, nil, "opens no session"},
		"":             {0, awsjar.ErrAccessDenied, "there are no credentials"},
	} {
		client := newClient(srv, func(o *s3.Options) {
			o.UsePathStyle, o.BaseEndpoint, o.HTTPClient = false, nil, answering{c.status, code}
			if code == "" {
				o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{}, errors.New("nothing found")
				})
			}
		})
		object := s3jar.NewBucket(client, "state--use1-az4--x-s3").Object(keyName)
		_, _, err := object.Load(within(t))
		_, saved := object.Save(within(t), []byte("1"), awsjar.Any)
		for _, err := range []error{err, saved} {
			if err == nil || c.want != nil && !errors.Is(err, c.want) || c.want == nil && errors.Is(err, awsjar.ErrAccessDenied) || !strings.Contains(awsjar.Hint(err), c.hint) {
				t.Errorf("%s: %v; the hint is %q", code, err, awsjar.Hint(err))
			}
		}
	}
}
