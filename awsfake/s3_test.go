package awsfake_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
)

func TestS3BehindTheBackOfTheAPI(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	srv.SetVersioning("bucket", "Enabled")
	srv.PutObject("bucket", "key", []byte("one"), http.Header{"X-Amz-Meta-Id": {"7"}, "Content-Type": {"text/plain"}})
	body, header, ok := srv.Object("bucket", "key")
	if string(body) != "one" || header.Get("X-Amz-Meta-Id") != "7" || header.Get("Content-Type") != "text/plain" || header.Get("ETag") == "" || !ok {
		t.Errorf("%q %v %v", body, header, ok)
	}
	srv.PutObject("bucket", "key", []byte("two"), nil)
	srv.DeleteObject("bucket", "key")
	if _, _, ok := srv.Object("bucket", "key"); ok {
		t.Error("not deleted")
	}
	versions := srv.Versions("bucket", "key")
	if len(versions) != 3 || !versions[0].DeleteMarker || string(versions[1].Body) != "two" || versions[2].ID != header.Get("X-Amz-Version-Id") {
		t.Fatalf("%+v", versions)
	}
	srv.ProtectVersion("bucket", "key", versions[2].ID)
	c := onceS3(srv)
	for i, want := range []string{"", "", "AccessDenied"} {
		_, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key"), VersionId: &versions[i].ID})
		if code(err) != want {
			t.Errorf("version %d: %v", i, err)
		}
	}
	if body, _, _ := srv.Object("bucket", "key"); string(body) != "one" {
		t.Errorf("%q", body)
	}
}

// TestKeysThatNoRequestHas: a directory with such a key could not be opened again.
func TestKeysThatNoRequestHas(t *testing.T) {
	srv, err := awsfake.New()
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	srv.CreateBucket("bucket")
	srv.SetVersioning("bucket", "Enabled")
	for _, key := range []string{"", "\xff", strings.Repeat("k", 1025)} {
		if srv.PutObject("bucket", key, nil, nil) == nil || srv.DeleteObject("bucket", key) == nil {
			t.Errorf("%q is taken", key)
		}
	}
}

func TestBucketsElsewhere(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucketIn("far", "eu-west-1", "123456789012")
	srv.CreateBucketIn("foreign", "us-east-1", "999999999999")
	for bucket, want := range map[string]string{"far": "PermanentRedirect", "foreign": "AccessDenied"} {
		_, err := onceS3(srv).GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("key")})
		if code(err) != want {
			t.Errorf("%s: %v", bucket, err)
		}
	}
}

func TestS3Trouble(t *testing.T) {
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.S3.HideMissingKeys = true })
	srv.CreateBucket("bucket")
	read := func() string {
		_, err := onceS3(srv).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key")})
		return code(err)
	}
	if got := read(); got != "AccessDenied" {
		t.Error(got)
	}
	srv.SetS3(awsfake.S3Trouble{SlowDownEvery: 1})
	if got := read(); got != "SlowDown" {
		t.Error(got)
	}
	srv.SetS3(awsfake.S3Trouble{})
	if got := read(); got != "NoSuchKey" {
		t.Error(got)
	}
}
