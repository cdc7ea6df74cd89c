// Command sdks3 uses the SDK's client for S3 alone, with a configuration of its
// own: the least that can be done with the SDK and its defaults.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/bench/perf/state"
)

func main() {
	ctx := context.Background()
	client := s3.New(s3.Options{
		Region: state.Region, BaseEndpoint: aws.String(os.Getenv("AWS_ENDPOINT_URL")), UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}, nil
		}),
	})
	out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(state.Bucket), Key: aws.String(state.Key)})
	if err != nil {
		log.Fatal(err)
	}
	defer out.Body.Close()
	var s state.State
	if err := json.NewDecoder(out.Body).Decode(&s); err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Cursor)
}
