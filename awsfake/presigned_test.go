package awsfake_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
)

// follow sends a request as a presigned link asks for, to an address that may have
// been tampered with.
func follow(t *testing.T, srv *awsfake.Server, link *v4.PresignedHTTPRequest, url, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), link.Method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range link.SignedHeader {
		if !strings.EqualFold(name, "Host") && !strings.EqualFold(name, "Content-Length") {
			r.Header[name] = values
		}
	}
	return do(t, srv, r)
}

func TestPresignedLinks(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	srv.PutObject("bucket", "a b/é", []byte("body"), nil)
	links := s3.NewPresignClient(s3.NewFromConfig(srv.Config()))
	link, err := links.PresignGetObject(t.Context(), &s3.GetObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("a b/é"), ResponseContentType: aws.String("text/x+y; a=b"),
	}, s3.WithPresignExpires(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	replace := func(old, new string) string {
		url := strings.Replace(link.URL, old, new, 1)
		if url == link.URL {
			t.Fatalf("no %q in %s", old, url)
		}
		return url
	}
	tests := []struct {
		row, url string
		want     answer
	}{
		{"as it should be", link.URL, answer{status: 200}},
		{"another key", replace("/bucket/", "/bucket/x"), answer{403, "SignatureDoesNotMatch", s3NoMatch}},
		{"another life", replace("X-Amz-Expires=60", "X-Amz-Expires=61"), answer{403, "SignatureDoesNotMatch", s3NoMatch}},
		{"another parameter", link.URL + "&versionId=1", answer{403, "SignatureDoesNotMatch", s3NoMatch}},
		{"a life over a week", replace("X-Amz-Expires=60", "X-Amz-Expires=604801"),
			answer{400, "AuthorizationQueryParametersError", "X-Amz-Expires must be between 1 and 604800 seconds"}},
		{"no signature", replace("X-Amz-Signature=", "Y="), answer{400, "AuthorizationQueryParametersError", "the Signature is malformed."}},
		{"Signature Version 2", srv.URL() + "/bucket/key?AWSAccessKeyId=" + awsfake.DefaultAccessKey + "&Signature=c2ln&Expires=1800000000",
			answer{400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."}},
		{"no algorithm", replace("X-Amz-Algorithm=", "Y="),
			answer{400, "InvalidRequest", "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."}},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			if got := follow(t, srv, link, tt.url, ""); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
	t.Run("expired", func(t *testing.T) {
		c, _ := srv.Config().Credentials.Retrieve(t.Context())
		r := request(t, srv, "GET", "/bucket/key?X-Amz-Expires=60", "")
		url, _, err := v4.NewSigner().PresignHTTP(t.Context(), c, r, "UNSIGNED-PAYLOAD", "s3", "us-east-1", time.Now().Add(-2*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if got := follow(t, srv, link, url, ""); got != (answer{403, "AccessDenied", "Request has expired"}) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("put", func(t *testing.T) {
		put, err := links.PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("new"), ContentType: aws.String("text/plain")})
		if err != nil {
			t.Fatal(err)
		}
		if got := follow(t, srv, put, put.URL, "any body"); got.status != 200 {
			t.Errorf("%+v", got)
		}
		if body, _, _ := srv.Object("bucket", "new"); string(body) != "any body" {
			t.Errorf("%q", body)
		}
		put.SignedHeader.Set("Content-Type", "text/html")
		if got := follow(t, srv, put, put.URL, "any body"); got.code != "SignatureDoesNotMatch" {
			t.Errorf("another content type: %+v", got)
		}
	})
}
