package e2e

import (
	"context"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/awsjar/awsjar/storetest"
)

// forAWS returns the configuration of the environment and the value of a
// variable, without which the test does not run.
func forAWS(t *testing.T, variable string) (aws.Config, string) {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		t.Skipf("set %s to run this against AWS; see docs/testing.md", variable)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return cfg, value
}

// TestAWSBucket runs the suites in a bucket whose versioning is enabled.
func TestAWSBucket(t *testing.T) {
	cfg, bucket := forAWS(t, "AWSJAR_E2E_BUCKET")
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil })
	prefix := fmt.Sprintf("awsjar-e2e/%d/", time.Now().UnixNano())
	object := func(t *testing.T) *s3jar.Object {
		o := s3jar.NewBucket(client, bucket).Object(prefix + newName("state") + ".json")
		t.Cleanup(func() { removeVersions(t, client, bucket, strings.TrimPrefix(o.String(), "s3://"+bucket+"/")) })
		return o
	}
	t.Run("Store", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) awsjar.Store { return object(t) }, func(o *storetest.Options) { o.Increments = 2 })
	})
	t.Run("Versions", func(t *testing.T) {
		storetest.RunVersions(t, func(t *testing.T) awsjar.Versioned { return object(t) })
	})
	t.Run("Check", func(t *testing.T) {
		found, err := s3jar.NewBucket(client, bucket).Check(t.Context())
		t.Logf("%+v, %v", found, err)
		if err != nil {
			t.Error(err)
		}
	})
}

// removeVersions removes every version of a key, the current one included.
func removeVersions(t *testing.T, client *s3.Client, bucket, key string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	pages := s3.NewListObjectVersionsPaginator(client, &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: &key})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Error(err)
			return
		}
		var ids []*string
		for _, v := range page.Versions {
			ids = append(ids, v.VersionId)
		}
		for _, m := range page.DeleteMarkers {
			ids = append(ids, m.VersionId)
		}
		for _, id := range ids {
			if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key, VersionId: id}); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestAWSFunction runs the suite in variables of a function, whose others must
// be the same afterwards.
func TestAWSFunction(t *testing.T) {
	cfg, function := forAWS(t, "AWSJAR_E2E_FUNCTION")
	client := lambda.NewFromConfig(cfg)
	before := variables(t, client, function)
	storetest.Run(t, func(t *testing.T) awsjar.Store {
		store := lambdajar.New(client, function, func(o *lambdajar.Options) {
			o.Name = strings.ReplaceAll(newName("awsjar_e2e"), "-", "_")
		})
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if err := store.Delete(ctx, awsjar.Any); err != nil {
				t.Error(err)
			}
		})
		return store
	}, func(o *storetest.Options) { o.LargeValue, o.Increments = 1500, 1 })
	if after := variables(t, client, function); !maps.Equal(before, after) {
		t.Errorf("the function's variables were %v and are %v", before, after)
	}
}

func variables(t *testing.T, client *lambda.Client, function string) map[string]string {
	t.Helper()
	out, err := client.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: &function})
	if err != nil {
		t.Fatal(err)
	}
	if out.Environment == nil {
		return nil
	}
	return out.Environment.Variables
}
