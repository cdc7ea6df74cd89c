package s3jar_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/s3jar"
)

// prefixed sets Options.Prefix.
func prefixed(prefix string) func(*s3jar.Options) {
	return func(o *s3jar.Options) { o.Prefix = prefix }
}

// TestPrefix: two stages share a bucket, and neither reads, lists, writes or removes
// an object of the other.
func TestPrefix(t *testing.T) {
	t.Parallel()
	srv, whole := newServerBucket(t)
	client := newClient(srv)
	prod, staging := s3jar.NewBucket(client, bucketName, prefixed("a b/")), s3jar.NewBucket(client, bucketName, prefixed("staging/"))
	if prod.String() != "s3://my-bucket/a%20b/" || prod.Object("x/1").String() != "s3://my-bucket/a%20b/x/1" {
		t.Errorf("%v has %v", prod, prod.Object("x/1"))
	}
	if err := srv.PutObject(bucketName, "a b/", nil, nil); err != nil { // as the console makes a folder
		t.Fatal(err)
	}
	values := map[string]int{"x/1": 1, "x/2": 2, "y": 3}
	for _, bucket := range []*s3jar.Bucket{prod, staging} {
		if _, err := s3jar.PutAll(within(t), bucket, maps.All(values)); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := awsjar.New[int](whole.Object("a b/x/2")).Get(within(t)); n != 2 || err != nil {
		t.Errorf("the whole bucket has %d, %v", n, err)
	}
	var keys []string
	for entry, err := range s3jar.GetAll[int](within(t), prod, prod.Keys(within(t), "x/")) {
		if err != nil || entry.Value != values[entry.Key] {
			t.Errorf("%s: %d, %v", entry.Key, entry.Value, err)
		}
		keys = append(keys, entry.Key)
	}
	if !slices.Equal(keys, []string{"x/1", "x/2"}) {
		t.Errorf("below x/ there are %q", keys)
	}
	if n, err := s3jar.DeleteAll(within(t), prod, prod.Keys(within(t), "")); n != 3 || err != nil || count(srv, "DeleteObjects") != 1 || count(srv, "DeleteObject") != 0 {
		t.Errorf("DeleteAll removed %d, %v", n, err)
	}
	if n, err := lastKey(whole.Keys(within(t), "")); n != 4 || err != nil {
		t.Errorf("%d objects are left, %v", n, err)
	}
}

// TestPrefixOfScratchObjects: a program that may only write below the Prefix can
// make a check.
func TestPrefixOfScratchObjects(t *testing.T) {
	t.Parallel()
	srv, bucket := newServerBucket(t, prefixed("prod/"))
	if _, err := bucket.Check(within(t), func(o *s3jar.CheckOptions) { o.Rounds = -1 }); err != nil {
		t.Fatal(err)
	}
	for _, r := range srv.Requests() {
		if !strings.HasPrefix(r.Target, bucketName+"/prod/awsjar-check/") {
			t.Errorf("the check sent %s %s", r.Op, r.Target)
		}
	}
}

// TestPrefixErrors: a Prefix that would run into the key is refused, and a key must
// be there.
func TestPrefixErrors(t *testing.T) {
	t.Parallel()
	srv, bucket := newServerBucket(t, prefixed("prod"))
	_, listed := lastKey(bucket.Keys(within(t), ""))
	_, checked := bucket.Check(within(t))
	for _, err := range []error{
		listed, checked,
		awsjar.New[int](bucket.Object("x")).Put(within(t), 1),
		awsjar.New[int](s3jar.NewBucket(newClient(srv), bucketName, prefixed("prod/")).Object("")).Put(within(t), 1),
	} {
		if !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("%v, want ErrInvalid", err)
		}
	}
	mustSend(t, srv)
	elsewhere := s3jar.NewBucket(unordered{newClient(srv)}, "my-bucket--use1-az4--x-s3", prefixed("prod/"))
	if n, err := lastKey(elsewhere.Keys(within(t), "")); n > 1 || !errors.Is(err, awsjar.ErrUnsupported) {
		t.Errorf("a listing of other prefixes gave %d keys, %v", n, err)
	}
}
