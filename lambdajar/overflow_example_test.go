package lambdajar_test

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

// A state that may outgrow the function: while it does not fit it is in S3.
func ExampleOptions_overflow() {
	srv, err := awsfake.Start() // stands for AWS
	if err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	srv.CreateFunction("sams-lambda", nil)
	srv.CreateBucket("sams-bucket")

	ctx := context.Background()
	bucket := s3jar.NewBucket(s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true }), "sams-bucket")
	store := lambdajar.New(lambda.NewFromConfig(srv.Config()), "sams-lambda", func(o *lambdajar.Options) {
		o.Overflow = bucket.Object("sams-lambda.json")
	})
	jar := awsjar.New[string](store)
	for _, size := range []int{8, 8000} {
		if err := jar.Put(ctx, noise(1)[:size]); err != nil {
			log.Fatal(err)
		}
		usage, err := store.Usage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("in the function", usage.State, "in the overflow", usage.OverflowSize)
	}
	// Output:
	// in the function 45 in the overflow 0
	// in the function 89 in the overflow 8002
}
