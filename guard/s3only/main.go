// Command s3only is the smallest program that keeps its state in S3 as a
// Lambda function does: it reads the state once and prints it.
//
//	s3only BUCKET KEY
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/s3jar"
)

type state struct {
	Cursor int      `json:"cursor"`
	Note   string   `json:"note"`
	Seen   []string `json:"seen"`
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: s3only BUCKET KEY")
		os.Exit(2)
	}
	client := s3.NewFromConfig(lambdaenv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
	jar := awsjar.New[state](s3jar.NewBucket(client, os.Args[1]).Object(os.Args[2]))
	value, err := jar.Get(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "s3only:", err)
		os.Exit(1)
	}
	fmt.Println(value.Cursor, len(value.Note), len(value.Seen))
}
