package lambdajar

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/jarvar"
)

// described is an error with a text of our own over causes that stay
// reachable. The texts of the SDK may repeat what was sent: AWS has answered
// variables that are too large with all their values.
type described struct {
	text   string
	causes []error
}

func (d *described) Error() string   { return d.text }
func (d *described) Unwrap() []error { return d.causes }

// rule says what an answer of AWS means.
type rule struct {
	codes []string
	text  string // a part of the message, where the code alone does not tell
	kind  error
	says  string // what is shown in the place of AWS's text, which may repeat values
	hint  string
}

// rules are tried in this order; an answer that none of them names is shown
// without AWS's text. {url}, {function}, {arn} and {action} are filled in.
var rules = []rule{
	{codes: []string{"ResourceNotFoundException"}, kind: awsjar.ErrNoStore,
		hint: "check the name and the region: aws lambda list-functions --query 'Functions[].FunctionName'"},
	{codes: []string{"AccessDeniedException"}, kind: awsjar.ErrAccessDenied,
		hint: "allow the caller lambda:{action} on {arn}"},
	{codes: []string{"ExpiredTokenException", "ExpiredToken", "RequestExpired"}, kind: awsjar.ErrAccessDenied,
		hint: "the credentials have expired: log in again, then try aws sts get-caller-identity"},
	{codes: []string{"UnrecognizedClientException", "InvalidSignatureException", "SignatureDoesNotMatch", "MissingAuthenticationTokenException",
		"MissingAuthenticationToken", "IncompleteSignatureException", "InvalidClientTokenId"}, kind: awsjar.ErrAccessDenied,
		hint: "the credentials are not accepted there: try aws sts get-caller-identity, and check the region and the endpoint"},
	{codes: []string{"TooManyRequestsException", "ThrottlingException"},
		hint: "all programs of an account share 15 such requests a second in a region: call less often, or keep the state in a Bucket"},
	{codes: []string{"ResourceConflictException"},
		hint: "another update of the function is in progress: try again when it is done"},
	{codes: []string{"PreconditionFailedException"},
		hint: "something keeps changing the function: try again later"},
	{codes: []string{"InvalidParameterValueException"}, text: "exceeded the 4KB limit", kind: awsjar.ErrTooLarge,
		says: "the variables of the function exceed 4096 bytes", hint: "see what takes the space with: awsjar usage '{url}'"},
	{codes: []string{"RequestEntityTooLargeException", "RequestTooLargeException"}, kind: awsjar.ErrTooLarge,
		says: "the variables of the function exceed 4096 bytes", hint: "see what takes the space with: awsjar usage '{url}'"},
	{codes: []string{"InvalidParameterValueException"}, text: "reserved keys", kind: awsjar.ErrInvalid,
		says: "AWS Lambda reserves one of the variables' names", hint: "give the jar another name with Options.Name"},
	{codes: []string{"InvalidParameterValueException"}, text: "KMS", kind: awsjar.ErrAccessDenied,
		says: "the function's KMS key cannot be used for its variables", hint: "allow the caller kms:Encrypt, kms:Decrypt and kms:CreateGrant on the function's KMS key"},
	{codes: []string{"InvalidParameterValueException", "ValidationException", "SerializationException", "InvalidRequestContentException"}, kind: awsjar.ErrInvalid,
		says: "AWS Lambda does not accept the request", hint: "compare the function's variables with what AWS Lambda allows: aws lambda get-function-configuration --function-name {function}"},
}

// explain turns an error of the SDK into ours: what it means, a text without
// values, and what to do.
func (s *Store) explain(ctx context.Context, action string, err error) error {
	var api smithy.APIError
	if ctx.Err() != nil {
		return s.fail(&awsjar.Error{Err: &described{action + ": " + ctx.Err().Error(), []error{ctx.Err(), err}}})
	}
	if !errors.As(err, &api) {
		return s.explainUnanswered(action, err)
	}
	text := action + ": " + api.ErrorCode()
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		text = fmt.Sprintf("%s: %d %s", action, response.HTTPStatusCode(), api.ErrorCode())
	}
	for _, r := range rules {
		if !slices.Contains(r.codes, api.ErrorCode()) || !strings.Contains(api.ErrorMessage(), r.text) {
			continue
		}
		causes := []error{err}
		switch {
		case r.says != "":
			text += ": " + r.says
		case api.ErrorMessage() != "":
			text += ": " + api.ErrorMessage()
		}
		if r.kind != nil {
			text = fmt.Sprintf("%v: %s", r.kind, text)
			causes = append(causes, r.kind)
		}
		return s.fail(&awsjar.Error{Hint: s.filled(r.hint, action), Err: &described{text, causes}})
	}
	return s.fail(&awsjar.Error{Err: &described{text, []error{err}}})
}

// explainUnanswered explains an error that is not an answer of AWS.
func (s *Store) explainUnanswered(action string, err error) error {
	text := action + ": " + innermost(err).Error()
	causes := []error{err}
	hint := ""
	var garbled *smithy.DeserializationError
	switch {
	case errors.As(err, &garbled):
		text = action + ": the answer cannot be read"
	case unsent(err):
		hint = "nothing answers there: check the region (AWS_REGION), the endpoint (AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL) and the network"
	case strings.Contains(text, "get credentials"):
		text = fmt.Sprintf("%v: %s", awsjar.ErrAccessDenied, text)
		causes = append(causes, awsjar.ErrAccessDenied)
		hint = "there are no usable credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, then try aws sts get-caller-identity"
	case strings.Contains(text, "Missing Region"):
		text = fmt.Sprintf("%v: %s: no region is set", awsjar.ErrInvalid, action)
		causes = append(causes, awsjar.ErrInvalid)
		hint = "say in which region the function is: set AWS_REGION"
	}
	return s.fail(&awsjar.Error{Hint: hint, Err: &described{text, causes}})
}

// innermost leaves out what the SDK says around an error.
func innermost(err error) error {
	var send *smithyhttp.RequestSendError
	if errors.As(err, &send) {
		return send.Err
	}
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		return operation.Err
	}
	return err
}

func (s *Store) filled(hint, action string) string {
	return strings.NewReplacer("{url}", s.String(), "{function}", s.function, "{arn}", functionARN(s.function), "{action}", action).Replace(hint)
}

// fail names the place in an error.
func (s *Store) fail(err error) error {
	if err == nil {
		return nil
	}
	return jarvar.Fail(s.String(), err)
}

// interrupted is the error of a wait for another attempt after err.
func interrupted(waitErr, err error) error {
	return &described{fmt.Sprintf("%v; before: %v", cause(waitErr), cause(err)), []error{waitErr, err}}
}

// cause returns what an *awsjar.Error is about.
func cause(err error) error {
	var known *awsjar.Error
	if errors.As(err, &known) {
		return known.Err
	}
	return err
}

// isStale reports whether AWS refused an update because the RevisionId was not
// the current one.
func isStale(err error) bool { return hasCode(err, "PreconditionFailedException") }

// isBusy reports whether AWS refused an update because of another one.
func isBusy(err error) bool { return hasCode(err, "ResourceConflictException") }

func hasCode(err error, code string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == code
}
