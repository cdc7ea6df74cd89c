// Counter adds a number to a sum with every invocation and keeps the sum in
// the environment of its own function.
//
// A write to the jar is a deployment of $LATEST, so the function is invoked
// through an alias: the published version that the alias names is not
// disturbed, and stays warm. See template.yaml and main.tf beside this file.
package main

import (
	"context"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/lambdajar"
)

// Request is the event that the function is invoked with.
type Request struct {
	Add int `json:"add"`
}

// State is kept from one invocation to the next.
type State struct {
	Sum   int `json:"sum"`
	Calls int `json:"calls"`
}

func main() {
	client := awslambda.NewFromConfig(lambdaenv.Config())
	jar := awsjar.New[State](lambdajar.New(client, lambdaenv.FunctionName()))
	// A failure shows again, with its hint, in the first invocation.
	warm, cancel := context.WithTimeout(context.Background(), 5*time.Second) // AWS ends an initialization after ten
	_ = jar.Warm(warm)
	cancel()

	lambda.Start(func(ctx context.Context, req Request) (State, error) {
		return jar.Update(ctx, func(s *State) error {
			s.Sum += req.Add
			s.Calls++
			return nil
		})
	})
}
