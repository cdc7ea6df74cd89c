package s3jar_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/s3jar"
)

// flood answers each request with a beginning and blanks without end, and counts
// the bytes of the longest answer that were read.
type flood struct {
	status  int
	begins  string
	longest atomic.Int64
}

func (f *flood) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	header := http.Header{"Etag": {`"e"`}, "Content-Type": {"application/xml"}}
	return &http.Response{StatusCode: f.status, Header: header, ContentLength: -1, Request: r,
		Body: io.NopCloser(&blanks{flood: f, begins: strings.NewReader(f.begins)})}, nil
}

// blanks is the body of one answer.
type blanks struct {
	*flood
	begins *strings.Reader
	read   int64
}

func (b *blanks) Read(p []byte) (n int, err error) {
	if n, _ = b.begins.Read(p); n == 0 {
		for n = range p {
			p[n] = ' '
		}
		n = len(p)
	}
	b.read += int64(n)
	for longest := b.longest.Load(); b.read > longest && !b.longest.CompareAndSwap(longest, b.read); longest = b.longest.Load() {
	}
	return n, nil
}

// TestAnswersWithoutEnd: no call reads more of an answer than its kind may have.
func TestAnswersWithoutEnd(t *testing.T) {
	t.Parallel()
	type place struct {
		bucket *s3jar.Bucket
		object *s3jar.Object
	}
	const keyPage, page, answer, value = 4 << 20, 8 << 20, 1 << 20, 2 << 20
	for name, c := range map[string]struct {
		status int
		begins string
		most   int64
		call   func(context.Context, place) error
	}{
		"a page of keys": {200, "<ListBucketResult>", keyPage, func(ctx context.Context, p place) (err error) {
			for _, err = range p.bucket.Keys(ctx, "") {
			}
			return err
		}},
		"a page of versions": {200, "<ListVersionsResult>", page, func(ctx context.Context, p place) (err error) {
			for _, err = range p.object.Versions(ctx) {
			}
			return err
		}},
		"deleted keys": {200, "<DeleteResult>", page, func(ctx context.Context, p place) (err error) {
			_, err = s3jar.DeleteAll(ctx, p.bucket, s3jar.KeyList("a", "b"))
			return err
		}},
		"a value": {200, "", value, func(ctx context.Context, p place) error {
			_, _, err := p.object.Load(ctx)
			return err
		}},
		"the answer to a write": {200, "", answer, func(ctx context.Context, p place) error {
			_, err := p.object.Save(ctx, []byte("1"), awsjar.Any)
			return err
		}},
		"an error": {403, "<Error>", answer, func(ctx context.Context, p place) error {
			_, _, err := p.object.Load(ctx)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &flood{status: c.status, begins: c.begins}
			client := s3.NewFromConfig(aws.Config{Region: "eu-west-1", HTTPClient: f, Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", "")},
				func(o *s3.Options) { o.Retryer = aws.NopRetryer{} })
			bucket := s3jar.NewBucket(client, bucketName, func(o *s3jar.Options) { o.MaxSize = value })
			err := c.call(within(t), place{bucket, bucket.Object(keyName)})
			const ahead = 1 << 16 // that a reader takes before it looks
			if longest := f.longest.Load(); longest < c.most || longest > c.most+ahead {
				t.Errorf("%d bytes were read, want %d: %v", longest, c.most, err)
			}
		})
	}
}
