package lambdajar

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/awsjar/awsjar"
)

// latest is the qualifier of the one version that can be changed.
const latest = "$LATEST"

// The parts of a FunctionName (Lambda API reference, UpdateFunctionConfiguration).
var (
	namePart      = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)
	accountPart   = regexp.MustCompile(`^[0-9]{12}$`)
	partitionPart = regexp.MustCompile(`^aws[a-z-]{0,20}$`)
	regionPart    = regexp.MustCompile(`^[a-z]{2,8}(-[a-z]{1,16}){1,3}-[0-9]{1,2}$`)
	qualifierPart = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`)
)

// parseFunction returns the name, partial ARN or ARN of a function without the
// qualifier $LATEST. Another qualifier names a published version, which nobody
// can change.
func parseFunction(given string) (string, error) {
	parts := strings.Split(given, ":")
	unqualified, ok := unqualifiedParts(parts)
	switch {
	case given == "":
		return "", invalidFunction("the name of the function is empty")
	case !ok:
		return "", invalidFunction("%q is not the name of a function", shorten(given))
	case len(parts) == unqualified || parts[unqualified] == latest:
		return strings.Join(parts[:unqualified], ":"), nil
	case !qualifierPart.MatchString(parts[unqualified]):
		return "", invalidFunction("%q is not the name of a function", shorten(given))
	}
	return "", &awsjar.Error{
		Hint: "leave out the qualifier: " + strings.Join(parts[:unqualified], ":"),
		Err: fmt.Errorf("%w: %q names a published version, which AWS Lambda keeps as it is",
			awsjar.ErrInvalid, shorten(given)),
	}
}

// unqualifiedParts returns how many of the parts come before the qualifier, and
// whether those are well formed.
func unqualifiedParts(parts []string) (int, bool) {
	switch len(parts) {
	case 1, 2: // name[:qualifier]
		return 1, namePart.MatchString(parts[0])
	case 3, 4: // account:function:name[:qualifier]
		return 3, accountPart.MatchString(parts[0]) && parts[1] == "function" && namePart.MatchString(parts[2])
	case 7, 8: // arn:partition:lambda:region:account:function:name[:qualifier]
		return 7, parts[0] == "arn" && partitionPart.MatchString(parts[1]) && parts[2] == "lambda" &&
			regionPart.MatchString(parts[3]) && accountPart.MatchString(parts[4]) &&
			parts[5] == "function" && namePart.MatchString(parts[6])
	}
	return 0, false
}

func invalidFunction(format string, args ...any) error {
	return &awsjar.Error{
		Hint: "use a name (sams-lambda) or an ARN (arn:aws:lambda:us-east-1:123456789012:function:sams-lambda)",
		Err:  fmt.Errorf("%w: "+format, append([]any{awsjar.ErrInvalid}, args...)...),
	}
}

// shorten keeps an error readable, whatever was passed as a name.
func shorten(s string) string {
	const most = 140 // the longest FunctionName that AWS takes
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// functionARN returns the ARN for the resource of a policy, with "*" for what
// the name does not tell.
func functionARN(function string) string {
	parts := strings.Split(function, ":")
	switch len(parts) {
	case 7:
		return function
	case 3:
		return "arn:aws:lambda:*:" + function
	}
	return "arn:aws:lambda:*:*:function:" + function
}
