package s3fake_test

import (
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestSDKRoundTrip(t *testing.T) {
	f := start(t)
	ctx, client := t.Context(), f.client()
	_, err := client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("bucket")})
	f.must(err)
	_, err = client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("bucket")})
	f.must(err)
	put, err := client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("state.json"), Body: strings.NewReader("{}"),
		Metadata: map[string]string{"Writer": "me"}, ContentType: aws.String("application/json"),
	})
	f.must(err)
	got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("state.json")})
	f.must(err)
	body, err := io.ReadAll(got.Body)
	f.must(err)
	if string(body) != "{}" || *got.ETag != *put.ETag || got.Metadata["writer"] != "me" || *got.ContentType != "application/json" {
		t.Errorf("got %q %+v", body, got)
	}
	head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("bucket"), Key: aws.String("state.json")})
	f.must(err)
	if *head.ContentLength != 2 || *head.ETag != `"99914b932bd37a50b983c5e7c90ae93b"` {
		t.Errorf("head %+v", head)
	}
	list, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: aws.String("bucket")})
	f.must(err)
	if len(list.Contents) != 1 || *list.Contents[0].Key != "state.json" || *list.Contents[0].ETag != *put.ETag {
		t.Errorf("list %+v", list)
	}
	_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String("bucket"), Key: aws.String("state.json")})
	f.must(err)
	if _, _, ok := f.service.Object("bucket", "state.json"); ok {
		t.Error("the object is still there")
	}
	_, err = client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String("bucket")})
	f.must(err)
}
