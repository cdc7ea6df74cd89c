// Command ours links both kinds of store with the lean configuration of package
// lambdaenv, as a handler that uses both does, and reads from S3.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/bench/perf/state"
	"github.com/awsjar/awsjar/lambdaenv"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

func main() {
	cfg := lambdaenv.Config()
	jar := awsjar.New[state.State](lambdajar.New(lambda.NewFromConfig(cfg), state.Function))
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	object := awsjar.New[state.State](s3jar.NewBucket(client, state.Bucket).Object(state.Key))
	s, err := object.Get(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Cursor, jar)
}
