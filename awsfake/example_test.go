package awsfake_test

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/awsjar/awsjar/awsfake"
)

// In a test, NewServer(t) takes the place of Start and Close.
func Example() {
	srv, err := awsfake.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	srv.CreateFunction("counter", map[string]string{"COUNT": "1"})
	client := lambda.NewFromConfig(srv.Config())

	_, err = client.UpdateFunctionConfiguration(context.Background(), &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("counter"),
		Environment:  &types.Environment{Variables: map[string]string{"COUNT": "2"}},
	})
	env, _ := srv.Environment("counter")
	fmt.Println(env, err)
	// Output: map[COUNT:2] <nil>
}

// The answer to an update is lost on the way. The SDK tries again, and meets a
// conflict: with its own update.
func ExampleServer_Inject() {
	srv, err := awsfake.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	srv.CreateFunction("counter", map[string]string{"COUNT": "1"})
	client := lambda.NewFromConfig(srv.Config())
	ctx := context.Background()
	now, err := client.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: aws.String("counter")})
	if err != nil {
		fmt.Println(err)
		return
	}

	srv.Inject(awsfake.Fault{Op: "UpdateFunctionConfiguration", After: true, Drop: true})
	_, err = client.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String("counter"),
		RevisionId:   now.RevisionId,
		Environment:  &types.Environment{Variables: map[string]string{"COUNT": "2"}},
	})
	env, _ := srv.Environment("counter")
	fmt.Println("failed:", err != nil, "stored:", env["COUNT"])
	for _, r := range srv.Requests() {
		fmt.Println(r.Op, r.Attempt, r.Status)
	}
	// Output:
	// failed: true stored: 2
	// GetFunctionConfiguration 1 200
	// UpdateFunctionConfiguration 1 0
	// UpdateFunctionConfiguration 2 412
}
