// Invoke calls a Lambda function once for each event and prints its answers:
//
//	go run ./cmd/awsjar dev --function 'counter=go run ./examples/counter' -- \
//		go run ./examples/invoke counter '{"add": 2}' '{"add": 3}'
//
// runs the counter of this repository on this machine. Without awsjar dev it
// calls a function on AWS.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: invoke FUNCTION [EVENT ...]")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, function string, events []string) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	client := lambda.NewFromConfig(cfg)
	for _, event := range events {
		out, err := client.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(function), Payload: []byte(event)})
		if err != nil {
			return err
		}
		if out.FunctionError != nil {
			return fmt.Errorf("%s failed: %s", function, out.Payload)
		}
		fmt.Printf("%s\n", out.Payload)
	}
	return nil
}
