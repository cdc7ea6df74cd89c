package awsfake_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/awsfake"
)

// TestInvokeRequestResponse: the API reference's Invoke, and LocalStack's
// test_invocation_with_logs.
func TestInvokeRequestResponse(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.Run("fn", os.Args[0])
	c := lambdaClient(srv)
	out, err := c.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("fn"), Payload: []byte(`{"fail":true}`), LogType: types.LogTypeTail})
	if err != nil {
		t.Fatal(err)
	}
	if out.StatusCode != 200 || aws.ToString(out.FunctionError) != "Unhandled" || aws.ToString(out.ExecutedVersion) != "$LATEST" ||
		string(out.Payload) != `{"errorMessage":"refused","errorType":"errorString"}` {
		t.Errorf("%+v %s", out, out.Payload)
	}
	log, err := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
	if err != nil || !strings.Contains(string(log), "\ncall 1\n") || !strings.Contains(string(log), "\nEND RequestId: ") || !strings.HasPrefix(string(log), "START RequestId: ") {
		t.Errorf("%q %v", log, err)
	}
	if out, err = c.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("fn")}); err != nil || string(out.Payload) != `" 2"` || out.LogResult != nil {
		t.Errorf("without an event: %+v %v", out, err)
	}
}

func TestInvokeRefused(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.Handle("fn", keyed)
	srv.CreateFunction("bare", nil)
	c := onceLambda(srv)
	for _, tt := range []struct {
		row  string
		in   lambda.InvokeInput
		code string
		text string
	}{
		{"no function", lambda.InvokeInput{FunctionName: aws.String("none")}, "ResourceNotFoundException", "Function not found: " + functionARN + "none"},
		{"no version", lambda.InvokeInput{FunctionName: aws.String("fn"), Qualifier: aws.String("9")}, "ResourceNotFoundException", "Function not found: " + functionARN + "fn:9"},
		{"no program", lambda.InvokeInput{FunctionName: aws.String("bare")}, "NotImplementedException",
			"awsfake has no program for the function bare: give it one with Handle, Run, or awsjar dev --function bare=COMMAND"},
		{"not JSON", lambda.InvokeInput{FunctionName: aws.String("fn"), Payload: []byte("{")}, "InvalidRequestContentException",
			"Could not parse request body into json: Could not parse payload into json: it is not one JSON value in UTF-8"},
		{"too large", lambda.InvokeInput{FunctionName: aws.String("fn"), Payload: make([]byte, 6291457)}, "RequestEntityTooLargeException",
			"Request must be smaller than 6291456 bytes for the InvokeFunction operation"},
		{"too large for an event", lambda.InvokeInput{FunctionName: aws.String("fn"), InvocationType: "Event", Payload: make([]byte, 1<<20+1)}, "RequestEntityTooLargeException",
			"Request must be smaller than 1048576 bytes for the InvokeFunction operation"},
		{"unknown type", lambda.InvokeInput{FunctionName: aws.String("fn"), InvocationType: "Later"}, "ValidationException",
			"1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]"},
		{"a tenant", lambda.InvokeInput{FunctionName: aws.String("fn"), TenantId: aws.String("t")}, "NotImplementedException",
			"awsfake does not imitate the header X-Amz-Tenant-Id of Invoke"},
	} {
		if _, err := c.Invoke(t.Context(), &tt.in); code(err) != tt.code || message(err) != tt.text {
			t.Errorf("%s: %v", tt.row, err)
		}
	}
	srv.SetSettle(time.Hour)
	if _, err := c.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: aws.String("young"), Role: aws.String("arn:aws:iam::123456789012:role/r"), Code: &types.FunctionCode{ZipFile: []byte("x")},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("young")}); code(err) != "ResourceConflictException" {
		t.Errorf("a function that is Pending: %v", err)
	}
	out, err := c.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("fn"), InvocationType: "DryRun"})
	if err != nil || out.StatusCode != 204 || len(out.Payload) != 0 {
		t.Errorf("a dry run: %+v %v", out, err)
	}
}

// TestEventIsTriedThreeTimes: the developer guide's page on asynchronous
// invocation, and LocalStack's test_request_id_async_invoke_with_retry.
func TestEventIsTriedThreeTimes(t *testing.T) {
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.EventWait = time.Millisecond })
	ids := make(chan string, 10)
	srv.Handle("fn", func(func(string) string) awsfake.Handler {
		return func(_ context.Context, in awsfake.Invocation) ([]byte, error) {
			ids <- in.RequestID
			return nil, errors.New("again")
		}
	})
	out, err := lambdaClient(srv).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("fn"), InvocationType: "Event"})
	if err != nil || out.StatusCode != 202 || len(out.Payload) != 0 {
		t.Fatalf("%+v %v", out, err)
	}
	first := <-ids
	for range 2 {
		if id := <-ids; id != first {
			t.Errorf("another request id: %s, %s", first, id)
		}
	}
	srv.Close() // waits for the queued events
	if len(ids) != 0 {
		t.Error("a fourth attempt")
	}
}
