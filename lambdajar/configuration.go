package lambdajar

import (
	"context"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/bounded"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/jarvar"
)

// configuration is the part of a function's configuration that a jar needs. It
// is not changed after it was read.
type configuration struct {
	revisionID string            // AWS's guard for the next update; changes by itself when an update settles
	variables  map[string]string // all of them; never nil
	jar        jarvar.State      // of this jar
	status     types.LastUpdateStatus
	reason     types.LastUpdateStatusReasonCode
	state      types.State
}

// read fetches the configuration.
func (s *Store) read(ctx context.Context, optFns ...func(*lambda.Options)) (*configuration, error) {
	out, err := s.client.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &s.function}, append(optFns, atMost)...)
	if err != nil {
		return nil, s.explain(ctx, "GetFunctionConfiguration", err)
	}
	return s.parse("GetFunctionConfiguration", out)
}

// parse reads an answer. It refuses one that cannot be AWS Lambda's, and one
// whose variables AWS does not show, because an update replaces the whole map,
// and would remove variables that we cannot see.
func (s *Store) parse(action string, out *lambda.GetFunctionConfigurationOutput) (*configuration, error) {
	c := &configuration{
		revisionID: aws.ToString(out.RevisionId), variables: map[string]string{},
		status: out.LastUpdateStatus, reason: out.LastUpdateStatusReasonCode, state: out.State,
	}
	if c.revisionID == "" && (!s.opts.Unguarded || out.FunctionName == nil && out.FunctionArn == nil) {
		return nil, noConfiguration(action)
	}
	if out.Environment != nil {
		if out.Environment.Error != nil {
			return nil, explainHidden(out.Environment.Error)
		}
		if out.Environment.Variables != nil {
			c.variables = out.Environment.Variables
		}
	}
	c.jar = jarvar.Read(s.opts.Name, c.lookup)
	return c, nil
}

// noConfiguration is the error for an answer that says success and nothing of a
// function, or that nothing could guard an update of.
func noConfiguration(action string) error {
	return failure.Hinted(
		"AWS Lambda always answers with one: check what answers at the endpoint; for a server such as moto set Options.Unguarded",
		fmt.Errorf("%w: %s: the answer is no configuration with a RevisionId", awsjar.ErrUnsupported, action))
}

// maxAnswer is how much of an answer is read, in bytes. A configuration takes
// some 10 KB: names and descriptions beside 4 KB of variables.
const maxAnswer = 1 << 20

// atMost bounds how much of the answer to a request the SDK reads.
func atMost(o *lambda.Options) { o.HTTPClient = bounded.Client(o.HTTPClient, maxAnswer) }

// once keeps the SDK from repeating a request.
func once(o *lambda.Options) { o.Retryer = aws.NopRetryer{} }

func (c *configuration) lookup(name string) (string, bool) {
	value, ok := c.variables[name]
	return value, ok
}

// with returns a copy of the variables in which those of the jar have the
// values of next.
func (c *configuration) with(name string, next jarvar.State) map[string]string {
	variables := maps.Clone(c.variables)
	variables[name] = next.Text
	variables[jarvar.LineName(name)] = next.LineText()
	return variables
}

// without returns a copy of the variables without those of the jar.
func (c *configuration) without(name string) map[string]string {
	variables := maps.Clone(c.variables)
	delete(variables, name)
	delete(variables, jarvar.LineName(name))
	return variables
}

// same reports whether two configurations have the same jar.
func (c *configuration) same(other *configuration) bool {
	return c.jar.Text == other.jar.Text && c.jar.Line.Newest().ID == other.jar.Line.Newest().ID
}

// failed reports whether the last update of the function failed. Then the
// configuration before it is in force (Lambda Developer Guide, "Lambda function
// states").
func (c *configuration) failed() bool { return c.status == types.LastUpdateStatusFailed }
