// Package learned lets tests of a store run over package awsdirect from their
// first request on.
package learned

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsdirect"
	"github.com/awsjar/awsjar/s3jar"
)

// S3 returns awsdirect.S3 of a client that has seen enough requests about a
// bucket to send the next ones without the SDK's middleware. None of those that
// it has seen reached the server. It ends the test if they do not suffice.
func S3(t testing.TB, client *s3.Client, bucket string) s3jar.Client {
	t.Helper()
	g := &gate{next: client.Options().HTTPClient}
	c := awsdirect.S3(s3.New(client.Options(), func(o *s3.Options) { o.HTTPClient = g }))
	Teach(t, c, bucket, client.Options().RequestChecksumCalculation)
	g.direct.Store(0)
	call(t, c, bucket, client.Options().RequestChecksumCalculation, "333")
	if got := g.direct.Load(); got != 2 {
		t.Fatalf("of a GET and a PUT %d were sent without the SDK's middleware; want both", got)
	}
	g.open.Store(true)
	return c
}

// Teach makes two GETs and two PUTs about a bucket, in the form of s3jar's. It
// ignores their answers.
func Teach(t testing.TB, c s3jar.Client, bucket string, checksums aws.RequestChecksumCalculation) {
	call(t, c, bucket, checksums, "1")
	call(t, c, bucket, checksums, "22")
}

func call(t testing.TB, c s3jar.Client, bucket string, checksums aws.RequestChecksumCalculation, body string) {
	once := func(o *s3.Options) { o.Retryer = aws.NopRetryer{} }
	key := aws.String("another/key")
	put := &s3.PutObjectInput{Bucket: &bucket, Key: key, Body: strings.NewReader(body)}
	if checksums != aws.RequestChecksumCalculationWhenRequired {
		put.ChecksumCRC32 = aws.String("AAAAAA==")
	}
	c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: key}, once)
	c.PutObject(t.Context(), put, once)
}

// gate is an HTTP client that sends nothing until it is open, and answers that
// there is no such object.
type gate struct {
	next   s3.HTTPClient
	open   atomic.Bool
	direct atomic.Int32 // requests in whose context the SDK has not named an operation
}

func (g *gate) Do(r *http.Request) (*http.Response, error) {
	if g.open.Load() {
		return g.next.Do(r)
	}
	if awsmiddleware.GetOperationName(r.Context()) == "" {
		g.direct.Add(1)
	}
	return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}
