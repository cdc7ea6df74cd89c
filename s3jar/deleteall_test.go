package s3jar_test

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// fill stores n objects, n/00000.json and so on.
func fill(t *testing.T, srv *awsfake.Server, n int) {
	t.Helper()
	for key := range numbers(n) {
		if err := srv.PutObject(bucketName, key, []byte("1"), nil); err != nil {
			t.Fatal(err)
		}
	}
	srv.ResetRequests()
}

// TestDeleteAllRequests: ten thousand objects take ten requests, and ten more
// to list them.
func TestDeleteAllRequests(t *testing.T) {
	t.Parallel()
	const n = 10_000
	srv, bucket := newServerBucket(t)
	fill(t, srv, n)
	progress := 0
	removed, err := s3jar.DeleteAll(within(t), bucket, bucket.Keys(within(t), ""), func(o *s3jar.ManyOptions) {
		o.Progress = func(done int) { progress = done }
	})
	if sent := len(ops(srv)); removed != n || progress != n || err != nil || sent > 20 {
		t.Errorf("removed %d (progress %d), %v, by %d requests", removed, progress, err, sent)
	}
	if left, err := lastKey(bucket.Keys(within(t), "")); left != 0 || err != nil {
		t.Errorf("%d are left, %v", left, err)
	}
}

// TestDeleteAllWithoutBatches: where a server refuses DeleteObjects, each key is
// removed by itself, and a server that has none is not asked again.
func TestDeleteAllWithoutBatches(t *testing.T) {
	const n = 1002 // the second batch has two keys, so that a batch is worth it
	for _, c := range []struct {
		code          string
		status, asked int
	}{
		{"NotImplemented", 501, 1}, {"MethodNotAllowed", 405, 1}, {"MissingContentMD5", 400, 1}, {"AccessDenied", 403, 2},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			srv, bucket := newServerBucket(t)
			fill(t, srv, n)
			srv.Inject(awsfake.Fault{Op: "DeleteObjects", Code: c.code, Status: c.status, Times: -1})
			removed, err := s3jar.DeleteAll(within(t), bucket, bucket.Keys(within(t), ""))
			if asked := count(srv, "DeleteObjects"); removed != n || err != nil || asked != c.asked || count(srv, "DeleteObject") != n {
				t.Errorf("removed %d, %v, by %d and %d requests", removed, err, asked, count(srv, "DeleteObject"))
			}
		})
	}
}

// partial removes nothing by DeleteObjects, and says that it removed one key and
// one that nobody asked for.
type partial struct {
	*s3.Client
	asked int
}

func (c *partial) DeleteObjects(context.Context, *s3.DeleteObjectsInput, ...func(*s3.Options)) (*s3.DeleteObjectsOutput, error) {
	c.asked++
	return &s3.DeleteObjectsOutput{
		Deleted: []types.DeletedObject{{Key: aws.String("n/00001.json")}, {Key: aws.String("another")}, {}},
		Errors:  []types.Error{{Key: aws.String("n/00002.json"), Code: aws.String("AccessDenied")}},
	}, nil
}

// TestDeleteAllErrors: the error of each key is that of its own request, and no
// key counts as removed that the answer does not name.
func TestDeleteAllErrors(t *testing.T) {
	srv := newServer(t)
	client := &partial{Client: newClient(srv)}
	bucket := s3jar.NewBucket(client, bucketName)
	fill(t, srv, 100)
	for _, key := range []string{"n/00002.json", "n/00003.json"} {
		srv.Inject(awsfake.Fault{Op: "DeleteObject", Target: bucketName + "/" + key, Code: "AccessDenied", Times: -1})
	}
	keys := s3jar.KeyList("n/00001.json", "n/00001.json", "n/00002.json", "n/00003.json", "n/00004.json", "")
	removed, err := s3jar.DeleteAll(within(t), bucket, keys, func(o *s3jar.ManyOptions) { o.KeepGoing = true })
	mustBe(t, err, awsjar.ErrAccessDenied)
	mustBe(t, err, awsjar.ErrInvalid)
	joined, _ := err.(interface{ Unwrap() []error })
	if removed != 3 || len(joined.Unwrap()) != 3 {
		t.Errorf("removed %d, %v; want 3 and 3 errors", removed, err)
	}
	if _, _, there := srv.Object(bucketName, "n/00004.json"); there {
		t.Error("a key that the answer does not name is still there")
	}
	client.asked = 0
	many := s3jar.KeyList(append(slices.Repeat([]string{"n/00003.json"}, 1500), slices.Repeat([]string{"n/00005.json"}, 1500)...)...)
	removed, err = s3jar.DeleteAll(within(t), bucket, many)
	mustBe(t, err, awsjar.ErrAccessDenied)
	if removed != 0 || client.asked > 1 {
		t.Errorf("removed %d by %d batches; want it to stop", removed, client.asked)
	}
}

// TestDeleteAllOfKeysThatXMLCannotHold: the SDK writes U+FFFD for a character that
// XML cannot hold, which is another key.
func TestDeleteAllOfKeysThatXMLCannotHold(t *testing.T) {
	t.Parallel()
	srv, bucket := newServerBucket(t)
	const other = "a\ufffd"
	for _, key := range []string{"a\x01", "a\uffff", other, "b", "c\r\n", "\U0001f43f"} {
		if err := srv.PutObject(bucketName, key, []byte("1"), nil); err != nil {
			t.Fatal(err)
		}
	}
	removed, err := s3jar.DeleteAll(within(t), bucket, s3jar.KeyList("a\x01", "a\uffff", "b", "c\r\n", "\U0001f43f"))
	if removed != 5 || err != nil {
		t.Errorf("removed %d: %v", removed, err)
	}
	if last, err := lastKey(bucket.Keys(within(t), "")); last != 1 || err != nil {
		t.Errorf("%d are left, want the one that was not named: %v", last, err)
	}
}
