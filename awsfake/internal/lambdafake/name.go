package lambdafake

import (
	"net/http"
	"strings"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// namePattern is the pattern of FunctionName in the Lambda API reference: a name, a
// partial ARN or an ARN, each with or without a qualifier.
const namePattern = `(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`

const (
	maxName      = 64  // characters of a bare name
	maxReference = 256 // characters of an ARN; the reference gives 140 to 256, by operation
)

var functionName = lazyregexp.New(`^` + namePattern + `$`)

// reference is a parsed FunctionName. A part that it does not name is the empty string.
type reference struct {
	region, account, name, qualifier string
}

func parseReference(s string) (reference, bool) {
	if len(s) > maxReference {
		return reference{}, false
	}
	m := functionName().FindStringSubmatch(s)
	if m == nil || len(m[7]) > maxName {
		return reference{}, false
	}
	return reference{
		region:    strings.TrimSuffix(m[3], ":"),
		account:   strings.TrimSuffix(m[5], ":"),
		name:      m[7],
		qualifier: m[9],
	}, true
}

// arn returns the ARN of a function, qualified unless qualifier is empty.
func (s *Service) arn(name, qualifier string) string {
	arn := "arn:aws:lambda:" + s.options.Region + ":" + s.options.AccountID + ":function:" + name
	if qualifier != "" {
		arn += ":" + qualifier
	}
	return arn
}

// resolve returns the bare name and the qualifier that a FunctionName and a
// Qualifier parameter ask for together.
func (s *Service) resolve(functionName, parameter, op string) (name, qualifier string, err *apiError) {
	ref, ok := parseReference(functionName)
	if !ok {
		return "", "", badName(functionName)
	}
	switch {
	case ref.account != "" && ref.account != s.options.AccountID:
		return "", "", s.denied(op, "arn:aws:lambda:"+s.options.Region+":"+ref.account+":function:"+ref.name)
	case ref.region != "" && ref.region != s.options.Region:
		return "", "", notFound("Function not found: " + strings.Replace(s.arn(ref.name, ref.qualifier), s.options.Region, ref.region, 1))
	case parameter != "" && ref.qualifier != "" && parameter != ref.qualifier:
		return "", "", refuse(http.StatusBadRequest, "InvalidParameterValueException", "The derived qualifier from the function name does not match the specified qualifier.")
	case parameter != "":
		return ref.name, parameter, nil
	}
	return ref.name, ref.qualifier, nil
}

func badName(name string) *apiError {
	return validation("Value '%s' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", name, namePattern)
}

// find returns the function and the qualifier that r asks for. The caller holds mu.
func (s *Service) find(r *call) (f *function, qualifier string, err *apiError) {
	name, qualifier, err := s.resolve(r.name, r.query.Get("Qualifier"), r.op)
	if err != nil {
		return nil, "", err
	}
	f = s.lookup(name)
	if f == nil {
		return nil, "", notFound("Function not found: " + s.arn(name, qualifier))
	}
	return f, qualifier, nil
}
