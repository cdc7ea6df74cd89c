package e2e

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/awsjar/awsjar/awsfake"
)

// condition is one row of the table of conditional requests: a request for a
// key in some state, and the answer of AWS.
type condition struct {
	request string
	state   string // absent, live, changed (another ETag than the one used), marker
	aws     string // status and code
}

// conditions are the answers of AWS, on a bucket with versioning: recorded
// against AWS by others and in its documentation (docs/testing.md).
var conditions = []condition{
	{"PUT If-None-Match:*", "absent", "200"},
	{"PUT If-None-Match:*", "live", "412 PreconditionFailed"},
	{"PUT If-None-Match:*", "marker", "200"},
	{"PUT If-None-Match:etag", "live", "501 NotImplemented"},
	{"PUT If-Match:etag", "live", "200"},
	{"PUT If-Match:etag", "changed", "412 PreconditionFailed"},
	{"PUT If-Match:etag", "absent", "404 NoSuchKey"},
	{"PUT If-Match:etag", "marker", "404 NoSuchKey"},
	{"PUT If-Match:*", "live", "501 NotImplemented"},
	{"PUT both", "live", "501 NotImplemented"},
	{"DELETE If-Match:etag", "live", "204"},
	{"DELETE If-Match:*", "live", "204"},
	{"DELETE If-Match:etag", "changed", "412 PreconditionFailed"},
	{"DELETE If-Match:etag", "absent", "404 NoSuchKey"},
	{"DELETE If-Match:*", "absent", "404 NoSuchKey"},
	{"DELETE If-Match:etag", "marker", "404 NoSuchKey"},
	{"DELETE", "absent", "204"},
	{"COPY If-None-Match:*", "live", "412 PreconditionFailed"},
	{"COPY If-Match:etag", "changed", "412 PreconditionFailed"},
	{"COPY If-Match:etag", "absent", "404 NoSuchKey"},
	{"GET If-None-Match:etag", "live", "304 NotModified"},
	{"GET If-Match:etag", "changed", "412 PreconditionFailed"},
	{"GET", "absent", "404 NoSuchKey"},
	{"GET", "marker", "404 NoSuchKey"},
}

// answers are those of a server that differ from AWS's, by request and state.
var answers = map[string]map[string]string{
	"versitygw": {
		"PUT If-None-Match:* marker":  "412 PreconditionFailed",
		"PUT If-Match:etag marker":    "200",
		"PUT If-Match:* live":         "412 PreconditionFailed",
		"DELETE If-Match:* live":      "412 PreconditionFailed",
		"DELETE If-Match:etag absent": "204",
		"DELETE If-Match:* absent":    "204",
		"DELETE If-Match:etag marker": "204",
		"COPY If-None-Match:* live":   "200",
		"COPY If-Match:etag changed":  "200",
		"COPY If-Match:etag absent":   "200",
	},
	"minio": {
		"PUT If-None-Match:etag live":  "412 PreconditionFailed",
		"PUT If-Match:* live":          "200",
		"PUT both live":                "412 PreconditionFailed",
		"DELETE If-Match:etag changed": "204", // and the object is gone
		"DELETE If-Match:etag absent":  "204",
		"DELETE If-Match:* absent":     "204",
		"DELETE If-Match:etag marker":  "204",
		"COPY If-None-Match:* live":    "200",
		"COPY If-Match:etag changed":   "200",
		"COPY If-Match:etag absent":    "200",
	},
}

// TestConditions sends every conditional request to awsfake, which must answer
// as AWS does, and to the other servers, whose differences must be the known
// ones.
func TestConditions(t *testing.T) {
	t.Run("awsfake", func(t *testing.T) {
		srv := awsfake.NewServer(t)
		client := s3.NewFromConfig(srv.Config(), func(o *s3.Options) { o.UsePathStyle = true })
		checkConditions(t, "awsfake", client)
	})
	eachServer(t, func(t *testing.T, s *server) { checkConditions(t, s.name, s.s3Client()) })
}

func checkConditions(t *testing.T, name string, client *s3.Client) {
	bucket := newBucket(t, client, true)
	put := func(key, body string) string {
		out, err := client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		return aws.ToString(out.ETag)
	}
	put("source", "copied")
	for i, c := range conditions {
		key := fmt.Sprintf("key-%d", i)
		etag := `"00000000000000000000000000000000"`
		switch c.state {
		case "live":
			etag = put(key, "first")
		case "changed":
			etag = put(key, "first")
			put(key, "second")
		case "marker":
			etag = put(key, "first")
			if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: &key}); err != nil {
				t.Fatal(err)
			}
		}
		row := c.request + " " + c.state
		want, known := answers[name][row]
		if !known {
			want = c.aws
		}
		if got := send(t, client, c.request, bucket, key, etag); got != want {
			t.Errorf("%s: %s; want %s", row, got, want)
		}
	}
}

// send makes a request, once, and returns status and code of its answer.
func send(t *testing.T, client *s3.Client, request, bucket, key, etag string) string {
	t.Helper()
	once := func(o *s3.Options) { o.Retryer = aws.NopRetryer{} }
	method, header, _ := strings.Cut(request, " ")
	var match, noneMatch *string
	switch header {
	case "If-Match:etag":
		match = &etag
	case "If-Match:*":
		match = aws.String("*")
	case "If-None-Match:etag":
		noneMatch = &etag
	case "If-None-Match:*":
		noneMatch = aws.String("*")
	case "both":
		match, noneMatch = &etag, aws.String("*")
	}
	var err error
	ok := "200"
	switch method {
	case "PUT":
		_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("new"), IfMatch: match, IfNoneMatch: noneMatch}, once)
	case "DELETE":
		ok = "204"
		_, err = client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: &key, IfMatch: match}, once)
	case "COPY":
		_, err = client.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: &bucket, Key: &key, CopySource: aws.String(bucket + "/source"), IfMatch: match, IfNoneMatch: noneMatch}, once)
	case "GET":
		_, err = client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: &key, IfMatch: match, IfNoneMatch: noneMatch}, once)
	}
	if err == nil {
		return ok
	}
	var resp *awshttp.ResponseError
	var api smithy.APIError
	if !errors.As(err, &resp) || !errors.As(err, &api) {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", resp.HTTPStatusCode(), api.ErrorCode())
}
