package lambdafake

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// maxEnvironment is the size in bytes that the variables of a function may have
// together. 4096 succeed and 4097 fail: LocalStack's TestLambdaSizeLimits.
const maxEnvironment = 4096

// variableName is the pattern of API_Environment in the Lambda API reference.
var variableName = lazyregexp.New(`^[a-zA-Z]([a-zA-Z0-9_])+$`)

// reserved are the names that the developer guide's page on environment variables
// reserves for the runtime.
var reserved = []string{
	"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
	"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
	"AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	"LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_HANDLER", "_X_AMZN_TRACE_ID",
}

const unable = "Lambda was unable to configure your environment variables because "

// measure returns the size that AWS counts against 4,096 bytes: the length in bytes
// of the variables as compact JSON, non-ASCII characters in UTF-8. Quotes,
// backslashes and line breaks count twice (derived from sizes AWS reported); other
// control characters are assumed to count six times.
func measure(variables map[string]string) int {
	size := len("{}")
	for name, value := range variables {
		size += quotedLen(name) + len(":") + quotedLen(value) + len(",")
	}
	if len(variables) > 0 {
		size -= len(",")
	}
	return size
}

func quotedLen(s string) int {
	size := len(`""`)
	for _, r := range s {
		switch {
		case strings.ContainsRune("\"\\\b\f\n\r\t", r):
			size += 2
		case r < 0x20:
			size += 6
		default:
			size += utf8.RuneLen(r)
		}
	}
	return size
}

// checkEnvironment refuses the variables that AWS refuses, in AWS's words.
func (s *Service) checkEnvironment(variables map[string]string) *apiError {
	names := slices.Sorted(maps.Keys(variables))
	for _, name := range names {
		if !variableName().MatchString(name) {
			return validation("Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]")
		}
	}
	taken := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !slices.Contains(reserved, name) })
	if len(taken) > 0 {
		return invalid(unable + "the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: " + strings.Join(taken, ", "))
	}
	for _, name := range names {
		// An assumption: no process can have such a value in its environment.
		if v := variables[name]; strings.ContainsRune(v, 0) || !utf8.ValidString(v) {
			return invalid(unable + "the value of " + name + " contains characters that are not allowed")
		}
	}
	if size := measure(variables); size > maxEnvironment {
		return invalid(unable + "the environment variables you have provided exceeded the 4KB limit. " + s.measured(variables, size))
	}
	return nil
}

func (s *Service) measured(variables map[string]string, size int) string {
	if !s.options.EchoMeasured {
		return fmt.Sprintf("Measured size: %d bytes", size)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(variables)
	return "String measured: " + strings.TrimSpace(b.String())
}

// readVariables decodes the member Environment of a request: {"Variables":{...}}.
// Without Variables the environment becomes empty; AWS does not document that case.
func readVariables(raw json.RawMessage) (map[string]string, *apiError) {
	var in map[string]json.RawMessage
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, malformed("Environment is not an object")
	}
	var values map[string]*string
	if v := in["Variables"]; v != nil {
		if !utf8.Valid(v) || loneSurrogate(v) {
			return nil, invalid(unable + "the values contain characters that are not allowed")
		}
		if err := json.Unmarshal(v, &values); err != nil {
			return nil, malformed("Environment.Variables is not a map of strings")
		}
	}
	variables := make(map[string]string, len(values))
	for name, value := range values {
		if value == nil {
			return nil, validation("Value at 'environment.variables' failed to satisfy constraint: Map value must satisfy constraint: [Member must not be null]")
		}
		variables[name] = *value
	}
	return variables, nil
}

var surrogate = lazyregexp.New(`\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}`)

// loneSurrogate reports whether JSON text escapes half of a character, which
// decoders replace without a word.
func loneSurrogate(text []byte) bool {
	for _, m := range surrogate().FindAll(text, -1) {
		if len(m) == len(`\ud800`) {
			return true
		}
	}
	return false
}

// hiddenEnvironment is AWS's answer, with status 200, to a caller who may not
// decrypt the variables.
func (s *Service) hiddenEnvironment() map[string]any {
	return map[string]any{"Error": map[string]string{
		"ErrorCode": "AccessDeniedException",
		"Message": fmt.Sprintf("Lambda was unable to decrypt your environment variables because the KMS access was denied. Please check your KMS permissions. KMS Exception: AccessDeniedException KMS Message: User: arn:aws:iam::%[1]s:user/awsfake is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:%[2]s:%[1]s:key/00000000-0000-4000-8000-000000000000",
			s.options.AccountID, s.options.Region),
	}}
}
