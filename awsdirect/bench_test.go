package awsdirect_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsdirect"
	"github.com/awsjar/awsjar/s3jar"
)

const stored = `{"n":1,"name":"acorn"}`

// memory is an HTTP client with one object, so that the benchmarks count
// nothing but the calls themselves.
type memory struct{ lineage string }

func (m *memory) Do(r *http.Request) (*http.Response, error) {
	const lineage = "X-Amz-Meta-Awsjar-Lineage"
	answer := &http.Response{StatusCode: http.StatusOK, ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody, Request: r, Header: http.Header{
		"Etag": {`"d41d8cd98f00b204e9800998ecf8427e"`}, "Date": {time.Now().UTC().Format(http.TimeFormat)},
		"Server": {"AmazonS3"}, "X-Amz-Request-Id": {"4711"}, "X-Amz-Server-Side-Encryption": {"AES256"},
	}}
	if r.Method == http.MethodPut {
		m.lineage = r.Header.Get(lineage)
		_, err := io.Copy(io.Discard, r.Body)
		return answer, err
	}
	answer.Header["Content-Type"] = []string{"application/json"}
	answer.Header["Last-Modified"] = answer.Header["Date"]
	answer.Header[lineage] = []string{m.lineage}
	answer.Body, answer.ContentLength = io.NopCloser(strings.NewReader(stored)), int64(len(stored))
	return answer, nil
}

// BenchmarkStore: a warm Get and Put, with the SDK's middleware and without.
func BenchmarkStore(b *testing.B) {
	client := func() *s3.Client {
		return s3.NewFromConfig(aws.Config{Region: "eu-central-1", HTTPClient: &memory{}, Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", "")})
	}
	for name, client := range map[string]s3jar.Client{"SDK": client(), "direct": awsdirect.S3(client())} {
		object := s3jar.NewBucket(client, bucketName).Object(keyName)
		load := func(b *testing.B) awsjar.Meta {
			_, meta, err := object.Load(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			return meta
		}
		save := func(b *testing.B, data string, replaces awsjar.Revision) awsjar.Meta {
			meta, err := object.Save(b.Context(), []byte(data), replaces)
			if err != nil {
				b.Fatal(err)
			}
			return meta
		}
		for n := range 3 { // two with different bodies are learned from
			save(b, fmt.Sprint(n), awsjar.Any)
			load(b)
		}
		b.Run(name+"/Get", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				load(b)
			}
		})
		b.Run(name+"/Put", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				save(b, stored, awsjar.Any)
			}
		})
		b.Run(name+"/PutIf", func(b *testing.B) {
			b.ReportAllocs()
			meta := load(b)
			for b.Loop() {
				meta = save(b, stored, meta.Revision)
			}
		})
	}
}
