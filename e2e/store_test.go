package e2e

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/awsjar/awsjar/storetest"
)

func (s *server) config() aws.Config {
	return aws.Config{
		Region:                     region,
		Credentials:                credentials.NewStaticCredentialsProvider(accessKey, secretKey, ""),
		BaseEndpoint:               aws.String(s.url),
		HTTPClient:                 s.httpClient(),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
	}
}

func (s *server) s3Client() *s3.Client {
	return s3.NewFromConfig(s.config(), func(o *s3.Options) { o.UsePathStyle = true })
}

// names makes the names of buckets and functions different in one run.
var names atomic.Int64

func newName(prefix string) string { return fmt.Sprintf("%s-%d", prefix, names.Add(1)) }

// newBucket makes a bucket, with versioning or without.
func newBucket(t *testing.T, client *s3.Client, versioned bool) string {
	t.Helper()
	name := newName("bucket")
	// A MinIO that has just started answers 503 until it has read its users, and one
	// that is killed may have made the bucket before.
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	patient := func(o *s3.Options) {
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff, o.RateLimiter = 0, time.Second, ratelimit.None // until the context ends
		})
	}
	var made *types.BucketAlreadyOwnedByYou
	if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name}, patient); err != nil && !errors.As(err, &made) {
		t.Fatal(err)
	}
	if versioned {
		setVersioning(t, client, name, types.BucketVersioningStatusEnabled)
	}
	return name
}

func setVersioning(t *testing.T, client *s3.Client, bucket string, status types.BucketVersioningStatus) {
	t.Helper()
	_, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eachServer runs a test against every S3 server, over http and https.
func eachServer(t *testing.T, test func(t *testing.T, s *server)) {
	for _, l := range s3Servers {
		t.Run(l.String(), func(t *testing.T) { test(t, l.start(t)) })
	}
}

// The suite of the stores, in buckets of every setting.
func TestStore(t *testing.T) {
	eachServer(t, func(t *testing.T, s *server) {
		for _, setting := range []string{"never", "Enabled", "Suspended"} {
			t.Run(setting, func(t *testing.T) {
				client := s.s3Client()
				storetest.Run(t, func(t *testing.T) awsjar.Store {
					bucket := newBucket(t, client, setting != "never")
					if setting == "Suspended" {
						setVersioning(t, client, bucket, types.BucketVersioningStatusSuspended)
					}
					return s3jar.NewBucket(client, bucket).Object("state.json")
				}, func(o *storetest.Options) {
					o.Except = exceptions(s.name, setting, "TestStore")
					o.Second = func(_ *testing.T, first awsjar.Store) awsjar.Store {
						bucket, key, _ := strings.Cut(strings.TrimPrefix(fmt.Sprint(first), "s3://"), "/")
						return s3jar.NewBucket(s.s3Client(), bucket).Object(key)
					}
				})
			})
		}
	})
}
