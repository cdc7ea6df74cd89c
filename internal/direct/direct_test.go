package direct_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/metrics"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar/internal/direct"
	"github.com/awsjar/awsjar/internal/direct/directtest"
)

// script answers requests with the statuses in turn, and then with errors.
type script struct {
	directtest.Captured
	statuses []int
}

func (s *script) Do(r *http.Request) (*http.Response, error) {
	s.Captured.Do(r) // its error is returned in the end
	if len(s.statuses) == 0 {
		return nil, directtest.ErrNotSent
	}
	status := s.statuses[0]
	s.statuses = s.statuses[1:]
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), ContentLength: -1, Request: r}, nil
}

// world is an S3 client, and the client of package direct over it.
type world struct {
	sent    script
	s3      *s3.Client
	client  *direct.Client
	pattern direct.Pattern
}

func newWorld(optFns ...func(*s3.Options)) *world {
	w := &world{}
	o := s3.Options{Region: "eu-west-1", HTTPClient: &w.sent, Retryer: aws.NopRetryer{}, Credentials: directtest.Credentials{}}
	for _, fn := range optFns {
		fn(&o)
	}
	w.s3 = s3.New(o)
	w.client = direct.NewClient(optionsOf(w.s3))
	return w
}

func optionsOf(c *s3.Client) direct.Options {
	o := c.Options()
	return direct.Options{
		HTTP: o.HTTPClient, Credentials: o.Credentials, APIOptions: o.APIOptions, Interceptors: o.Interceptors,
		LogMode: o.ClientLogMode, Tracer: o.TracerProvider, Meter: o.MeterProvider, Retryer: o.Retryer, RetryMode: o.RetryMode,
		Schemes: o.AuthSchemes, Rules: []any{o.EndpointResolverV2, o.AuthSchemeResolver, o.HTTPSignerV4},
	}
}

func put(body string) direct.Request {
	return direct.Request{Path: "/key", Header: []direct.Field{{Name: "If-Match", Value: `"etag"`}}, Body: []byte(body)}
}

// official sends a request through the SDK.
func (w *world) official(r direct.Request, optFns ...func(*s3.Options)) error {
	_, err := w.s3.PutObject(context.Background(), &s3.PutObjectInput{
		Bucket: aws.String("my-bucket"), Key: aws.String(r.Path[1:]), IfMatch: aws.String(r.Header[0].Value), Body: bytes.NewReader(r.Body),
	}, optFns...)
	return err
}

// watch lets the pattern see a request, and reports whether it is known then.
func (w *world) watch(r direct.Request, optFns ...func(*s3.Options)) bool {
	w.official(r, append(optFns, func(o *s3.Options) { o.HTTPClient = w.pattern.Watch(o.HTTPClient, w.client, r) })...)
	return w.pattern.Learned()
}

// learn lets the pattern see a request twice, with different bodies.
func (w *world) learn(r direct.Request, optFns ...func(*s3.Options)) bool {
	other := r
	other.Body = append([]byte(" "), r.Body...)
	w.watch(other, optFns...)
	return w.watch(r, optFns...)
}

// whenRequired keeps the SDK from sending a checksum behind the body.
func whenRequired(o *s3.Options) {
	o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
}

func TestNoClient(t *testing.T) {
	for name, option := range map[string]func(*s3.Options){
		"middleware":     func(o *s3.Options) { o.APIOptions = append(o.APIOptions, func(*middleware.Stack) error { return nil }) },
		"log":            func(o *s3.Options) { o.ClientLogMode = aws.LogRequest },
		"tracer":         func(o *s3.Options) { o.TracerProvider = otherTracer{} },
		"meter":          func(o *s3.Options) { o.MeterProvider = otherMeter{} },
		"adaptive":       func(o *s3.Options) { o.Retryer = retry.NewAdaptiveMode() },
		"adaptive mode":  func(o *s3.Options) { o.RetryMode = aws.RetryModeAdaptive },
		"retryer":        func(o *s3.Options) { o.Retryer = otherRetryer{} },
		"no credentials": func(o *s3.Options) { o.Credentials = nil },
		"anonymous":      func(o *s3.Options) { o.Credentials = aws.AnonymousCredentials{} },
		"signer":         func(o *s3.Options) { o.HTTPSignerV4 = otherSigner{} },
		"interceptor":    func(o *s3.Options) { o.Interceptors.AddBeforeTransmit(otherInterceptor{}) },
	} {
		if newWorld(option).client != nil {
			t.Errorf("%s: a client whose middleware would be passed by", name)
		}
	}
	if newWorld().client == nil {
		t.Error("none for a client as the SDK makes it")
	}
}

type (
	otherTracer      struct{ tracing.TracerProvider }
	otherMeter       struct{ metrics.MeterProvider }
	otherRetryer     struct{ aws.NopRetryer }
	otherSigner      struct{ s3.HTTPSignerV4 }
	otherInterceptor struct{}
)

func (otherMeter) Meter(string, ...metrics.MeterOption) metrics.Meter {
	return metrics.NopMeterProvider{}.Meter("")
}
func (otherTracer) Tracer(string, ...tracing.TracerOption) tracing.Tracer {
	return (&tracing.NopTracerProvider{}).Tracer("")
}
func (otherInterceptor) BeforeTransmit(context.Context, *smithyhttp.InterceptorContext) error {
	return nil
}

// TestNotLearned: where the same request cannot be built, nothing is ever sent
// directly.
func TestNotLearned(t *testing.T) {
	header := func(name, value string) func(*s3.Options) {
		return func(o *s3.Options) {
			o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
				return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("change", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
					in.Request.(*smithyhttp.Request).Header.Set(name, value)
					return next.HandleDeserialize(ctx, in)
				}), middleware.After)
			})
		}
	}
	for name, option := range map[string]func(*s3.Options){
		"wrong signature":     header("X-Amz-Meta-Added", "after the signature"),
		"clock put right":     header("X-Amz-Date", time.Now().Add(-time.Minute).UTC().Format("20060102T150405Z")),
		"a trace of its own":  header("X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793"),
		"second attempt":      header("Amz-Sdk-Request", "attempt=2; max=3"),
		"another algorithm":   header("Authorization", "AWS4-ECDSA-P256-SHA256 Credential=a/b/s3/aws4_request, x"),
		"no scope":            header("Authorization", "AWS4-HMAC-SHA256 x"),
		"checksum behind it":  func(o *s3.Options) { o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenSupported },
		"encoded path before": func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = aws.String("http://127.0.0.1/a%20b"), true },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(whenRequired)
			for range 5 {
				if w.learn(put("{}"), option) {
					t.Fatal("learned")
				}
			}
			if len(w.sent.Requests) != 10 {
				t.Errorf("the SDK sent %d requests; want 10", len(w.sent.Requests))
			}
			if _, sent := w.pattern.Send(t.Context(), w.client, put("{}")); sent || len(w.sent.Requests) != 10 {
				t.Error("sent without having seen how")
			}
			if w.pattern.Watch(&w.sent, w.client, put("{}")) != aws.HTTPClient(&w.sent) {
				t.Error("it still watches after five misses")
			}
		})
	}
}

// TestNotSent: a request that the pattern does not cover is left to the SDK.
func TestNotSent(t *testing.T) {
	w := newWorld(whenRequired)
	if !w.learn(put("{}")) {
		t.Fatal("not learned")
	}
	w.sent.Requests = nil
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	large := put("{}")
	large.Body = make([]byte, 1<<20+1)
	escape := put("{}")
	escape.Path = "/%zz"
	broken := direct.NewClient(optionsOf(s3.New(w.s3.Options(), func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, errors.New("expired") })
	})))
	for name, c := range map[string]struct {
		ctx    context.Context
		client *direct.Client
		r      direct.Request
	}{
		"ended context":   {ended, w.client, put("{}")},
		"large body":      {t.Context(), w.client, large},
		"malformed path":  {t.Context(), w.client, escape},
		"no credentials":  {t.Context(), broken, put("{}")},
		"odd X-Ray trace": {t.Context(), w.client, put("{}")},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "odd X-Ray trace" {
				t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "fn")
				t.Setenv("_X_AMZN_TRACE_ID", "Root=a b")
			}
			if _, sent := w.pattern.Send(c.ctx, c.client, c.r); sent || len(w.sent.Requests) > 0 {
				t.Error("sent")
			}
		})
	}
}

// signed adds a header, before the request is signed, made of its body.
func signed(name string, value func(body []byte) string) func(*s3.Options) {
	return func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Build.Add(middleware.BuildMiddlewareFunc("sign", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
				r := in.Request.(*smithyhttp.Request)
				body, err := io.ReadAll(r.GetStream())
				if err != nil {
					return middleware.BuildOutput{}, middleware.Metadata{}, err
				}
				r.Header.Set(name, value(body))
				if err := r.RewindStream(); err != nil {
					return middleware.BuildOutput{}, middleware.Metadata{}, err
				}
				return next.HandleBuild(ctx, in)
			}), middleware.After)
		})
	}
}

// TestNeverStale: a header that is made of the body, or a token by which a
// service recognizes a repetition, is never sent with another request: neither
// under a name that is not known, however often it has the same value, nor
// under one that is.
func TestNeverStale(t *testing.T) {
	length := func(body []byte) string { return strings.Repeat("x", len(body)) }
	count := 0
	another := func([]byte) string { count++; return strconv.Itoa(count) }
	for name, header := range map[string]func(*s3.Options){
		"a sum over the body":             signed("X-Amz-Content-Crc", length),
		"a token that was always alike":   signed("X-Amz-Client-Token", func([]byte) string { return "token" }),
		"a known name, made of the body":  signed("Content-Type", length),
		"a known name, another each time": signed("User-Agent", another),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(whenRequired)
			for i := range 5 {
				if w.learn(put(strings.Repeat("1", i+1)), header) {
					t.Fatal("learned")
				}
			}
		})
	}
	w := newWorld(whenRequired)
	if !w.learn(put("{}"), signed("Content-Type", func([]byte) string { return "application/json" })) {
		t.Error("a known header with the same value in both samples was not learned")
	}
}

// TestTwoSamples: one request proves nothing, and neither do two with the same
// body.
func TestTwoSamples(t *testing.T) {
	w := newWorld(whenRequired)
	for range 4 {
		if w.watch(put("{}")) {
			t.Fatal("learned from one body")
		}
	}
	if !w.watch(put(`{"a":1}`)) {
		t.Error("not learned from two")
	}
}

// TestRefused: a request that is refused for itself is left to the SDK, once.
// Where the SDK's is accepted the pattern was wrong, and after three of those
// it is given up.
func TestRefused(t *testing.T) {
	for _, status := range []int{400, 401, 403, 405, 411, 422} {
		for _, c := range []struct {
			official int
			learned  bool // in the end
		}{{status, true}, {200, false}} {
			w := newWorld(whenRequired)
			for range maxMisses {
				if !w.learn(put("{}")) {
					t.Fatal("not learned")
				}
				w.sent.Requests, w.sent.statuses = nil, []int{status, c.official}
				if _, sent := w.pattern.Send(t.Context(), w.client, put("{}")); sent || w.pattern.Learned() {
					t.Fatalf("%d: the answer was kept: %v, the pattern too: %v", status, sent, w.pattern.Learned())
				}
				w.watch(put("{}"))
				if len(w.sent.Requests) != 2 {
					t.Errorf("%d: %d requests; want 2", status, len(w.sent.Requests))
				}
			}
			if got := w.learn(put("{}")); got != c.learned {
				t.Errorf("refused with %d, and the SDK's answered %d: learned again %v; want %v", status, c.official, got, c.learned)
			}
		}
	}
}

// maxMisses is that of the package.
const maxMisses = 3

// TestForgotten: an answer that may ask for another kind of request makes the
// SDK send the next one; a conflict does not.
func TestForgotten(t *testing.T) {
	for status, kept := range map[int]bool{200: true, 304: true, 404: true, 412: true, 408: true, 409: true, 429: true, 500: true, 503: true, 301: false, 0: false} {
		w := newWorld(whenRequired)
		if !w.learn(put("{}")) {
			t.Fatal("not learned")
		}
		if status != 0 {
			w.sent.statuses = []int{status}
		}
		answer, sent := w.pattern.Send(t.Context(), w.client, put("{}"))
		if !sent || (answer.Err() != nil) != (status == 0) {
			t.Fatalf("%d: %v, %v", status, sent, answer.Err())
		}
		if w.pattern.Learned() != kept {
			t.Errorf("after %d the pattern is kept: %v; want %v", status, !kept, kept)
		}
	}
}

// TestReplay: the SDK takes an answer for that of its own first attempt, and
// sends only the attempts after it.
func TestReplay(t *testing.T) {
	w := newWorld(whenRequired, func(o *s3.Options) {
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	})
	if !w.learn(put("{}")) {
		t.Fatal("not learned")
	}
	for _, c := range []struct {
		statuses []int // first the one of the direct request; none is a connection that breaks
		more     int   // requests that the SDK sends itself
		want     int   // the status of its error; 0 is success
	}{
		{[]int{412}, 0, 412},
		{[]int{409}, 0, 409},
		{[]int{503, 200}, 1, 0},
		{[]int{500, 500, 500}, 2, 500},
		{[]int{200}, 0, 0},
	} {
		w.learn(put("{}"))
		w.sent.Requests, w.sent.statuses = nil, c.statuses
		answer, sent := w.pattern.Send(t.Context(), w.client, put("{}"))
		if !sent {
			t.Fatalf("%v: not sent", c.statuses)
		}
		err := w.official(put("{}"), func(o *s3.Options) { o.HTTPClient = answer.Replay(o.HTTPClient) })
		var response *smithyhttp.ResponseError
		switch {
		case c.want == 0 && err != nil, c.want != 0 && (!errors.As(err, &response) || response.HTTPStatusCode() != c.want):
			t.Errorf("%v: %v; want the status %d", c.statuses, err, c.want)
		case len(w.sent.Requests) != 1+c.more:
			t.Errorf("%v: %d requests; want %d", c.statuses, len(w.sent.Requests), 1+c.more)
		}
	}
	w.learn(put("{}"))
	w.sent.Requests, w.sent.statuses = nil, nil
	answer, _ := w.pattern.Send(t.Context(), w.client, put("{}"))
	if !errors.Is(answer.Err(), directtest.ErrNotSent) {
		t.Fatal(answer.Err())
	}
	w.sent.statuses = []int{200}
	if err := w.official(put("{}"), func(o *s3.Options) { o.HTTPClient = answer.Replay(o.HTTPClient) }); err != nil || len(w.sent.Requests) != 2 {
		t.Errorf("after a broken connection: %v, %d requests; want success by the second", err, len(w.sent.Requests))
	}
}

// TestNewCredentials: each request is signed with the credentials of its time.
func TestNewCredentials(t *testing.T) {
	now := aws.Credentials{AccessKeyID: "AKIDFIRST", SecretAccessKey: "first"}
	w := newWorld(whenRequired, func(o *s3.Options) {
		o.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return now, nil })
	})
	if !w.learn(put("{}")) {
		t.Fatal("not learned")
	}
	for _, now = range []aws.Credentials{{AccessKeyID: "AKIDSECOND", SecretAccessKey: "second", SessionToken: "token"}, {AccessKeyID: "AKIDTHIRD", SecretAccessKey: "third"}} {
		w.sent.Requests, w.sent.statuses = nil, []int{200}
		if _, sent := w.pattern.Send(t.Context(), w.client, put(`{"a":1}`)); !sent {
			t.Fatal("not sent")
		}
		r := w.sent.Requests[0]
		got := r.Header.Get("Authorization")
		when, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Del("Authorization")
		signer := v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
		if err := signer.SignHTTP(t.Context(), now, r, r.Header.Get("X-Amz-Content-Sha256"), "s3", "eu-west-1", when); err != nil || got != r.Header.Get("Authorization") {
			t.Errorf("signed %s; want %s, %v", got, r.Header.Get("Authorization"), err)
		}
		if got := r.Header.Get("X-Amz-Security-Token"); got != now.SessionToken {
			t.Errorf("the token is %q; want %q", got, now.SessionToken)
		}
	}
}
