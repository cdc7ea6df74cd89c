package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/bench/perf/state"
)

// sdk is aws-sdk-go-v2 alone, with its defaults and encoding/json: the code
// that one writes without a library. Its updates are conditional where the
// service has a condition, but do not care for lost answers.
type sdk struct {
	s3     *s3.Client
	lambda *lambda.Client
}

func newSDK(string) (client, error) {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		return nil, err
	}
	c := sdk{s3.NewFromConfig(cfg, pathStyle), lambda.NewFromConfig(cfg)}
	return client{
		"s3-load": func(ctx context.Context) error { _, _, err := c.load(ctx); return err },
		"s3-get":  func(ctx context.Context) error { _, _, err := c.get(ctx); return err },
		"s3-put":  func(ctx context.Context) error { return c.put(ctx, state.Sample, nil) },
		"s3-update": func(ctx context.Context) error {
			s, etag, err := c.get(ctx)
			if err != nil {
				return err
			}
			s.Cursor++
			return c.put(ctx, s, etag)
		},
		"lambda-get":    func(ctx context.Context) error { _, _, err := c.configuration(ctx); return err },
		"lambda-update": c.updateFunction,
	}, nil
}

func (c sdk) load(ctx context.Context) (data []byte, etag *string, err error) {
	out, err := c.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(state.Bucket), Key: aws.String(state.Key)})
	if err != nil {
		return nil, nil, err
	}
	defer out.Body.Close()
	data, err = io.ReadAll(out.Body)
	return data, out.ETag, err
}

func (c sdk) get(ctx context.Context) (s state.State, etag *string, err error) {
	data, etag, err := c.load(ctx)
	if err != nil {
		return s, nil, err
	}
	return s, etag, json.Unmarshal(data, &s)
}

func (c sdk) put(ctx context.Context, s state.State, etag *string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	_, err = c.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(state.Bucket), Key: aws.String(state.Key),
		Body: bytes.NewReader(data), ContentType: aws.String("application/json"), IfMatch: etag,
	})
	return err
}

func (c sdk) configuration(ctx context.Context) (*lambda.GetFunctionConfigurationOutput, state.State, error) {
	var s state.State
	out, err := c.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: aws.String(state.Function)})
	if err != nil {
		return nil, s, err
	}
	return out, s, json.Unmarshal([]byte(out.Environment.Variables["jar"]), &s)
}

func (c sdk) updateFunction(ctx context.Context) error {
	out, s, err := c.configuration(ctx)
	if err != nil {
		return err
	}
	s.Cursor++
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	variables := out.Environment.Variables
	variables["jar"] = string(data)
	_, err = c.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String(state.Function), RevisionId: out.RevisionId,
		Environment: &lambdatypes.Environment{Variables: variables},
	})
	return err
}
