package jarurl

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/awsjar/awsjar/awsroots"
	"github.com/awsjar/awsjar/lambdaenv"
)

// load returns the configuration for clients in a Region, "" being that of
// the configuration.
func (o Options) load(ctx context.Context, region string) (aws.Config, error) {
	var cfg aws.Config
	switch {
	case o.Config != nil:
		cfg = o.Config.Copy()
	case o.Profile == "" && inFunction():
		cfg = lambdaenv.Config()
	default:
		return o.loadMachine(ctx, region)
	}
	if region != "" {
		cfg.Region = region
	}
	if o.HTTPClient != nil {
		cfg.HTTPClient = o.HTTPClient
	}
	if o.SDKLogger != nil {
		cfg.Logger = o.SDKLogger
	}
	return cfg, nil
}

// inFunction reports whether everything there is to know stands in the
// environment. Functions with SnapStart find no credentials there (Lambda
// Developer Guide, "Lambda SnapStart").
func inFunction() bool {
	return os.Getenv("AWS_LAMBDA_RUNTIME_API") != "" && lambdaenv.FunctionName() != "" && os.Getenv("AWS_ACCESS_KEY_ID") != ""
}

// loadMachine is the only place that reads files, and may ask other services
// for credentials.
func (o Options) loadMachine(ctx context.Context, region string) (aws.Config, error) {
	var optFns []func(*config.LoadOptions) error
	if region != "" {
		optFns = append(optFns, config.WithRegion(region))
	}
	if o.Profile != "" {
		optFns = append(optFns, config.WithSharedConfigProfile(o.Profile))
	}
	if o.HTTPClient != nil {
		optFns = append(optFns, config.WithHTTPClient(o.HTTPClient))
	}
	if o.SDKLogger != nil {
		optFns = append(optFns, config.WithLogger(o.SDKLogger))
	}
	cfg, err := config.LoadDefaultConfig(ctx, optFns...)
	if cfg.HTTPClient == nil && err == nil { // there is one where a profile has a ca_bundle
		cfg.HTTPClient = awsroots.Client()
	}
	return cfg, err
}
