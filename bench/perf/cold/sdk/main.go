// Command sdk is what people write today: the SDK's configuration, a client for
// S3 and one for Lambda, and one read.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/bench/perf/state"
)

func main() {
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	functions := lambda.NewFromConfig(cfg)
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(state.Bucket), Key: aws.String(state.Key)})
	if err != nil {
		log.Fatal(err)
	}
	defer out.Body.Close()
	var s state.State
	if err := json.NewDecoder(out.Body).Decode(&s); err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Cursor, functions.Options().Region)
}
