package jarvar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsjar/awsjar"
)

// allowed reports whether AWS allows the name: a letter, and at least one more
// letter, digit or underscore (Lambda API reference, Environment).
func allowed(name string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	return len(name) >= 2 && strings.IndexByte(letters, name[0]) >= 0 && strings.Trim(name, letters+"0123456789_") == ""
}

// reserved are the names that the Lambda Developer Guide, "Working with Lambda
// environment variables", keeps for the runtime. Those that begin with an
// underscore fail the pattern already.
var reserved = []string{
	"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
	"AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
	"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
	"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	"AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
}

// CheckName returns an ErrInvalid for a name that no jar can have. Names that
// end like the names of lineages are refused, so that one jar's lineage is
// never another jar's value.
func CheckName(name string) error {
	const hint = `use a letter followed by letters, digits and underscores, such as "jar"`
	switch {
	case !allowed(name):
		return &awsjar.Error{Hint: hint, Err: fmt.Errorf("%w: %q cannot name an environment variable of a function", awsjar.ErrInvalid, name)}
	case slices.Contains(reserved, name):
		return &awsjar.Error{Hint: `choose another name, such as "jar"`, Err: fmt.Errorf("%w: AWS Lambda reserves the environment variable %s", awsjar.ErrInvalid, name)}
	case strings.HasSuffix(name, idSuffix):
		return &awsjar.Error{Hint: hint, Err: fmt.Errorf("%w: the name %s ends in %s, as only the lineage of a jar does", awsjar.ErrInvalid, name, idSuffix)}
	}
	return nil
}
