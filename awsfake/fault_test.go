package awsfake_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/awsfake"
)

// onceLambda and onceS3 return clients that do not try again.
func onceLambda(srv *awsfake.Server) *lambda.Client {
	return lambdaClient(srv, func(o *lambda.Options) { o.RetryMaxAttempts = 1 })
}

func onceS3(srv *awsfake.Server) *s3.Client {
	return s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.RetryMaxAttempts = 1 })
}

func putObject(ctx context.Context, c *s3.Client, body string) error {
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key"), Body: bytes.NewReader([]byte(body))})
	return err
}

// TestFailedAndNotStoredOrFailedButStored has every kind of failure in both forms,
// on both services.
func TestFailedAndNotStoredOrFailedButStored(t *testing.T) {
	tests := []struct {
		row        string
		fault      awsfake.Fault
		s3, lambda string // the codes; "" for an error that is none of the API
	}{
		{"by status", awsfake.Fault{Status: 500}, "InternalError", "ServiceException"},
		{"unavailable", awsfake.Fault{Status: 503}, "SlowDown", "ServiceUnavailableException"},
		{"by status and code", awsfake.Fault{Status: 418, Code: "Teapot", Message: "short and stout"}, "Teapot", "Teapot"},
		{"by an unknown code", awsfake.Fault{Code: "Strange"}, "Strange", "Strange"},
		{"dropped", awsfake.Fault{Drop: true}, "", ""},
		{"dropped after a while", awsfake.Fault{Drop: true, Delay: time.Millisecond}, "", ""},
	}
	for _, tt := range tests {
		for _, after := range []bool{false, true} {
			t.Run(tt.row, func(t *testing.T) {
				srv := awsfake.NewServer(t)
				srv.CreateFunction("fn", map[string]string{"KEY": "old"})
				srv.CreateBucket("bucket")
				srv.PutObject("bucket", "key", []byte("old"), nil)
				f := tt.fault
				f.After, f.Times = after, 2
				injected := srv.Inject(f)
				_, lambdaErr := update(t.Context(), onceLambda(srv), "fn", "", map[string]string{"KEY": "new"})
				s3Err := putObject(t.Context(), onceS3(srv), "new")
				for err, want := range map[error]string{lambdaErr: tt.lambda, s3Err: tt.s3} {
					if err == nil || want != "" && code(err) != want || f.Message != "" && message(err) != f.Message {
						t.Errorf("got %v, want %q", err, want)
					}
				}
				want := "old"
				if after {
					want = "new"
				}
				env, _ := srv.Environment("fn")
				body, _, _ := srv.Object("bucket", "key")
				if env["KEY"] != want || string(body) != want {
					t.Errorf("after=%v: %v, %q", after, env, body)
				}
				if injected.Fired() != 2 {
					t.Errorf("fired %d times", injected.Fired())
				}
				if err := putObject(t.Context(), onceS3(srv), "newer"); err != nil {
					t.Errorf("used up, and yet %v", err)
				}
			})
		}
	}
}

// TestLostAnswerMeetsItsOwnEffect is the trap that the SDK's own retries set.
func TestLostAnswerMeetsItsOwnEffect(t *testing.T) {
	for want, settle := range map[string]time.Duration{"PreconditionFailedException": 0, "ResourceConflictException": time.Hour} {
		srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Settle, o.ConflictFirst = settle, true })
		srv.CreateFunction("fn", map[string]string{"KEY": "old"})
		c := lambdaClient(srv)
		before := get(t, c, "fn")
		srv.ResetRequests()
		srv.Inject(awsfake.Fault{Op: "UpdateFunctionConfiguration", Drop: true, After: true})
		_, err := update(t.Context(), c, "fn", *before.RevisionId, map[string]string{"KEY": "new"})
		if code(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if env, _ := srv.Environment("fn"); env["KEY"] != "new" {
			t.Error("not stored", env)
		}
		log := srv.Requests()
		if len(log) != 2 || log[0].Status != 0 || !log[0].Faulted || log[0].Attempt != 1 || log[1].Attempt != 2 || log[1].Faulted ||
			log[0].InvocationID == "" || log[0].InvocationID != log[1].InvocationID {
			t.Errorf("%+v", log)
		}
	}
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	srv.Inject(awsfake.Fault{Op: "PutObject", Target: "bucket/key", Drop: true, After: true})
	_, err := s3.NewFromConfig(srv.Config()).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("key"), Body: bytes.NewReader([]byte("new")), IfNoneMatch: aws.String("*")})
	if code(err) != "PreconditionFailed" {
		t.Error(err)
	}
	if body, _, _ := srv.Object("bucket", "key"); string(body) != "new" {
		t.Errorf("%q", body)
	}
}

func TestThrottling(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", nil)
	c := lambdaClient(srv)
	in := &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("fn")}
	for _, throttle := range []string{"TooManyRequestsException", "ThrottlingException"} {
		f := srv.Inject(awsfake.Fault{Code: throttle, Times: 2})
		if _, err := c.GetFunctionConfiguration(t.Context(), in); err != nil || f.Fired() != 2 {
			t.Errorf("%s: the SDK tries three times: %v, %d", throttle, err, f.Fired())
		}
	}
	f := srv.Inject(awsfake.Fault{Code: "TooManyRequestsException", Times: -1, Header: http.Header{"retry-after": {"7"}}})
	_, err := c.GetFunctionConfiguration(t.Context(), in)
	var throttled *types.TooManyRequestsException
	if !errors.As(err, &throttled) || *throttled.Message != "Rate exceeded" || throttled.Reason != types.ThrottleReasonCallerRateLimitExceeded ||
		aws.ToString(throttled.RetryAfterSeconds) != "7" {
		t.Errorf("%+v", err)
	}
	f.Remove()
	if _, err := c.GetFunctionConfiguration(t.Context(), in); err != nil || f.Fired() != 3 {
		t.Error(err, f.Fired())
	}
}

func TestTypedErrorsOfLambda(t *testing.T) {
	tests := map[string]func() error{
		"PreconditionFailedException":    func() error { return new(types.PreconditionFailedException) },
		"ResourceConflictException":      func() error { return new(types.ResourceConflictException) },
		"ResourceNotFoundException":      func() error { return new(types.ResourceNotFoundException) },
		"InvalidParameterValueException": func() error { return new(types.InvalidParameterValueException) },
		"ServiceException":               func() error { return new(types.ServiceException) },
		"KMSAccessDeniedException":       func() error { return new(types.KMSAccessDeniedException) },
	}
	srv := awsfake.NewServer(t)
	c := onceLambda(srv)
	for want, typed := range tests {
		srv.Inject(awsfake.Fault{Code: want, Message: "the text"})
		_, err := c.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("fn")})
		target := typed()
		if code(err) != want || message(err) != "the text" || !isTyped(err, target) {
			t.Errorf("got %T: %v, want %T", errors.Unwrap(err), err, target)
		}
	}
}

// isTyped reports whether an error of target's type is in err's chain.
func isTyped(err, target error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if reflect.TypeOf(err) == reflect.TypeOf(target) {
			return true
		}
	}
	return false
}

func TestSkipTimesAndOrder(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	c := onceS3(srv)
	var got []string
	put := func() { got = append(got, code(putObject(t.Context(), c, "x"))) }
	srv.Inject(awsfake.Fault{Op: "PutObject", Skip: 1, Times: 2, Code: "SlowDown"})
	srv.Inject(awsfake.Fault{Target: "bucket/key", Code: "InternalError"})
	other := srv.Inject(awsfake.Fault{Target: "bucket/other", Code: "AccessDenied", Times: -1})
	for range 5 {
		put()
	}
	if diff := cmp.Diff([]string{"InternalError", "SlowDown", "SlowDown", "", ""}, got); diff != "" {
		t.Error(diff)
	}
	if other.Fired() != 0 {
		t.Error("another target is struck")
	}
}

func TestHooksAroundTheEffect(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	var seen []string
	look := func() {
		body, _, _ := srv.Object("bucket", "key")
		seen = append(seen, string(body))
	}
	srv.Inject(awsfake.Fault{Op: "PutObject", After: true, Hook: look, Then: look})
	if err := putObject(t.Context(), onceS3(srv), "new"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"", "new"}, seen); diff != "" {
		t.Error(diff)
	}
	srv.Inject(awsfake.Fault{Op: "PutObject", Hook: func() { srv.PutObject("bucket", "key", []byte("foreign"), nil) }})
	_, err := onceS3(srv).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("key"), Body: bytes.NewReader([]byte("newer")), IfMatch: aws.String(`"22af645d1859cb5ca6da0c484f1f37ea"`)})
	if code(err) != "PreconditionFailed" {
		t.Error("the foreign writer comes too late:", err)
	}
}

func TestTruncatedAnswer(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	srv.PutObject("bucket", "key", []byte("0123456789"), nil)
	srv.CreateFunction("fn", map[string]string{"KEY": "1"})
	srv.Inject(awsfake.Fault{Truncate: 4, Times: 2})
	out, err := onceS3(srv).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key")})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if string(body) != "0123" || !errors.Is(err, io.ErrUnexpectedEOF) || *out.ContentLength != 10 {
		t.Errorf("%q %v %d", body, err, *out.ContentLength)
	}
	if _, err := update(t.Context(), onceLambda(srv), "fn", "", map[string]string{"KEY": "2"}); err == nil {
		t.Error("no error")
	}
	if env, _ := srv.Environment("fn"); env["KEY"] != "2" {
		t.Error(env)
	}
	if log := srv.Requests(); log[0].BytesOut != 4 || log[0].Status != 200 {
		t.Errorf("%+v", log[0])
	}
}
