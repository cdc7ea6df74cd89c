package awsdirect_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsdirect"
	"github.com/awsjar/awsjar/internal/direct/directtest"
	"github.com/awsjar/awsjar/internal/direct/learned"
	"github.com/awsjar/awsjar/s3jar"
)

// outcome is everything that a call shows.
type outcome struct {
	Data  string
	Meta  awsjar.Meta
	Error string
	Asked []string
}

// compared makes a call through the SDK and without it.
func compared(t *testing.T, answers []directtest.Answer, call func(*s3jar.Object) outcome) {
	t.Helper()
	var got [2]outcome
	for i := range got {
		synctest.Test(t, func(t *testing.T) { // there are waits between attempts
			wire := &directtest.Wire{Answers: answers}
			client := s3.New(s3.Options{
				Region: "eu-west-1", HTTPClient: wire, Credentials: directtest.Credentials{},
				RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported, ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
			})
			bucket := s3jar.NewBucket(client, "my-bucket")
			if i == 1 {
				bucket = s3jar.NewBucket(learned.S3(t, client, "my-bucket"), "my-bucket")
			}
			got[i] = call(bucket.Object("state.json"))
			got[i].Asked = wire.Asked
		})
	}
	if diff := cmp.Diff(got[0], got[1]); diff != "" {
		t.Errorf("the outcome (-SDK +direct):\n%s", diff)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error() + "; hint: " + awsjar.Hint(err)
}

func refusal(status int, code string) directtest.Answer {
	return directtest.Answer{Status: status, Header: map[string]string{"Content-Type": "application/xml"},
		Body: "<Error><Code>" + code + "</Code><Message>so it is</Message></Error>"}
}

// refusals are answers that say nothing about the request's form.
var refusals = map[string]directtest.Answer{
	"reset":      {},
	"301":        refusal(301, "PermanentRedirect"),
	"307":        refusal(307, "TemporaryRedirect"),
	"404 bucket": refusal(404, "NoSuchBucket"),
	"404 key":    refusal(404, "NoSuchKey"),
	"409":        refusal(409, "ConditionalRequestConflict"),
	"412":        refusal(412, "PreconditionFailed"),
	"429":        refusal(429, "TooManyRequests"),
	"500":        refusal(500, "InternalError"),
	"503":        refusal(503, "SlowDown"),
	"not XML":    {Status: 502, Body: "<html>bad gateway"},
	"cut error":  {Status: 500, Body: "<Error><Code>InternalError</Code></Error>", Cut: true},
	"late error": {Status: 200, Header: map[string]string{"Etag": `"etag-1"`}, Body: "<Error><Code>InternalError</Code><Message>so it is</Message></Error>"},
	"no ETag":    {Status: 200, Body: "<Error><Code>InternalError</Code></Error>"},
	"a proxy":    {Status: 200, Header: map[string]string{"Etag": `"etag-1"`}, Body: "<html>hello"},
	"cut":        {Status: 200, Header: map[string]string{"Etag": `"etag-1"`}, Body: "<Error>", Cut: true},
}

// TestSameOutcome: with every answer of the server, a call without the SDK's middleware
// ends as one with it, and asks the server as often.
func TestSameOutcome(t *testing.T) {
	right := directtest.Answer{Status: 200, Body: `{"a":1}`, Header: map[string]string{"Etag": `"etag"`, "Last-Modified": "Sat, 01 Nov 2025 10:00:00 GMT"}}
	with := func(pairs ...string) directtest.Answer {
		a := right
		a.Header = map[string]string{"Etag": `"etag"`, "X-Amz-Version-Id": "v1"}
		for i := 0; i < len(pairs); i += 2 {
			a.Header[pairs[i]] = pairs[i+1]
		}
		return a
	}
	load := func(o *s3jar.Object) outcome {
		data, meta, err := o.Load(context.Background())
		return outcome{Data: string(data), Meta: meta, Error: text(err)}
	}
	for name, first := range map[string]directtest.Answer{
		"value":               right,
		"metadata":            with("X-Amz-Meta-Awsjar-Lineage", "B30_fSId.KXvQqg", "X-Amz-Meta-Other", "x"),
		"no ETag":             {Status: 200, Body: "1"},
		"bad date":            with("Last-Modified", "yesterday"),
		"checksum":            with("X-Amz-Checksum-Crc32", "Vhusrw=="),
		"wrong checksum":      with("X-Amz-Checksum-Crc32", "AAAAAA=="),
		"checksum of parts":   with("X-Amz-Checksum-Crc32", "AAAAAA==-2"),
		"another checksum":    with("X-Amz-Checksum-Sha256", "AAAA"),
		"checksum and type":   with("X-Amz-Checksum-Crc32", "Vhusrw==", "X-Amz-Checksum-Type", "FULL_OBJECT"),
		"empty":               {Status: 200, Header: map[string]string{"Etag": `"etag"`}},
		"cut":                 {Status: 200, Header: map[string]string{"Etag": `"etag"`}, Body: "123", Cut: true},
		"partial":             {Status: 206, Header: map[string]string{"Etag": `"etag"`}, Body: "123"},
		"nothing but success": {Status: 204},
	} {
		t.Run("Load/"+name, func(t *testing.T) { compared(t, []directtest.Answer{first, right}, load) })
	}
	stored := directtest.Answer{Status: 200, Header: map[string]string{"Etag": `"etag-2"`, "X-Amz-Version-Id": "v2"}}
	for name, first := range refusals {
		t.Run("Load/"+name, func(t *testing.T) { compared(t, []directtest.Answer{first, right}, load) })
		t.Run("Load/always "+name, func(t *testing.T) { compared(t, []directtest.Answer{first}, load) })
		for kind, replaces := range map[string]awsjar.Revision{"Any": awsjar.Any, "None": awsjar.None} {
			save := func(o *s3jar.Object) outcome {
				meta, err := o.Save(context.Background(), []byte(`{"a":1}`), replaces)
				meta.Revision = meta.Revision[:min(len(meta.Revision), 8)] // the rest is a random id
				return outcome{Meta: meta, Error: text(err)}
			}
			t.Run("Save "+kind+"/"+name, func(t *testing.T) { compared(t, []directtest.Answer{first, stored}, save) })
			t.Run("Save "+kind+"/always "+name, func(t *testing.T) { compared(t, []directtest.Answer{first}, save) })
		}
	}
}

// TestRefusedOnceMore: a request that is refused for itself is sent by the SDK
// once, and the answer to that counts.
func TestRefusedOnceMore(t *testing.T) {
	right := directtest.Answer{Status: 200, Body: "1", Header: map[string]string{"Etag": `"etag"`}}
	for name, refused := range map[string]directtest.Answer{
		"400":        refusal(400, "BadRequest"),
		"400 skewed": refusal(400, "RequestTimeTooSkewed"),
		"403":        refusal(403, "AccessDenied"),
		"411":        refusal(411, "MissingContentLength"),
	} {
		for _, c := range []struct {
			answers []directtest.Answer
			fails   bool
		}{{[]directtest.Answer{refused, right}, false}, {[]directtest.Answer{refused}, true}} {
			synctest.Test(t, func(t *testing.T) {
				wire := &directtest.Wire{Answers: c.answers}
				client := s3.New(s3.Options{Region: "eu-west-1", HTTPClient: wire, Credentials: directtest.Credentials{}, Retryer: aws.NopRetryer{}})
				_, err := learned.S3(t, client, "my-bucket").GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("my-bucket"), Key: aws.String("key")})
				var response *smithyhttp.ResponseError
				if (err != nil) != c.fails || c.fails && (!errors.As(err, &response) || response.HTTPStatusCode() != refused.Status) || len(wire.Asked) != 2 {
					t.Errorf("%s: %v after %d requests; want 2, and an error: %v", name, err, len(wire.Asked), c.fails)
				}
			})
		}
	}
}

// counted is a body that tells when it is closed.
type counted struct {
	io.Reader
	closed *int
}

func (c counted) Close() error { *c.closed++; return nil }

// TestCredentialsGone: that there are no credentials any more, once a request
// was sent, hides nothing of its outcome, and leaves nothing open.
func TestCredentialsGone(t *testing.T) {
	for _, status := range []int{0, 500} {
		synctest.Test(t, func(t *testing.T) {
			opened, closed, left := 0, 0, 1<<20
			credentials := aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
				if left--; left < 0 {
					<-ctx.Done() // a refresh that hangs
					return aws.Credentials{}, ctx.Err()
				}
				return directtest.Credentials{}.Retrieve(ctx)
			})
			client := s3.New(s3.Options{Region: "eu-west-1", Credentials: credentials, HTTPClient: smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
				if status == 0 {
					return nil, io.ErrUnexpectedEOF
				}
				opened++
				return &http.Response{StatusCode: status, Header: http.Header{}, Body: counted{strings.NewReader("x"), &closed}, Request: r}, nil
			})})
			for name, call := range map[string]func(context.Context, *s3jar.Object) error{
				"Save": func(ctx context.Context, o *s3jar.Object) error {
					_, err := o.Save(ctx, []byte("{}"), awsjar.None)
					return err
				},
				"Load": func(ctx context.Context, o *s3jar.Object) error { _, _, err := o.Load(ctx); return err },
			} {
				left = 1 << 20
				bucket := s3jar.NewBucket(learned.S3(t, client, "my-bucket"), "my-bucket")
				left = 1
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				start := time.Now()
				err := call(ctx, bucket.Object("state.json"))
				cancel()
				if took := time.Since(start); err == nil || errors.Is(err, awsjar.ErrUncertain) != (name == "Save") || took > 2*time.Second {
					t.Errorf("%d: %s returned %v after %v; only a Save is uncertain", status, name, err, took)
				}
			}
			if closed != opened {
				t.Errorf("%d: %d of %d bodies were closed", status, closed, opened)
			}
		})
	}
}

// TestCallersBytes: the bytes given to Save are not read once it has returned.
func TestCallersBytes(t *testing.T) {
	late := make(chan string, 8)
	release := make(chan struct{})
	client := s3.New(s3.Options{Region: "eu-west-1", Credentials: directtest.Credentials{}, HTTPClient: smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
		if r.Method == http.MethodPut {
			go func() { // as net/http does if it is answered early
				<-release
				body, _ := io.ReadAll(r.Body) // of memory
				late <- string(body)
			}()
		}
		return &http.Response{StatusCode: 403, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})})
	bucket := s3jar.NewBucket(learned.S3(t, client, "my-bucket"), "my-bucket")
	data := []byte(`{"a":1}`)
	if _, err := bucket.Object("state.json").Save(t.Context(), data, awsjar.None); err == nil {
		t.Fatal("no error")
	}
	close(release)
	data[1] = 'x' // the caller's again
	if got := <-late; got != "" && got != `{"a":1}` {
		t.Errorf("%q was sent", got)
	}
}

// TestQuota: successes without the SDK refill the SDK's budget for retries, as its
// own do.
func TestQuota(t *testing.T) {
	right := directtest.Answer{Status: 200, Body: "1", Header: map[string]string{"Etag": `"etag"`}}
	refused := refusal(503, "SlowDown")
	answers := slices.Repeat([]directtest.Answer{refused}, 200)
	answers = append(answers, slices.Repeat([]directtest.Answer{right}, 400)...)
	compared(t, append(answers, refused, right), func(o *s3jar.Object) outcome {
		var failed int
		for range 600 {
			if _, _, err := o.Load(context.Background()); err != nil {
				failed++
			}
		}
		return outcome{Data: fmt.Sprint(failed, " failed")}
	})
}

// TestTimeToLive: how long a call of the past had left is not repeated.
func TestTimeToLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var said []string
		client := s3.New(s3.Options{Region: "us-east-1", Credentials: directtest.Credentials{}, HTTPClient: smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
			said = append(said, r.Header.Get("Amz-Sdk-Request"))
			// The service's clock is ahead of ours.
			header := http.Header{"Etag": {`"e"`}, "Date": {time.Now().Add(1200 * time.Millisecond).UTC().Format(http.TimeFormat)}}
			return &http.Response{StatusCode: 200, Header: header, Body: http.NoBody, Request: r}, nil
		})})
		object := s3jar.NewBucket(awsdirect.S3(client), "my-bucket").Object("state.json")
		for i := range 4 {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			object.Load(ctx)
			object.Save(ctx, []byte{byte(i)}, awsjar.None)
			cancel()
			time.Sleep(time.Hour)
		}
		if last := said[len(said)-1]; len(said) != 8 || strings.Contains(last, "ttl") || !strings.HasPrefix(last, "attempt=1; max=") {
			t.Errorf("the requests say %q", said)
		}
	})
}

// TestContextEnds: a PUT that was sent is looked after even if the context ends
// with it.
func TestContextEnds(t *testing.T) {
	for _, replaces := range []awsjar.Revision{awsjar.Any, awsjar.None} {
		ctx, cancel := context.WithCancel(t.Context())
		client := s3.New(s3.Options{Region: "eu-west-1", Credentials: directtest.Credentials{}, HTTPClient: smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
			cancel()
			return nil, io.ErrUnexpectedEOF
		})})
		bucket := s3jar.NewBucket(learned.S3(t, client, "my-bucket"), "my-bucket")
		if _, err := bucket.Object("state.json").Save(ctx, []byte("{}"), replaces); !errors.Is(err, awsjar.ErrUncertain) || !errors.Is(err, context.Canceled) {
			t.Errorf("Save(%q) returned %v; want an ErrUncertain", replaces, err)
		}
	}
}

// TestWrongClock: where the SDK has found our clock to be wrong, its time is the
// one that counts.
func TestWrongClock(t *testing.T) {
	t.Parallel()
	requests := 0
	client := s3.New(s3.Options{Region: "eu-west-1", Credentials: directtest.Credentials{}, HTTPClient: smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
		requests++
		now := time.Now().Add(time.Hour)
		header := http.Header{"Etag": {`"e"`}, "Date": {now.UTC().Format(http.TimeFormat)}}
		signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		if err != nil || now.Sub(signed).Abs() > 15*time.Minute {
			body := "<Error><Code>RequestTimeTooSkewed</Code></Error>"
			return &http.Response{StatusCode: 403, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
		}
		return &http.Response{StatusCode: 200, Header: header, Body: http.NoBody, Request: r}, nil
	})})
	object := s3jar.NewBucket(awsdirect.S3(client), "my-bucket").Object("state.json")
	for i := range 6 {
		requests = 0
		if _, _, err := object.Load(t.Context()); err != nil || i > 1 && requests != 1 {
			t.Errorf("Load %d: %v, by %d requests", i, err, requests)
		}
	}
}
