// Command lambdaonly is the smallest program that keeps its state in the
// environment of a Lambda function, as the function itself does: it reads the
// state once and prints it.
//
//	lambdaonly FUNCTION
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/lambdajar"
)

type state struct {
	Cursor int      `json:"cursor"`
	Note   string   `json:"note"`
	Seen   []string `json:"seen"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: lambdaonly FUNCTION")
		os.Exit(2)
	}
	client := lambda.NewFromConfig(lambdaenv.Config())
	jar := awsjar.New[state](lambdajar.New(client, os.Args[1]))
	value, err := jar.Get(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "lambdaonly:", err)
		os.Exit(1)
	}
	fmt.Println(value.Cursor, len(value.Note), len(value.Seen))
}
