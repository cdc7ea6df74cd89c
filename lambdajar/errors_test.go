package lambdajar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/google/go-cmp/cmp"
)

// mustExplain checks the kind of an error, its hint, and that the SDK's own
// error is reachable.
func mustExplain(t *testing.T, err error, want error, hint string) {
	t.Helper()
	var e *awsjar.Error
	if !errors.As(err, &e) || e.Target == "" {
		t.Fatalf("%v; want an *awsjar.Error with a target", err)
	}
	if want != nil && !errors.Is(err, want) {
		t.Errorf("%v; want %v", err, want)
	}
	if errors.Is(err, awsjar.ErrUncertain) && want != awsjar.ErrUncertain {
		t.Errorf("%v is uncertain", err)
	}
	if !strings.Contains(e.Hint, hint) {
		t.Errorf("the hint of %q is %q; want it to say %q", err, e.Hint, hint)
	}
	var sdk *smithy.OperationError
	if !errors.As(err, &sdk) {
		t.Errorf("the SDK's error is not reachable from %v", err)
	}
	for _, noise := range []string{"operation error Lambda", "https response error", "exceeded maximum number of attempts", "RequestID"} {
		if strings.Contains(err.Error(), noise) {
			t.Errorf("the error is noisy: %v", err)
		}
	}
}

// TestAnswers: each answer of AWS, and its meaning.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		op, code string
		status   int
		message  string
		want     error
		hint     string
	}{
		{get, "ResourceNotFoundException", 404, "Function not found: arn", awsjar.ErrNoStore, "aws lambda list-functions"},
		{update, "ResourceNotFoundException", 404, "Function not found: arn", awsjar.ErrNoStore, "aws lambda list-functions"},
		{get, "ExpiredTokenException", 403, "The security token included in the request is expired", awsjar.ErrAccessDenied, "renew them"},
		{get, "UnrecognizedClientException", 403, "The security token included in the request is invalid.", awsjar.ErrAccessDenied, "aws configure list"},
		{get, "TooManyRequestsException", 429, "Rate exceeded", nil, "15 such requests a second"},
		{update, "TooManyRequestsException", 429, "Rate exceeded", nil, "15 such requests a second"},
		{update, "ThrottlingException", 400, "Rate exceeded", nil, "15 such requests a second"},
		{update, "InvalidParameterValueException", 400, "Reserved keys used in this request: secret value", awsjar.ErrInvalid, "Options.Name"},
		{update, "InvalidParameterValueException", 400, "contains reserved keys that are currently not supported: secret value", awsjar.ErrInvalid, "Options.Name"},
		{update, "InvalidParameterValueException", 400, "because the KMS key is invalid for CreateGrant. secret value", awsjar.ErrAccessDenied, "kms:CreateGrant"},
		{update, "InvalidParameterValueException", 400, "something else with a secret value", awsjar.ErrInvalid, "get-function-configuration"},
		{update, "ValidationException", 400, "Value '{jar=secret value}' at 'environment.variables'", awsjar.ErrInvalid, ""},
		{update, "SomethingNewException", 400, "secret value", nil, ""},
		{get, "ServiceException", 500, "secret value", nil, "try again later"},
	} {
		t.Run(fmt.Sprintf("%s %d %s", c.op, c.status, c.code), func(t *testing.T) {
			srv := newServer(t)
			s := newStore(srv)
			srv.Inject(awsfake.Fault{Op: c.op, Times: -1, Status: c.status, Code: c.code, Message: c.message})
			_, err := s.Save(within(t), []byte("a stored value"), awsjar.Any)
			hint := c.hint
			if strings.HasPrefix(c.message, "Reserved keys") {
				hint = "get-function-configuration" // not AWS's text for it
			}
			mustExplain(t, err, c.want, hint)
			if text := err.Error(); strings.Contains(text, "secret value") || !strings.Contains(text, c.code) || !strings.Contains(text, c.op) {
				t.Errorf("the text is %q; want what was asked, the code, and no value", text)
			}
			mustKeep(t, srv, foreign())
		})
	}
}

func TestMissingFunction(t *testing.T) {
	t.Parallel()
	srv := awsfake.NewServer(t)
	s := newStore(srv)
	jar := awsjar.New[int](s)
	_, getErr := jar.Get(within(t))
	_, usageErr := s.Usage(within(t))
	for call, err := range map[string]error{
		"Get": getErr, "Put": jar.Put(within(t), 1), "Delete": jar.Delete(within(t)), "Update": increment(jar), "Usage": usageErr,
	} {
		if !errors.Is(err, awsjar.ErrNoStore) {
			t.Errorf("%s: %v; want ErrNoStore", call, err)
		}
	}
	mustExplain(t, getErr, awsjar.ErrNoStore, "check the name and the region")
}

// TestPermissions: each of the two permissions is missed by its name.
func TestPermissions(t *testing.T) {
	t.Parallel()
	for _, action := range []string{get, update} {
		srv := newServer(t)
		srv.Deny(action, fn, "lambda:"+action)
		err := awsjar.New[int](newStore(srv)).Put(within(t), 1)
		mustExplain(t, err, awsjar.ErrAccessDenied, "allow the caller lambda:"+action+" on arn:aws:lambda:*:*:function:"+fn)
		mustKeep(t, srv, foreign())
	}
	srv := newServer(t)
	srv.Deny(get, fn, "lambda:"+get)
	for name, arn := range map[string]string{
		"123456789012:function:" + fn:                          "arn:aws:lambda:*:123456789012:function:" + fn,
		"arn:aws:lambda:us-east-1:123456789012:function:" + fn: "arn:aws:lambda:us-east-1:123456789012:function:" + fn,
	} {
		_, _, err := lambdajar.New(client(srv), name).Load(within(t))
		mustExplain(t, err, awsjar.ErrAccessDenied, "on "+arn)
	}
}

func TestCredentialsAndEndpoints(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for name, c := range map[string]struct {
		change func(*aws.Config)
		want   error
		hint   string
	}{
		"absent": {func(c *aws.Config) {
			c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, errors.New("no provider in chain")
			})
		}, awsjar.ErrAccessDenied, "AWS_PROFILE"},
		"absent, says another service": {func(c *aws.Config) {
			c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{}, &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: 404}}, Err: errors.New("no role")}
			})
		}, awsjar.ErrAccessDenied, "AWS_PROFILE"},
		"unknown key": {func(c *aws.Config) {
			c.Credentials = credentials.NewStaticCredentialsProvider("AKIDUNKNOWN", "secret", "")
		}, awsjar.ErrAccessDenied, "check the region and the endpoint"},
		"wrong secret": {func(c *aws.Config) {
			c.Credentials = credentials.NewStaticCredentialsProvider(awsfake.DefaultAccessKey, "wrong", "")
		}, awsjar.ErrAccessDenied, "check the region and the endpoint"},
		"wrong region":     {func(c *aws.Config) { c.Region = "eu-west-1" }, awsjar.ErrAccessDenied, "check the region and the endpoint"},
		"no region":        {func(c *aws.Config) { c.Region, c.BaseEndpoint = "", nil }, awsjar.ErrInvalid, "AWS_REGION"},
		"no URL":           {func(c *aws.Config) { c.BaseEndpoint, c.HTTPClient = aws.String("localhost:4566"), nil }, nil, "the endpoint must be a URL"},
		"no scheme":        {func(c *aws.Config) { c.BaseEndpoint, c.HTTPClient = aws.String("127.0.0.1:4566"), nil }, nil, "the endpoint must be a URL"},
		"no host":          {func(c *aws.Config) { c.BaseEndpoint, c.HTTPClient = aws.String("http:/localhost"), nil }, nil, "the endpoint must be a URL"},
		"nobody listening": {func(c *aws.Config) { c.BaseEndpoint, c.HTTPClient = aws.String("http://127.0.0.1:1"), nil }, nil, "AWS_ENDPOINT_URL_LAMBDA"},
	} {
		t.Run(name, func(t *testing.T) {
			jar := awsjar.New[int](lambdajar.New(client(srv, c.change), fn))
			_, err := jar.Get(within(t))
			mustExplain(t, err, c.want, c.hint)
			mustExplain(t, jar.Put(within(t), 1), c.want, c.hint)
			if none := strings.HasPrefix(name, "absent"); none != strings.Contains(err.Error(), ": no credentials: ") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// TestStrangers: a server that is not AWS Lambda answers, with a page or with an
// error of its own. The hint says to look at the endpoint.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 302, 400, 401, 403, 404, 405, 407, 418, 501} {
		for _, page := range []string{"<html>a secret value</html>", `{"message":"a secret value"}`} {
			stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				io.WriteString(w, page)
			}))
			defer stranger.Close()
			jar := awsjar.New[int](lambdajar.New(client(newServer(t), func(c *aws.Config) {
				c.BaseEndpoint, c.HTTPClient = &stranger.URL, stranger.Client()
			}), fn))
			_, err := jar.Get(within(t))
			if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(awsjar.Hint(err), "the endpoint") {
				t.Errorf("%d with %s: %v; hint %q", status, page, err, awsjar.Hint(err))
			}
		}
	}
}

// TestConnectionFailsForUpdate: the read comes through, and then nobody
// answers the phone: that is sure to be not stored.
func TestConnectionFailsForUpdate(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	dead := client(srv, func(c *aws.Config) { c.BaseEndpoint, c.HTTPClient = aws.String("http://127.0.0.1:1"), nil })
	s := lambdajar.New(split{client(srv), dead}, fn)
	_, err := s.Save(within(t), []byte("1"), awsjar.Any)
	mustExplain(t, err, nil, "nothing answers there")
}

type split struct {
	lambdajar.Client
	writes lambdajar.Client
}

func (c split) UpdateFunctionConfiguration(ctx context.Context, in *lambda.UpdateFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.UpdateFunctionConfigurationOutput, error) {
	return c.writes.UpdateFunctionConfiguration(ctx, in, optFns...)
}

// TestHiddenVariables: AWS answers with success and without the variables.
// A write would then remove them all.
func TestHiddenVariables(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	s := newStore(srv)
	if _, err := s.Save(within(t), []byte("1"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	_, meta, err := s.Load(within(t))
	if err != nil {
		t.Fatal(err)
	}
	before := variables(t, srv)
	srv.HideEnvironment(fn, true)
	requests(srv)
	_, saveErr := newStore(srv).Save(within(t), []byte("2"), awsjar.Any)
	_, createErr := s.Save(within(t), []byte("2"), awsjar.None)
	_, _, loadErr := s.Load(within(t))
	_, usageErr := s.Usage(within(t))
	deleteErr := s.Delete(within(t), meta.Revision)
	for call, err := range map[string]error{"Save": saveErr, "create": createErr, "Load": loadErr, "Usage": usageErr, "Delete": deleteErr} {
		var e *awsjar.Error
		if !errors.Is(err, awsjar.ErrAccessDenied) || !errors.As(err, &e) || !strings.Contains(e.Hint, "kms:Decrypt") {
			t.Errorf("%s: %v; want ErrAccessDenied with a hint", call, err)
		}
	}
	if got := requests(srv)[update]; got != 0 {
		t.Errorf("%d updates; want none", got)
	}
	if diff := cmp.Diff(before, variables(t, srv)); diff != "" {
		t.Errorf("the variables (-before +after):\n%s", diff)
	}
}

// TestHiddenInAnswer: the permission to see the variables goes while they are
// written. Neither the answer nor a read shows the write, so nobody can say.
func TestHiddenInAnswer(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(awsfake.Fault{Op: update, Hook: func() { srv.HideEnvironment(fn, true) }})
	if _, err := newStore(srv).Save(within(t), []byte("1"), awsjar.Any); !errors.Is(err, awsjar.ErrUncertain) || !errors.Is(err, awsjar.ErrAccessDenied) {
		t.Errorf("Save: %v; want ErrUncertain, and why", err)
	}
	if got := variables(t, srv)["jar"]; got != "1" {
		t.Errorf("the variable is %q; want 1", got)
	}
	mustKeep(t, srv, foreign(), "jar")
}

// TestHiddenForOtherReason: a key that was disabled is no question of
// permissions.
func TestHiddenForOtherReason(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	s := lambdajar.New(disabledKey{client(srv)}, fn)
	_, err := s.Save(within(t), []byte("1"), awsjar.Any)
	var e *awsjar.Error
	if err == nil || errors.Is(err, awsjar.ErrAccessDenied) || !errors.As(err, &e) || !strings.Contains(e.Hint, "KMS key") {
		t.Errorf("Save: %v; want a plain error with a hint", err)
	}
	if got := requests(srv)[update]; got != 0 {
		t.Errorf("%d updates; want none", got)
	}
}

type disabledKey struct{ *lambda.Client }

func (c disabledKey) GetFunctionConfiguration(ctx context.Context, in *lambda.GetFunctionConfigurationInput, optFns ...func(*lambda.Options)) (*lambda.GetFunctionConfigurationOutput, error) {
	out, err := c.Client.GetFunctionConfiguration(ctx, in, optFns...)
	if out != nil {
		out.Environment = &types.EnvironmentResponse{Error: &types.EnvironmentError{ErrorCode: aws.String("KMSDisabledException"), Message: aws.String("the key is disabled")}}
	}
	return out, err
}

// TestCorrupt: a value that cannot be read can be replaced, with a condition too.
func TestCorrupt(t *testing.T) {
	t.Parallel()
	for text, hint := range map[string]string{
		"^0damaged":              "aws lambda get-function-configuration --function-name sams-lambda --query Environment.Variables.jar",
		"^~from a later version": "@latest",
	} {
		srv := newServer(t)
		deploy(t, srv, map[string]string{"jar": text})
		jar := awsjar.New[int](newStore(srv))
		entry, err := jar.Load(within(t))
		var e *awsjar.Error
		if !errors.Is(err, awsjar.ErrCorrupt) || !errors.As(err, &e) || !strings.Contains(e.Hint, hint) || entry.Revision == awsjar.None {
			t.Errorf("Load of %q: %v at %q; want ErrCorrupt, a hint and a revision", text, err, entry.Revision)
		}
		if strings.Contains(err.Error(), text) {
			t.Errorf("the error shows what is stored: %v", err)
		}
		if _, err := jar.Update(within(t), func(n *int) error { *n++; return nil }); !errors.Is(err, awsjar.ErrCorrupt) {
			t.Errorf("Update: %v; want ErrCorrupt", err)
		}
		if got := variables(t, srv)["jar"]; got != text {
			t.Errorf("the variable is %q; want %q as before", got, text)
		}
		if _, err := jar.PutIf(within(t), 1, entry.Revision); err != nil {
			t.Errorf("PutIf: %v", err)
		}
		mustKeep(t, srv, foreign(), "jar")
	}
}

// TestLog: the log tells of waits and repetitions, and never of values.
func TestLog(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	var log bytes.Buffer
	s := newStore(srv, func(o *lambdajar.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	srv.Inject(awsfake.Fault{Op: update, Code: "ResourceConflictException", Status: http.StatusConflict})
	release := srv.HoldUpdates(fn)
	releaseAt(srv, 4, release)
	for _, value := range []string{"a stored value", "another stored value"} {
		if _, err := s.Save(within(t), []byte(value), awsjar.Any); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"sending a write again", "waiting", "target=lambda://sams-lambda"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, &log)
		}
	}
	if strings.Contains(log.String(), "stored value") {
		t.Errorf("the log shows a value:\n%s", &log)
	}
}
