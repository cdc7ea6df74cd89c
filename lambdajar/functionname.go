package lambdajar

import (
	"fmt"
	"strings"

	"github.com/awsjar/awsjar"
)

// latest is the qualifier of the one version that can be changed.
const latest = "$LATEST"

// The characters of the parts of a FunctionName (Lambda API reference,
// UpdateFunctionConfiguration). They are looked for one by one: to compile the
// patterns of the reference takes half a millisecond of every start.
const (
	digits  = "0123456789"
	lower   = "abcdefghijklmnopqrstuvwxyz"
	letters = lower + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// made reports whether s has least to most bytes, all of them in chars.
func made(s string, least, most int, chars string) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, chars) == ""
}

func isName(s string) bool      { return made(s, 1, 64, letters+digits+"-_") }
func isQualifier(s string) bool { return made(s, 1, 128, letters+digits+"-_") }
func isAccount(s string) bool   { return made(s, 12, 12, digits) }

func isPartition(s string) bool {
	rest, ok := strings.CutPrefix(s, "aws")
	return ok && made(rest, 0, 20, lower+"-")
}

// isRegion takes two to four words and a number, such as us-gov-west-1.
func isRegion(s string) bool {
	words := strings.Split(s, "-")
	last := len(words) - 1
	if last < 2 || last > 4 || !made(words[last], 1, 2, digits) {
		return false
	}
	for _, word := range words[:last] {
		if !made(word, 1, 16, lower) {
			return false
		}
	}
	return true
}

// parseFunction returns the name, partial ARN or ARN of a function without the
// qualifier $LATEST. Another qualifier, which names a published version, stays.
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
	case !isQualifier(parts[unqualified]):
		return "", invalidFunction("%q is not the name of a function", shorten(given))
	}
	return given, nil
}

// checkUnpublished returns an error if a name that parseFunction returned is that
// of a published version or an alias, which nobody can change.
func checkUnpublished(name string) error {
	parts := strings.Split(name, ":")
	unqualified, ok := unqualifiedParts(parts)
	if !ok || len(parts) == unqualified {
		return nil
	}
	return &awsjar.Error{
		Hint: "leave out the qualifier: " + strings.Join(parts[:unqualified], ":"),
		Err:  fmt.Errorf("%w: %q names a published version, which AWS Lambda keeps as it is", awsjar.ErrInvalid, name),
	}
}

// unqualifiedParts returns how many of the parts come before the qualifier, and
// whether those are well formed.
func unqualifiedParts(parts []string) (int, bool) {
	switch len(parts) {
	case 1, 2: // name[:qualifier]
		return 1, isName(parts[0])
	case 3, 4: // account:function:name[:qualifier]
		return 3, isAccount(parts[0]) && parts[1] == "function" && isName(parts[2])
	case 7, 8: // arn:partition:lambda:region:account:function:name[:qualifier]
		return 7, parts[0] == "arn" && isPartition(parts[1]) && parts[2] == "lambda" &&
			isRegion(parts[3]) && isAccount(parts[4]) &&
			parts[5] == "function" && isName(parts[6])
	}
	return 0, false
}

func invalidFunction(format string, args ...any) error {
	return &awsjar.Error{
		Hint: "use a name (sams-lambda) or an ARN (arn:aws:lambda:us-east-1:123456789012:function:sams-lambda)",
		Err:  fmt.Errorf("%w: "+format, append([]any{awsjar.ErrInvalid}, args...)...),
	}
}

// shorten keeps an error readable, however long the given name is.
func shorten(s string) string {
	const most = 140 // the longest FunctionName that AWS takes
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}

// everyFunction takes the place of a name where all functions are meant.
const everyFunction = "*"

// functionARN returns the ARN for the resource of a policy, with "*" for each
// part that the name does not tell. An action on all functions has no resource:
// a policy allows it on "*" alone (Service Authorization Reference, "Actions,
// resources, and condition keys for AWS Lambda").
func functionARN(function string) string {
	if function == everyFunction {
		return "*"
	}
	parts := strings.Split(function, ":")
	switch len(parts) {
	case 7, 8:
		return function
	case 3, 4:
		return "arn:aws:lambda:*:" + function
	}
	return "arn:aws:lambda:*:*:function:" + function
}
