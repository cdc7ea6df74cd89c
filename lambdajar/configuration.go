package lambdajar

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/bounded"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/pack"
)

// Limit is how many bytes all environment variables of a function may have
// together (Lambda Developer Guide, "Lambda quotas"; it cannot be raised).
const Limit = 4096

// configuration is what one read of the function's configuration told. It is
// not changed afterwards.
type configuration struct {
	revisionID string            // AWS's guard for the next update; changes by itself when an update settles
	variables  map[string]string // all of them; never nil
	jar        jarvar.State      // what the variables of this jar say
	status     types.LastUpdateStatus
	state      types.State

	remembered bool            // read by an earlier call
	revision   awsjar.Revision // of the jar, if remembered
}

// read fetches the configuration. It refuses one whose variables AWS does not
// show, for to write without knowing them all would remove the others.
func (s *Store) read(ctx context.Context) (*configuration, error) {
	out, err := s.client.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &s.function}, atMost)
	if err != nil {
		return nil, s.explain(ctx, "GetFunctionConfiguration", err)
	}
	c := &configuration{
		revisionID: aws.ToString(out.RevisionId),
		variables:  map[string]string{},
		status:     out.LastUpdateStatus,
		state:      out.State,
	}
	if out.Environment != nil {
		if out.Environment.Error != nil {
			return nil, s.explainHidden(out.Environment.Error)
		}
		if out.Environment.Variables != nil {
			c.variables = out.Environment.Variables
		}
	}
	c.jar = jarvar.Read(s.opts.Name, func(name string) (string, bool) {
		value, ok := c.variables[name]
		return value, ok
	})
	return c, nil
}

// maxAnswer is how much of an answer is read, in bytes. A configuration takes
// some 10 KB: names and descriptions besides 4 KB of variables.
const maxAnswer = 1 << 20

// atMost bounds how much of the answer to a request the SDK reads.
func atMost(o *lambda.Options) { o.HTTPClient = bounded.Client(o.HTTPClient, maxAnswer) }

// with returns a copy of the variables in which those of the jar say next.
func (c *configuration) with(name string, next jarvar.State) map[string]string {
	variables := maps.Clone(c.variables)
	variables[name] = next.Text
	variables[jarvar.IDName(name)] = next.Line.String()
	return variables
}

// without returns a copy of the variables without those of the jar.
func (c *configuration) without(name string) map[string]string {
	variables := maps.Clone(c.variables)
	delete(variables, name)
	delete(variables, jarvar.IDName(name))
	return variables
}

// measure returns the bytes that AWS counts for the variables: their compact
// JSON, with its quotes, colons, commas and brackets (Lambda Developer Guide,
// "Troubleshoot deployment issues").
func measure(variables map[string]string) int {
	size := len("{}") + max(0, len(variables)-1)*len(",")
	for name, value := range variables {
		size += pack.Measure(name) + pack.Measure(value) + len(`"":""`)
	}
	return size
}

// fit packs data into the bytes that are left beside the other variables, the
// names and the lineage, at the length that it will have.
func (s *Store) fit(ctx context.Context, c *configuration, next jarvar.State, data []byte) (string, error) {
	taken := measure(c.with(s.opts.Name, next.Full()))
	limits := pack.Limits{Size: max(1, Limit-taken)}
	if s.opts.Overflow != nil {
		limits.Cost = pack.GetCost
	}
	text, err := pack.Encode(ctx, data, pack.Form(s.opts.Form), limits)
	size := pack.Measure(text)
	var tooLarge *pack.TooLargeError
	switch {
	case errors.As(err, &tooLarge):
		size = tooLarge.Size
	case errors.Is(err, pack.ErrNotPlain):
		return "", &awsjar.Error{Hint: "use FormAuto for values that are not text", Err: fmt.Errorf("%w: %w", awsjar.ErrInvalid, err)}
	case err != nil:
		return "", err
	}
	if tooLarge == nil && taken+size <= Limit {
		return text, nil
	}
	failure := s.tooLarge(c, taken+size)
	if tooLarge != nil && tooLarge.Dense > 0 {
		failure.Hint = fmt.Sprintf("it fits in FormDense (in a URL ?form=dense), but then each read takes %v of a whole processor, and %v in a function with 128 MB; a Bucket has room for any size",
			tooLarge.Dense.Round(time.Millisecond), (tooLarge.Dense * 14).Round(10*time.Millisecond))
	}
	return "", failure
}

// tooLarge is the error where the variables would take size bytes.
func (s *Store) tooLarge(c *configuration, size int) *awsjar.Error {
	others := measure(c.without(s.opts.Name))
	return &awsjar.Error{
		Hint: "see what takes the space with: awsjar usage '" + s.String() + "'; a Bucket has room for any size",
		Err:  &TooLargeError{State: size - others, Others: others, Limit: Limit},
	}
}

// TooLargeError is the error of a Save of a value that does not fit beside the
// function's other variables. Nothing was sent. It is an
// [awsjar.ErrTooLarge].
type TooLargeError struct {
	State  int // bytes that the jar's own two variables would take, packed as well as can be, with their names
	Others int // bytes that the function's other variables take
	Limit  int // bytes allowed for all together: 4096
}

// Error says the three numbers.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%v: the state takes %d bytes and the other variables %d, of %d for all",
		awsjar.ErrTooLarge, e.State, e.Others, e.Limit)
}

// Unwrap returns [awsjar.ErrTooLarge].
func (e *TooLargeError) Unwrap() error { return awsjar.ErrTooLarge }

// explainCorrupt adds how to see a value that cannot be unpacked.
func (s *Store) explainCorrupt(err error) error {
	if known, ok := err.(*awsjar.Error); ok && known.Hint != "" {
		return err
	}
	return &awsjar.Error{
		Hint: "read it as it is: aws lambda get-function-configuration --function-name " + s.function +
			" --query Environment.Variables." + s.opts.Name + "; or replace it with a Put",
		Err: err,
	}
}

// explainHidden is the error for variables that AWS answers without their
// values.
func (s *Store) explainHidden(hidden *types.EnvironmentError) error {
	cause := fmt.Errorf("AWS Lambda cannot decrypt the variables: %s: %s", aws.ToString(hidden.ErrorCode), aws.ToString(hidden.Message))
	hint := "look at the function's KMS key: aws kms describe-key --key-id KEY; nothing is written while the variables are hidden"
	if strings.HasPrefix(aws.ToString(hidden.ErrorCode), "AccessDenied") {
		cause = fmt.Errorf("%w: %w", awsjar.ErrAccessDenied, cause)
		hint = "allow the caller kms:Decrypt on the function's KMS key; nothing is written while the variables are hidden"
	}
	return s.fail(&awsjar.Error{Hint: hint, Err: cause})
}
