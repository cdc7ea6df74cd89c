package awsfake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/awsfake"
)

// TestMain is also the program of a function: it answers with the variable KEY and
// how often it was called.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	calls := 0
	awslambda.Start(func(_ context.Context, in map[string]any) (string, error) {
		calls++
		fmt.Println("call", calls)
		if in["fail"] == true {
			return "", errors.New("refused")
		}
		return fmt.Sprint(os.Getenv("KEY"), " ", calls), nil
	})
}

// invoke runs a function with an event and returns its payload, or its error as
// "error: PAYLOAD".
func invoke(t *testing.T, c *lambda.Client, name, qualifier, payload string) string {
	t.Helper()
	in := &lambda.InvokeInput{FunctionName: aws.String(name), Payload: []byte(payload)}
	if qualifier != "" {
		in.Qualifier = aws.String(qualifier)
	}
	out, err := c.Invoke(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if out.FunctionError != nil {
		return "error: " + string(out.Payload)
	}
	var text string
	if err := json.Unmarshal(out.Payload, &text); err != nil {
		return string(out.Payload)
	}
	return text
}

// keyed is a function in this process like that of TestMain.
func keyed(getenv func(string) string) awsfake.Handler {
	calls := 0
	return awsfake.JSON(func(context.Context, map[string]any) (string, error) {
		calls++
		return fmt.Sprint(getenv("KEY"), " ", calls), nil
	})
}

// TestUpdateMakesTheNextInvocationColdAndVersionsKeepTheirs has the developer
// guide's "Lambda execution environment lifecycle" and LocalStack's recording
// test_lambda_alias_moving, for a process and for a handler.
func TestUpdateMakesTheNextInvocationColdAndVersionsKeepTheirs(t *testing.T) {
	for _, kind := range []string{"process", "handler"} {
		t.Run(kind, func(t *testing.T) {
			srv := awsfake.NewServer(t)
			srv.CreateFunction("fn", map[string]string{"KEY": "a"})
			if kind == "process" {
				srv.Run("fn", os.Args[0])
			} else {
				srv.Handle("fn", keyed)
			}
			c := lambdaClient(srv)
			want := func(what, qualifier, want string) {
				t.Helper()
				if got := invoke(t, c, "fn", qualifier, "{}"); got != want {
					t.Errorf("%s: %s, want %s", what, got, want)
				}
			}
			want("cold", "", "a 1")
			want("warm", "", "a 2")
			number, _ := srv.PublishVersion("fn")
			if _, err := c.CreateAlias(t.Context(), &lambda.CreateAliasInput{FunctionName: aws.String("fn"), Name: aws.String("live"), FunctionVersion: &number}); err != nil {
				t.Fatal(err)
			}
			want("publishing disturbs nothing", "", "a 3")
			want("a version has an environment of its own", number, "a 1")
			want("an alias names it", "live", "a 2")
			if _, err := update(t.Context(), c, "fn", "", map[string]string{"KEY": "b"}); err != nil {
				t.Fatal(err)
			}
			want("after an update", "", "b 1")
			want("the version keeps its variables, and stays warm", "live", "a 3")
			if _, err := update(t.Context(), c, "fn", "", map[string]string{"KEY": "b"}); err != nil {
				t.Fatal(err)
			}
			want("after an update that changes nothing", "", "b 1")
			second, _ := srv.PublishVersion("fn")
			if _, err := c.UpdateAlias(t.Context(), &lambda.UpdateAliasInput{FunctionName: aws.String("fn"), Name: aws.String("live"), FunctionVersion: &second}); err != nil {
				t.Fatal(err)
			}
			want("the alias names another version", "live", "b 1")
			srv.ReplaceEnvironment("fn", map[string]string{"KEY": "c"})
			want("after a deploy tool", "", "c 1")
		})
	}
}

// TestUpdateInProgressIsNotInForce: the developer guide's "Lambda function states".
func TestUpdateInProgressIsNotInForce(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", map[string]string{"KEY": "a"})
	srv.Handle("fn", keyed)
	c := lambdaClient(srv)
	release := srv.HoldUpdates("fn")
	if _, err := update(t.Context(), c, "fn", "", map[string]string{"KEY": "b"}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"a 1", "a 2"} {
		if got := invoke(t, c, "fn", "", "{}"); got != want {
			t.Errorf("invocation %d: %s", i, got)
		}
	}
	release()
	if got := invoke(t, c, "fn", "", "{}"); got != "b 1" {
		t.Errorf("after it: %s", got)
	}
	srv.FailUpdate("fn", "KMSKeyAccessDenied", "no")
	if _, err := update(t.Context(), c, "fn", "", map[string]string{"KEY": "c"}); err != nil {
		t.Fatal(err)
	}
	if got := invoke(t, c, "fn", "", "{}"); got != "b 2" {
		t.Errorf("after an update that failed: %s", got)
	}
}

// TestHandleReplacesAHandlerThatIsServing: its environment, free again, serves no more.
func TestHandleReplacesAHandlerThatIsServing(t *testing.T) {
	srv := awsfake.NewServer(t)
	begun, release, served := make(chan bool), make(chan bool), make(chan string)
	srv.Handle("fn", func(func(string) string) awsfake.Handler {
		return func(context.Context, awsfake.Invocation) ([]byte, error) {
			begun <- true
			<-release
			return []byte("1"), nil
		}
	})
	c := lambdaClient(srv)
	go func() { served <- invoke(t, c, "fn", "", "{}") }()
	<-begun
	srv.Handle("fn", keyed)
	first := invoke(t, c, "fn", "", "{}")
	release <- true
	if old, second := <-served, invoke(t, c, "fn", "", "{}"); old != "1" || first != " 1" || second != " 2" {
		t.Errorf("the handler before answered %q, the one after it %q and %q", old, first, second)
	}
}

// TestReservedConcurrency is LocalStack's test_lambda_concurrency_block and
// test_reserved_concurrency.
func TestReservedConcurrency(t *testing.T) {
	srv := awsfake.NewServer(t)
	begun, release := make(chan bool, 10), make(chan bool)
	var calls atomic.Int32
	srv.Handle("fn", func(func(string) string) awsfake.Handler {
		return func(context.Context, awsfake.Invocation) ([]byte, error) {
			calls.Add(1)
			begun <- true
			<-release
			return []byte("1"), nil
		}
	})
	c := onceLambda(srv)
	reserve := func(n int32) {
		t.Helper()
		if _, err := c.PutFunctionConcurrency(t.Context(), &lambda.PutFunctionConcurrencyInput{FunctionName: aws.String("fn"), ReservedConcurrentExecutions: &n}); err != nil {
			t.Fatal(err)
		}
	}
	throttled := func(row string) {
		t.Helper()
		_, err := c.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("fn")})
		var e *types.TooManyRequestsException
		if !errors.As(err, &e) || e.ErrorMessage() != "Rate Exceeded." || e.Reason != "ReservedFunctionConcurrentInvocationLimitExceeded" {
			t.Errorf("%s: %v", row, err)
		}
	}
	reserve(1)
	done := make(chan string)
	go func() { done <- invoke(t, c, "fn", "", "{}") }()
	<-begun
	throttled("a second one at once")
	release <- true
	if got := <-done; got != "1" {
		t.Error(got)
	}
	reserve(0)
	throttled("no concurrency")
	if _, err := c.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("fn"), InvocationType: "Event"}); err != nil {
		t.Error(err)
	}
	srv.Close()
	if calls.Load() != 1 {
		t.Errorf("%d calls", calls.Load())
	}
}

func TestScheduleInvokes(t *testing.T) {
	srv, err := awsfake.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	events := make(chan string, 100)
	srv.Handle("fn", func(func(string) string) awsfake.Handler {
		return func(_ context.Context, in awsfake.Invocation) ([]byte, error) {
			events <- string(in.Payload)
			return []byte("null"), nil
		}
	})
	stop, err := srv.Schedule("fn", time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if e := <-events; !strings.Contains(e, `"detail-type":"Scheduled Event"`) || !strings.Contains(e, `"source":"aws.events"`) {
			t.Errorf("the event is %s", e)
		}
	}
	stop()
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if _, err := srv.Schedule("fn", 0); err == nil {
		t.Error("no error without an interval")
	}
}

// TestCloseEndsARunningFunction: the caller's connection breaks, and nothing is left.
func TestCloseEndsARunningFunction(t *testing.T) {
	srv, err := awsfake.Start()
	if err != nil {
		t.Fatal(err)
	}
	begun := make(chan bool)
	srv.Handle("fn", func(func(string) string) awsfake.Handler {
		return func(ctx context.Context, _ awsfake.Invocation) ([]byte, error) {
			close(begun)
			<-ctx.Done()
			return nil, ctx.Err()
		}
	})
	failed := make(chan error)
	go func() {
		_, err := onceLambda(srv).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("fn")})
		failed <- err
	}()
	<-begun
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the caller has an answer")
	}
}

func TestRunNeedsAServerThatListens(t *testing.T) {
	srv, err := awsfake.New()
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	if err := srv.Run("fn", "true"); err == nil {
		t.Error("no error")
	}
	listening, err := awsfake.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer listening.Close()
	if err := listening.Run("fn"); err == nil {
		t.Error("no error without a command")
	}
}
