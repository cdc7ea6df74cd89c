package lambdajar

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/bounded"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/jarvar"
)

// function is the function with the jar, as the two calls of the API show it.
type function struct {
	client    Client
	name      string // a name or an ARN; with a qualifier only of a published version, which can be read
	jar       string // the variable that holds the value
	unguarded bool   // answers may come without a RevisionId
	logger    *slog.Logger

	firstPause time.Duration // ceiling of the first wait; a field so that tests need not wait as for AWS
	maxPause   time.Duration // the highest ceiling
}

// newFunction returns the function of that name, or an ErrInvalid with it.
func newFunction(client Client, name string, opts Options) (*function, error) {
	parsed, err := parseFunction(name)
	return &function{
		client: client, name: cmp.Or(parsed, name), jar: cmp.Or(opts.Name, jarvar.DefaultName),
		unguarded: opts.Unguarded, logger: opts.Logger, firstPause: firstPause, maxPause: maxPause,
	}, err
}

// String returns the URL of the jar.
func (f *function) String() string {
	if f.jar == jarvar.DefaultName {
		return "lambda://" + f.name
	}
	return "lambda://" + f.name + "?name=" + f.jar
}

// read fetches the configuration.
func (f *function) read(ctx context.Context, optFns ...func(*lambda.Options)) (*configuration, error) {
	const action = "GetFunctionConfiguration"
	out, err := f.client.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &f.name}, append(optFns, atMost)...)
	if err != nil {
		return nil, f.explain(ctx, action, err)
	}
	return f.parse(action, out)
}

// send sends an update, once, and keeps the configuration in its answer. The
// RevisionId of the base guards it.
func (f *function) send(ctx context.Context, u *update, variables map[string]string) commit.Answer {
	const action = "UpdateFunctionConfiguration"
	var seen exchange.Seen
	out, err := f.client.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: &f.name,
		RevisionId:   optional(u.base.revisionID),
		Environment:  &types.Environment{Variables: variables},
	}, once, func(o *lambda.Options) { o.HTTPClient = seen.Client(o.HTTPClient, maxAnswer) })
	if err != nil {
		return commit.Answer{Outcome: seen.Outcome(outcomes, err), RetryAfter: awserr.RetryAfter(err), Err: f.explain(ctx, action, err)}
	}
	answer, err := f.parse(action, &lambda.GetFunctionConfigurationOutput{
		RevisionId: out.RevisionId, FunctionName: out.FunctionName, FunctionArn: out.FunctionArn,
		Environment: out.Environment, State: out.State, LastUpdateStatus: out.LastUpdateStatus,
	})
	switch {
	case err != nil: // something else may have answered, or the caller may not see the variables
		return commit.Answer{Outcome: commit.Lost, Err: err}
	case !u.shownIn(answer):
		return commit.Answer{Outcome: commit.Lost, Err: fmt.Errorf("%s: the answer does not show the write", action)}
	}
	u.answer = answer
	return commit.Answer{Outcome: commit.Accepted}
}

// parse reads an answer. It refuses one that cannot be AWS Lambda's, and one
// whose variables AWS does not show, because an update replaces the whole map,
// and would remove variables that we cannot see.
func (f *function) parse(action string, out *lambda.GetFunctionConfigurationOutput) (*configuration, error) {
	if aws.ToString(out.RevisionId) == "" && (!f.unguarded || out.FunctionName == nil && out.FunctionArn == nil) {
		return nil, noConfiguration(action)
	}
	if out.Environment != nil && out.Environment.Error != nil {
		return nil, explainHidden(out.Environment.Error)
	}
	return newConfiguration(out, f.jar), nil
}

// optional returns nil for an empty string: AWS refuses an empty RevisionId.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// maxAnswer is how much of an answer is read, in bytes. A configuration takes
// some 10 KB: names and descriptions beside 4 KB of variables.
const maxAnswer = 1 << 20

// atMost bounds how much of the answer to a request the SDK reads.
func atMost(o *lambda.Options) { o.HTTPClient = bounded.Client(o.HTTPClient, maxAnswer) }

// once keeps the SDK from repeating a request.
func once(o *lambda.Options) { o.Retryer = aws.NopRetryer{} }

func (f *function) log(ctx context.Context, text string, args ...any) {
	if f.logger != nil {
		f.logger.DebugContext(ctx, "awsjar: "+text, append(args, "target", f.String())...)
	}
}
