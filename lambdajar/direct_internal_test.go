package lambdajar

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/internal/direct/directtest"
)

// mustSendTheSame lets the SDK and the shortcut make the same calls, and
// compares what they send.
func mustSendTheSame(t *testing.T, sent *directtest.Captured, s *Store, in *lambda.UpdateFunctionConfigurationInput) {
	t.Helper()
	through := &Store{client: s.client, function: s.function, opts: s.opts}
	in.FunctionName = &s.function
	for _, call := range []func(*Store){
		func(s *Store) { s.getConfiguration(context.Background()) },
		func(s *Store) { s.updateConfiguration(context.Background(), in, &attempts{}) },
	} {
		if !Learn(s) { // a request that is not answered ends it
			t.Fatal("the shortcut cannot build what the SDK sends")
		}
		sent.Requests = nil
		call(through)
		call(s)
		official, ours := directtest.MustEqual(t, sent)
		var a, b any
		if len(official) == 0 && len(ours) == 0 {
			continue
		}
		if json.Unmarshal(official, &a) != nil || json.Unmarshal(ours, &b) != nil || !cmp.Equal(a, b) {
			t.Errorf("the SDK's body is %q, ours %q", official, ours)
		}
	}
}

func options(sent *directtest.Captured, optFns ...func(*lambda.Options)) lambda.Options {
	o := lambda.Options{Region: "eu-west-1", HTTPClient: sent, Retryer: aws.NopRetryer{}, Credentials: directtest.Credentials{}}
	for _, fn := range optFns {
		fn(&o)
	}
	return o
}

// TestShortcut: what the shortcut sends differs from what the SDK sends in the
// id of the call, the time and the order of the variables only.
func TestShortcut(t *testing.T) {
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "sams-lambda")
	t.Setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")
	for name, client := range map[string]func(*lambda.Options){
		"default":    func(*lambda.Options) {},
		"endpoint":   func(o *lambda.Options) { o.BaseEndpoint = aws.String("http://127.0.0.1:9000/a%20b") },
		"FIPS":       func(o *lambda.Options) { o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled },
		"dual stack": func(o *lambda.Options) { o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled },
		"China":      func(o *lambda.Options) { o.Region = "cn-north-1" },
	} {
		t.Run(name, func(t *testing.T) {
			for _, function := range []string{
				"sams-lambda", "sams_lambda-2", "123456789012:function:sams-lambda", "arn:aws:lambda:us-east-1:123456789012:function:sams-lambda",
			} {
				sent := &directtest.Captured{}
				store := New(lambda.New(options(sent, client)), function)
				mustSendTheSame(t, sent, store, &lambda.UpdateFunctionConfigurationInput{
					RevisionId:  aws.String("1f2e3d4c"),
					Environment: &types.Environment{Variables: map[string]string{"jar": `{"a":"é"}`, "jar_id": "x", "OTHER": ""}},
				})
				mustSendTheSame(t, sent, store, &lambda.UpdateFunctionConfigurationInput{
					Environment: &types.Environment{Variables: map[string]string{}},
				})
			}
		})
	}
}

// FuzzShortcut is TestShortcut with variables that nobody thought of.
func FuzzShortcut(f *testing.F) {
	f.Add("jar", `{"a":1}`, "revision")
	f.Add("a", "<&\"\\'\u2028\x00\x7f>", "")
	f.Add("a", "not UTF-8: \xff", "\xff")
	f.Fuzz(func(t *testing.T, name, value, revision string) {
		sent := &directtest.Captured{}
		store := New(lambda.New(options(sent)), "sams-lambda")
		mustSendTheSame(t, sent, store, &lambda.UpdateFunctionConfigurationInput{
			RevisionId: optional(revision), Environment: &types.Environment{Variables: map[string]string{name: value, "other": ""}},
		})
	})
}
