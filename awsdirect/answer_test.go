package awsdirect_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar/internal/direct/directtest"
	"github.com/awsjar/awsjar/internal/direct/learned"
	"github.com/awsjar/awsjar/s3jar"
)

// TestOddHeaders: a header that AWS does not send, but a proxy, another server or a
// test's transport may, is read as the SDK reads it: with the same result, or with
// an error where the SDK has one.
func TestOddHeaders(t *testing.T) {
	const bucketKey, sum = "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled", "X-Amz-Checksum-Crc32"
	for name, odd := range map[string]http.Header{
		"no value":         {"Date": nil, "Etag": {}},
		"two values":       {"X-Amz-Meta-A": {"1", "2"}},
		"white space":      {"X-Amz-Meta-A": {" 1\t"}, "Etag": {` "e" `}},
		"lower case":       {"x-amz-meta-lower": {"1"}},
		"a bool of Python": {bucketKey: {"True"}},
		"a bool of C":      {bucketKey: {"1"}},
		"no bool":          {bucketKey: {"maybe"}},
		"no metadata":      {"X-Amz-Meta-": {"1"}},
		"right checksum":   {sum: {"g9zvtw=="}},
		"wrong checksum":   {sum: {"AAAAAA=="}},
		"no checksum":      {sum: {""}},
		"no base64":        {sum: {"?"}},
	} {
		for _, validation := range []aws.ResponseChecksumValidation{0, aws.ResponseChecksumValidationWhenSupported, aws.ResponseChecksumValidationWhenRequired} {
			t.Run(fmt.Sprint(name, "/", validation), func(t *testing.T) {
				answers := smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
					header := http.Header{"Etag": {`"e"`}, "Content-Length": {"0"}}
					response := &http.Response{StatusCode: 200, Header: header, Body: http.NoBody, Request: r}
					if r.Method == http.MethodGet {
						response.ContentLength, response.Body = 1, io.NopCloser(strings.NewReader("1"))
						header.Set("Content-Length", "1")
					}
					for name, values := range odd.Clone() {
						header[name] = values
					}
					return response, nil
				})
				official := s3.New(s3.Options{Region: "eu-west-1", HTTPClient: answers, Retryer: aws.NopRetryer{}, Credentials: directtest.Credentials{}, ResponseChecksumValidation: validation})
				want := readingOf(official)
				got := readingOf(learned.S3(t, official, bucketName))
				if got.failed != want.failed {
					t.Errorf("the calls failed: %v; with the SDK %v", got.failed, want.failed)
				}
				sameFields(t, name, want.get, got.get)
				sameFields(t, name, want.put, got.put)
			})
		}
	}
}

// reading is how a client took the answers to a GET and a PUT.
type reading struct {
	get    *s3.GetObjectOutput // without its body
	put    *s3.PutObjectOutput
	failed [3]bool // the GET, the reading of its body, the PUT
}

func readingOf(c s3jar.Client) (r reading) {
	get, err := c.GetObject(context.Background(), &s3.GetObjectInput{Bucket: aws.String(bucketName), Key: aws.String(keyName)})
	if r.failed[0] = err != nil; err != nil {
		get = &s3.GetObjectOutput{Body: http.NoBody}
	}
	_, err = io.Copy(io.Discard, get.Body)
	r.get, r.failed[1] = get, err != nil
	get.Body = nil
	r.put, err = c.PutObject(context.Background(), &s3.PutObjectInput{Bucket: aws.String(bucketName), Key: aws.String(keyName), Body: strings.NewReader("1"), ChecksumCRC32: aws.String("AAAAAA==")})
	if r.failed[2] = err != nil; err != nil {
		r.put = &s3.PutObjectOutput{}
	}
	return r
}
