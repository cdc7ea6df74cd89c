package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsdirect"
	"github.com/awsjar/awsjar/bench/perf/state"
	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

// ours is awsjar with the clients of the SDK.
func ours(string) (client, error) {
	cfg := lambdaenv.Config()
	return with(s3.NewFromConfig(cfg, pathStyle), lambda.NewFromConfig(cfg))
}

// viaDirect is awsjar with package awsdirect.
func viaDirect(string) (client, error) {
	cfg := lambdaenv.Config()
	return with(awsdirect.S3(s3.NewFromConfig(cfg, pathStyle)), lambda.NewFromConfig(cfg))
}

func with(s3Client s3jar.Client, lambdaClient lambdajar.Client) (client, error) {
	store := s3jar.NewBucket(s3Client, state.Bucket, asOnAWS).Object(state.Key)
	object := awsjar.New[state.State](store)
	jar := awsjar.New[state.State](lambdajar.New(lambdaClient, state.Function))
	next := state.Sample
	return client{
		"s3-load":       func(ctx context.Context) error { _, _, err := store.Load(ctx); return err },
		"s3-get":        func(ctx context.Context) error { return ok(object.Get(ctx)) },
		"s3-put":        func(ctx context.Context) error { next.Cursor = 83 - next.Cursor; return object.Put(ctx, next) }, // another value each time
		"s3-update":     func(ctx context.Context) error { return ok(object.Update(ctx, step)) },
		"lambda-get":    func(ctx context.Context) error { return ok(jar.Get(ctx)) },
		"lambda-update": func(ctx context.Context) error { return ok(jar.Update(ctx, step)) },
	}, nil
}

func step(s *state.State) error { s.Cursor++; return nil }

func ok[T any](_ T, err error) error { return err }

// asOnAWS leaves out the probe of servers that are not AWS's, which the stub
// stands for.
func asOnAWS(o *s3jar.Options) { o.SkipProbe = true }

func pathStyle(o *s3.Options) { o.UsePathStyle = true }
