package jarvar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
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

// secret reports whether a variable of that name gives a program its
// credentials, or says how to get them (AWS SDKs and Tools Reference Guide,
// "Environment variables support"). Nobody keeps a state there on purpose.
func secret(name string) bool {
	for _, prefix := range []string{"AWS_CONTAINER_", "AWS_WEB_IDENTITY_", "AWS_ROLE_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// CheckName returns an ErrInvalid for a name that no jar can have. Names that
// end like the names of lineages are refused, so that one jar's lineage is
// never another jar's value.
func CheckName(name string) error {
	const hint = `use a letter followed by letters, digits and underscores, such as "jar"`
	another := func(err error) error { return failure.Hinted(`choose another name, such as "jar"`, err) }
	upper := strings.ToUpper(name)
	switch {
	case !allowed(name):
		return failure.Hinted(hint, fmt.Errorf("%w: %q cannot name an environment variable of a function", awsjar.ErrInvalid, name))
	case slices.Contains(reserved, upper):
		return another(fmt.Errorf("%w: AWS Lambda reserves the environment variable %s", awsjar.ErrInvalid, upper))
	case secret(upper):
		return another(fmt.Errorf("%w: the environment variable %s is one of the AWS SDK's, for credentials", awsjar.ErrInvalid, name))
	case strings.HasSuffix(name, lineSuffix):
		return another(fmt.Errorf("%w: the name %s ends in %s, as only the lineage of a jar does", awsjar.ErrInvalid, name, lineSuffix))
	}
	return nil
}
