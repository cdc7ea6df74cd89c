package awsfake_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/awsfake"
)

// lambdaClient returns the SDK's own client of srv.
func lambdaClient(srv *awsfake.Server, optFns ...func(*lambda.Options)) *lambda.Client {
	return lambda.NewFromConfig(srv.Config(), optFns...)
}

// code returns the code of an API error, "" for nil.
func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return "not an API error: " + err.Error()
	}
	return ""
}

// message returns the text of an API error.
func message(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorMessage()
	}
	return ""
}

// create makes a function by request.
func create(ctx context.Context, c *lambda.Client, name string, env map[string]string) error {
	_, err := c.CreateFunction(ctx, &lambda.CreateFunctionInput{
		FunctionName: &name, Role: aws.String("arn:aws:iam::123456789012:role/r"), Handler: aws.String("bootstrap"), Runtime: types.RuntimeProvidedal2023,
		Code: &types.FunctionCode{ZipFile: []byte("zip")}, Environment: &types.Environment{Variables: env},
	})
	return err
}

// get reads the configuration of $LATEST.
func get(t *testing.T, c *lambda.Client, name string) *lambda.GetFunctionConfigurationOutput {
	t.Helper()
	out, err := c.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// update replaces the variables, conditionally unless revision is "".
func update(ctx context.Context, c *lambda.Client, name, revision string, env map[string]string) (*lambda.UpdateFunctionConfigurationOutput, error) {
	in := &lambda.UpdateFunctionConfigurationInput{FunctionName: &name, Environment: &types.Environment{Variables: env}}
	if revision != "" {
		in.RevisionId = aws.String(revision)
	}
	return c.UpdateFunctionConfiguration(ctx, in)
}

func TestReadAndWriteOverEveryTransport(t *testing.T) {
	aws := func(o *lambda.Options) { o.BaseEndpoint = nil } // https://lambda.us-east-1.amazonaws.com
	tests := []struct {
		tls     bool
		options []func(*lambda.Options)
	}{{tls: false}, {tls: true}, {tls: true, options: []func(*lambda.Options){aws}}}
	for _, tt := range tests {
		srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.TLS = tt.tls })
		srv.CreateFunction("fn", map[string]string{"A_B": "1"})
		c := lambdaClient(srv, tt.options...)
		before := get(t, c, "fn")
		if diff := cmp.Diff(map[string]string{"A_B": "1"}, before.Environment.Variables); diff != "" {
			t.Error(diff)
		}
		if _, err := update(t.Context(), c, "fn", *before.RevisionId, map[string]string{"C_D": "2"}); err != nil {
			t.Fatal(err)
		}
		env, ok := srv.Environment("fn")
		if diff := cmp.Diff(map[string]string{"C_D": "2"}, env); diff != "" || !ok {
			t.Error(ok, diff)
		}
		_, err := update(t.Context(), c, "fn", *before.RevisionId, nil)
		if code(err) != "PreconditionFailedException" {
			t.Error(err)
		}
	}
}

func TestFaultBeforeAndAfterTheEffect(t *testing.T) {
	for _, after := range []bool{false, true} {
		for _, drop := range []bool{false, true} {
			srv := awsfake.NewServer(t)
			srv.CreateFunction("fn", map[string]string{"A_B": "1"})
			c := lambdaClient(srv, func(o *lambda.Options) { o.RetryMaxAttempts = 1 })
			f := awsfake.Fault{Op: "UpdateFunctionConfiguration", Target: "fn", After: after, Drop: drop}
			if !drop {
				f.Status = 500
			}
			injected := srv.Inject(f)
			_, err := update(t.Context(), c, "fn", "", map[string]string{"A_B": "2"})
			if err == nil {
				t.Error("no error")
			}
			if !drop && code(err) != "ServiceException" {
				t.Error(err)
			}
			want := "1"
			if after {
				want = "2"
			}
			if env, _ := srv.Environment("fn"); env["A_B"] != want {
				t.Errorf("after=%v drop=%v: %v", after, drop, env)
			}
			if injected.Fired() != 1 {
				t.Error("fired", injected.Fired())
			}
		}
	}
}
