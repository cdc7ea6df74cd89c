package jarurl

import (
	"context"
	"iter"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/awsjar/awsjar/lambdajar"
)

// Jars yields the jars of all functions of an account, as lambdajar.Jars does,
// for the target "lambda://" with its Region and endpoint.
func (t Target) Jars(ctx context.Context, optFns ...func(*Options)) iter.Seq2[lambdajar.Found, error] {
	return func(yield func(lambdajar.Found, error) bool) {
		if t.Scheme != Lambda || t.Function != "" {
			yield(lambdajar.Found{}, t.invalid(&problem{"this is not an account", "write lambda:// for the functions of the account"}))
			return
		}
		opts := settings(optFns)
		cfg, err := t.config(ctx, opts)
		if err != nil {
			yield(lambdajar.Found{}, err)
			return
		}
		for found, err := range lambdajar.Jars(ctx, t.lambdaClient(cfg, opts)) {
			if !yield(found, err) {
				return
			}
		}
	}
}

func (t Target) lambdaClient(cfg aws.Config, opts Options) *lambda.Client {
	return lambda.NewFromConfig(cfg, func(o *lambda.Options) {
		if endpoint := t.endpoint(opts); endpoint != nil {
			o.BaseEndpoint = endpoint
		}
	})
}
