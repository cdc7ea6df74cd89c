// Package lambdaenv makes the AWS SDK's configuration from the variables that Lambda
// puts into a function's environment, and from nothing else: no shared files, no
// profiles, no single sign-on, no instance metadata. That is all there is
// inside a function, and leaving the rest out of the program makes its cold
// start cheaper: the SDK's config package brings in four more service clients.
//
//	cfg := lambdaenv.Config()
//	jar := awsjar.New[State](lambdajar.New(lambda.NewFromConfig(cfg), lambdaenv.FunctionName()))
//
// Outside of Lambda use the SDK's config package, or package jarurl, which
// picks the right one.
package lambdaenv

import (
	"context"
	"errors"
	"os"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsjar/awsjar/awsroots"
)

// Config returns a configuration from these environment variables. They have the
// meaning that the SDK gives them (AWS SDKs and Tools Reference Guide, "Environment
// variables"):
//
//   - AWS_REGION, else AWS_DEFAULT_REGION
//   - AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, which are
//     read anew for every request
//   - AWS_ENDPOINT_URL and, for one service, AWS_ENDPOINT_URL_LAMBDA and
//     AWS_ENDPOINT_URL_S3, unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true
//   - AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT
//   - AWS_MAX_ATTEMPTS and AWS_RETRY_MODE
//   - AWS_REQUEST_CHECKSUM_CALCULATION and AWS_RESPONSE_CHECKSUM_VALIDATION
//   - AWS_CA_BUNDLE, whose certificates are then all that is trusted; if the file
//     cannot be used, every request fails
//
// A value that cannot be understood counts as unset. The HTTP client is that
// of package awsroots; every call of Config makes one of its own, with its own
// connections, so call it once.
func Config() aws.Config {
	cfg := aws.Config{
		Region:                     first(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")),
		Credentials:                aws.CredentialsProviderFunc(credentials),
		HTTPClient:                 awsroots.Client(),
		ConfigSources:              []any{environment{}},
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
	if url := os.Getenv("AWS_ENDPOINT_URL"); url != "" && !isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
		cfg.BaseEndpoint = aws.String(url)
	}
	if n, err := strconv.Atoi(os.Getenv("AWS_MAX_ATTEMPTS")); err == nil && n > 0 {
		cfg.RetryMaxAttempts = n
	}
	if mode, err := aws.ParseRetryMode(os.Getenv("AWS_RETRY_MODE")); err == nil {
		cfg.RetryMode = mode
	}
	if strings.EqualFold(os.Getenv("AWS_REQUEST_CHECKSUM_CALCULATION"), "when_required") {
		cfg.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	}
	if strings.EqualFold(os.Getenv("AWS_RESPONSE_CHECKSUM_VALIDATION"), "when_required") {
		cfg.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	}
	return cfg
}

// FunctionName returns the name of the function that the program runs in, or
// "" outside of Lambda. AWS_EXECUTION_ENV does not tell: the runtimes that Go
// runs on do not set it.
func FunctionName() string { return os.Getenv("AWS_LAMBDA_FUNCTION_NAME") }

var errNoCredentials = errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set in the environment")

// credentials reads the environment. It is called for every request, and
// nothing is kept: the variables of Lambda do not change, but a program that
// runs elsewhere may change its own.
func credentials(context.Context) (aws.Credentials, error) {
	c := aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		Source:          "lambdaenv",
	}
	if !c.HasKeys() {
		return aws.Credentials{}, errNoCredentials
	}
	return c, nil
}

// environment answers the questions of a service client to its configuration
// sources.
type environment struct{}

// GetIgnoreConfiguredEndpoints says whether endpoints in the environment are
// to be ignored.
func (environment) GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error) {
	return isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), true, nil
}

// GetServiceBaseEndpoint returns the endpoint that the environment gives for
// one service, such as AWS_ENDPOINT_URL_S3.
func (environment) GetServiceBaseEndpoint(_ context.Context, service string) (string, bool, error) {
	url := os.Getenv("AWS_ENDPOINT_URL_" + strings.ToUpper(strings.ReplaceAll(service, " ", "_")))
	return url, url != "", nil
}

// GetUseFIPSEndpoint says whether FIPS endpoints are wanted.
func (environment) GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error) {
	if isTrue("AWS_USE_FIPS_ENDPOINT") {
		return aws.FIPSEndpointStateEnabled, true, nil
	}
	return aws.FIPSEndpointStateUnset, false, nil
}

// GetUseDualStackEndpoint says whether dual-stack endpoints are wanted.
func (environment) GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error) {
	if isTrue("AWS_USE_DUALSTACK_ENDPOINT") {
		return aws.DualStackEndpointStateEnabled, true, nil
	}
	return aws.DualStackEndpointStateUnset, false, nil
}

func isTrue(variable string) bool { return strings.EqualFold(os.Getenv(variable), "true") }

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
