package awsfake_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
)

func TestDeny(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", map[string]string{"KEY": "1"})
	srv.CreateBucket("bucket")
	srv.Deny("UpdateFunctionConfiguration", "fn", "lambda:UpdateFunctionConfiguration")
	denied := srv.Deny("PutObject", "bucket/key", "")
	_, err := update(t.Context(), lambdaClient(srv), "fn", "", nil)
	want := "User: arn:aws:iam::123456789012:user/awsfake is not authorized to perform: lambda:UpdateFunctionConfiguration on resource: " + functionARN +
		"fn because no identity-based policy allows the lambda:UpdateFunctionConfiguration action"
	if code(err) != "AccessDeniedException" || message(err) != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	err = putObject(t.Context(), onceS3(srv), "new")
	want = `User: arn:aws:iam::123456789012:user/awsfake is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::bucket/key" because no identity-based policy allows the s3:PutObject action`
	if code(err) != "AccessDenied" || message(err) != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	srv.Deny("ListObjectsV2", "bucket", "")
	_, err = onceS3(srv).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("bucket")})
	want = `User: arn:aws:iam::123456789012:user/awsfake is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::bucket" because no identity-based policy allows the s3:ListBucket action`
	if code(err) != "AccessDenied" || message(err) != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	srv.Deny("Invoke", "fn", "")
	_, err = lambdaClient(srv).Invoke(t.Context(), &lambda.InvokeInput{FunctionName: aws.String("fn")})
	if !strings.Contains(message(err), " perform: lambda:InvokeFunction on ") {
		t.Error(err)
	}
	srv.Deny("CreateMultipartUpload", "bucket/key", "")
	_, err = onceS3(srv).CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String("bucket"), Key: aws.String("key")})
	if !strings.Contains(message(err), " perform: s3:PutObject on ") {
		t.Error(err)
	}
	get(t, lambdaClient(srv), "fn")
	denied.Remove()
	if err := putObject(t.Context(), onceS3(srv), "new"); err != nil {
		t.Error(err)
	}
	if env, _ := srv.Environment("fn"); env["KEY"] != "1" {
		t.Error(env)
	}
}
