package lambdajar

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/failure"
)

// outcomes has the meaning of each answer to an update. The first row that
// fits counts; an error that fits none leaves it open.
var outcomes = []exchange.Row{
	// Another update is in progress, or the RevisionId is stale. That is about the
	// whole function: only a read can say whether the jar has changed.
	{Codes: []string{"ResourceConflictException", "PreconditionFailedException"}, Outcome: commit.Busy},
	{Is: awserr.IsThrottle, Outcome: commit.Throttled},
	{From: http.StatusRequestTimeout, To: http.StatusRequestTimeout, Outcome: commit.Lost},
	{From: 400, To: 499, Outcome: commit.Refused},
}

// rules are tried in this order; an answer that none of them names is shown
// without AWS's text, which may repeat values. {url}, {function}, {arn} and
// {action} are filled in.
var rules = []awserr.Rule{
	{Codes: []string{"ResourceNotFoundException"}, Kind: awsjar.ErrNoStore,
		Hint: "check the name and the region: aws lambda list-functions --query 'Functions[].FunctionName'"},
	{Codes: []string{"AccessDeniedException"}, Kind: awsjar.ErrAccessDenied,
		Hint: "allow the caller lambda:{action} on {arn}"},
	{Codes: []string{"ExpiredTokenException", "ExpiredToken", "RequestExpired"}, Kind: awsjar.ErrAccessDenied,
		Hint: "the credentials have expired: renew them, for instance with: aws sso login"},
	{Codes: []string{"UnrecognizedClientException", "InvalidSignatureException", "SignatureDoesNotMatch", "MissingAuthenticationTokenException",
		"MissingAuthenticationToken", "IncompleteSignatureException", "InvalidClientTokenId"}, Kind: awsjar.ErrAccessDenied,
		Hint: "the credentials are not accepted there: see where they come from with aws configure list, and check the region and the endpoint"},
	{Codes: []string{"TooManyRequestsException", "ThrottlingException"}, Statuses: []int{http.StatusTooManyRequests},
		Hint: "all programs of an account share 15 such requests a second in a region: call less often, or keep the state in a Bucket"},
	{Codes: []string{"ResourceConflictException"},
		Hint: "another update of the function is in progress: try again when it is done"},
	{Codes: []string{"PreconditionFailedException"},
		Hint: "something keeps changing the function: try again later"},
	{Codes: []string{"InvalidParameterValueException"}, Text: "exceeded the 4KB limit", Kind: awsjar.ErrTooLarge,
		Says: "the variables of the function exceed 4096 bytes", Hint: "see what takes the space with: awsjar usage '{url}'"},
	{Codes: []string{"RequestEntityTooLargeException", "RequestTooLargeException"}, Kind: awsjar.ErrTooLarge,
		Says: "the variables of the function exceed 4096 bytes", Hint: "see what takes the space with: awsjar usage '{url}'"},
	{Codes: []string{"InvalidParameterValueException"}, Text: "reserved keys", Kind: awsjar.ErrInvalid,
		Says: "AWS Lambda reserves one of the variables' names", Hint: "give the jar another name with Options.Name"},
	{Codes: []string{"InvalidParameterValueException"}, Text: "KMS", Kind: awsjar.ErrAccessDenied,
		Says: "the function's KMS key cannot be used for its variables", Hint: "allow the caller kms:Encrypt, kms:Decrypt and kms:CreateGrant on the function's KMS key"},
	{Codes: []string{"InvalidParameterValueException", "ValidationException", "SerializationException", "InvalidRequestContentException"}, Kind: awsjar.ErrInvalid,
		Says: "AWS Lambda does not accept the request", Hint: "compare the function's variables with what AWS Lambda allows: aws lambda get-function-configuration --function-name {function}"},
	{Is: awserr.HasNoCredentials, Kind: awsjar.ErrAccessDenied,
		Hint: "there are no credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run on a role"},
	{Is: awserr.HasNoRegion, Kind: awsjar.ErrInvalid,
		Hint: "say in which region the function is: set AWS_REGION"},
	{Is: awserr.IsUntrusted,
		Hint: "the certificate there is not trusted: check the endpoint, or add the authority's certificate with AWS_CA_BUNDLE"},
	{Is: awserr.IsUnsent,
		Hint: "nothing answers there: check the region (AWS_REGION), the endpoint (AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL) and the network"},
	{Is: awserr.HasNoEndpoint, Hint: awserr.EndpointHint},
	{Is: awserr.IsCut,
		Hint: "try again; if it lasts, check the proxies and the network on the way"},
	{Codes: []string{"UnknownError"}, Is: awserr.IsUnread,
		Says: "this is no answer of AWS Lambda", Hint: "check the endpoint (AWS_ENDPOINT_URL_LAMBDA, AWS_ENDPOINT_URL), and the proxies on the way"},
	{Statuses: []int{500, 502, 503, 504},
		Says: "AWS Lambda has failed", Hint: "try again later; if it lasts, check the endpoint and the proxies on the way"},
}

// hintUnreached is for a call that ended before anything was answered.
const hintUnreached = "no answer came in time: a function in a VPC needs a NAT gateway, or an interface endpoint for lambda, to reach AWS Lambda"

// explain turns an error of the SDK into ours, with its kind, a text without
// values, and a hint.
func (f *function) explain(ctx context.Context, action string, err error) error {
	if ctx.Err() != nil {
		text := failure.Said(action+": "+ctx.Err().Error(), ctx.Err(), err)
		if errors.Is(ctx.Err(), context.DeadlineExceeded) && awserr.Status(err) == 0 {
			return failure.Hinted(hintUnreached, text)
		}
		return text
	}
	rule, known := awserr.Match(rules, err)
	text := awserr.Short(action, err)
	switch message := awserr.Message(err); {
	case rule.Says != "":
		text += ": " + rule.Says
	case known && message != "":
		text += ": " + message
	}
	switch rule.Kind {
	case nil:
	case awsjar.ErrNoStore:
		text = "the function does not exist: " + text
	default:
		text = rule.Kind.Error() + ": " + text
	}
	return failure.Hinted(f.filled(rule.Hint, action), failure.Said(text, err, rule.Kind))
}

func (f *function) filled(hint, action string) string {
	return strings.NewReplacer("{url}", f.String(), "{function}", f.name, "{arn}", functionARN(f.name), "{action}", action).Replace(hint)
}

// explainCorrupt adds how to see a value that cannot be unpacked.
func (f *function) explainCorrupt(err error) error {
	if !errors.Is(err, awsjar.ErrCorrupt) || failure.Hint(err) != "" {
		return err
	}
	return failure.Hinted("read it as it is: aws lambda get-function-configuration --function-name "+f.name+
		" --query Environment.Variables."+f.jar+"; or replace it with a Put", err)
}

// explainHidden is the error for variables that AWS answers without their
// values.
func explainHidden(hidden *types.EnvironmentError) error {
	code := aws.ToString(hidden.ErrorCode)
	text := "AWS Lambda cannot decrypt the variables: " + code + ": " + aws.ToString(hidden.Message)
	if strings.HasPrefix(code, "AccessDenied") {
		return failure.Hinted("allow the caller kms:Decrypt on the function's KMS key; nothing is written while the variables are hidden",
			failure.Said(awsjar.ErrAccessDenied.Error()+": "+text, awsjar.ErrAccessDenied))
	}
	return failure.Hinted("look at the function's KMS key: aws kms describe-key --key-id KEY; nothing is written while the variables are hidden", errors.New(text))
}

// noConfiguration is the error for an answer that says success and nothing of a
// function, or that nothing could guard an update of.
func noConfiguration(action string) error {
	return failure.Hinted(
		"AWS Lambda always answers with one: check what answers at the endpoint; for a server such as moto set Options.Unguarded",
		fmt.Errorf("%w: %s: the answer is no configuration with a RevisionId", awsjar.ErrUnsupported, action))
}
