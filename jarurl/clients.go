package jarurl

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Clients are the clients by which the stores of a target are opened, for calls
// that the stores do not make.
type Clients struct {
	Config aws.Config
	S3     *s3.Client
	Lambda *lambda.Client
}

// Clients returns the clients for the Region, the endpoint and the profile of
// the target and the options. It sends nothing.
func (t Target) Clients(ctx context.Context, optFns ...func(*Options)) (Clients, error) {
	opts := settings(optFns)
	cfg, err := t.config(ctx, opts)
	if err != nil {
		return Clients{}, err
	}
	return Clients{cfg, t.s3Client(cfg, opts), t.lambdaClient(cfg, opts)}, nil
}

func (t Target) s3Client(cfg aws.Config, opts Options) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		if endpoint := t.endpoint(opts); endpoint != nil {
			o.BaseEndpoint = endpoint
		}
		o.UsePathStyle = t.pathStyle(o.BaseEndpoint)
		o.DisableLogOutputChecksumValidationSkipped = true // older objects and some servers have no checksum: nothing to tell at each read
		if t.Checksums != "" {
			o.RequestChecksumCalculation, o.ResponseChecksumValidation = checksums[t.Checksums].request, checksums[t.Checksums].response
		}
	})
}

func (t Target) lambdaClient(cfg aws.Config, opts Options) *lambda.Client {
	return lambda.NewFromConfig(cfg, func(o *lambda.Options) {
		if endpoint := t.endpoint(opts); endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
}
