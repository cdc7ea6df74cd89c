package s3jar_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

func newServerBucket(t testing.TB, optFns ...func(*s3jar.Options)) (*awsfake.Server, *s3jar.Bucket) {
	t.Helper()
	srv := newServer(t)
	return srv, s3jar.NewBucket(newClient(srv), bucketName, optFns...)
}

func TestKeys(t *testing.T) {
	t.Parallel()
	srv, bucket := newServerBucket(t)
	all := []string{"\x01", "a b", "a%20b", "a+b", "a/", "a/1", "a/2", "a//3", "b", "é", "日本", "😀", `<&"'>`}
	for _, key := range all {
		if err := srv.PutObject(bucketName, key, []byte(key), nil); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(all)
	for _, size := range []int32{1000, 3, 1} {
		paged := s3jar.NewBucket(pages{newClient(srv), size}, bucketName)
		for _, prefix := range []string{"", "a", "a/", "a ", "é", "none"} {
			want := slices.DeleteFunc(slices.Clone(all), func(key string) bool { return !strings.HasPrefix(key, prefix) })
			var got []string
			for key, err := range paged.Keys(within(t), prefix) {
				if err != nil {
					t.Fatal(err)
				}
				if key.Size != int64(len(key.Key)) || key.Modified.IsZero() {
					t.Errorf("Keys yielded %+v", key)
				}
				got = append(got, key.Key)
			}
			if !slices.Equal(got, want) {
				t.Errorf("in pages of %d, prefix %q: %q; want %q", size, prefix, got, want)
			}
		}
		srv.ResetRequests()
		for range paged.Keys(within(t), "") {
			break
		}
		mustSend(t, srv, "ListObjectsV2")
	}
	srv.Inject(awsfake.Fault{Op: "ListObjectsV2", Truncate: 200})
	if _, err := lastKey(bucket.Keys(within(t), "")); err != nil {
		t.Errorf("a page that was cut is not read again: %v", err)
	}
}

func lastKey(keys func(func(s3jar.KeyMeta, error) bool)) (n int, err error) {
	for _, e := range keys {
		n, err = n+1, e
	}
	return n, err
}

func TestKeysErrors(t *testing.T) {
	srv, bucket := newServerBucket(t)
	_, err := lastKey((*s3jar.Bucket)(nil).Keys(within(t), ""))
	mustBe(t, err, awsjar.ErrInvalid)
	_, err = lastKey(s3jar.NewBucket(struct{ s3jar.Client }{newClient(srv)}, bucketName).Keys(within(t), ""))
	mustBe(t, err, awsjar.ErrUnsupported)
	_, err = lastKey(s3jar.NewBucket(newClient(srv), "another-bucket").Keys(within(t), ""))
	mustBe(t, err, awsjar.ErrNoStore)
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	_, err = lastKey(bucket.Keys(ctx, ""))
	mustBe(t, err, context.Canceled)
	srv.Deny("ListObjectsV2", "", "")
	n, err := lastKey(bucket.Keys(within(t), ""))
	mustBe(t, err, awsjar.ErrAccessDenied)
	if n != 1 || !strings.HasSuffix(awsjar.Hint(err), "s3:ListBucket on arn:aws:s3:::my-bucket") {
		t.Errorf("%d yields, the hint is %q", n, awsjar.Hint(err))
	}
}

// endless sends the same page for ever.
type endless struct{ *s3.Client }

func (e endless) ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input, optFns ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	again := *in
	again.ContinuationToken = nil
	out, err := e.Client.ListObjectsV2(ctx, &again, optFns...)
	if err == nil {
		yes, token := true, "again"
		out.IsTruncated, out.NextContinuationToken = &yes, &token
	}
	return out, err
}

func (e endless) ListObjectVersions(ctx context.Context, in *s3.ListObjectVersionsInput, optFns ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
	again := *in
	again.KeyMarker, again.VersionIdMarker = nil, nil
	out, err := e.Client.ListObjectVersions(ctx, &again, optFns...)
	if err == nil {
		yes, marker := true, keyName
		out.IsTruncated, out.NextKeyMarker, out.NextVersionIdMarker = &yes, &marker, &marker
	}
	return out, err
}

func TestEndlessListings(t *testing.T) {
	srv := newServer(t)
	foreign(t, srv, "1")
	bucket := s3jar.NewBucket(endless{newClient(srv)}, bucketName)
	if n, err := lastKey(bucket.Keys(within(t), "")); err == nil || n > 5 {
		t.Errorf("Keys yielded %d, %v", n, err)
	}
	seen := 0
	var err error
	for _, err = range bucket.Object(keyName).Versions(within(t)) {
		seen++
	}
	if err == nil || seen > 5 {
		t.Errorf("Versions yielded %d, %v", seen, err)
	}
}

// rising sends pages without end whose markers are always new ones: empty, or
// each with the same entry.
type rising struct {
	*s3.Client
	empty, back bool
	pages       int
}

func (r *rising) next() *string {
	r.pages++
	n := r.pages
	if r.back {
		n = 1e6 - n
	}
	return new(fmt.Sprintf("%s%09d", keyName, n))
}

func (r *rising) ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input, optFns ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	out := &s3.ListObjectsV2Output{IsTruncated: new(true), NextContinuationToken: r.next()}
	if !r.empty {
		out.Contents = []types.Object{{Key: new(keyName)}}
	}
	return out, nil
}

func (r *rising) ListObjectVersions(ctx context.Context, in *s3.ListObjectVersionsInput, optFns ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
	return &s3.ListObjectVersionsOutput{IsTruncated: new(true), NextKeyMarker: r.next()}, nil
}

// TestListingsWithNewMarkersEnd: pages that bring nothing new end a listing,
// although each has a marker of its own; so do markers that go back.
func TestListingsWithNewMarkersEnd(t *testing.T) {
	for _, r := range []rising{{empty: true}, {empty: false}, {empty: true, back: true}} {
		client := r
		bucket := s3jar.NewBucket(&client, bucketName)
		if n, err := lastKey(bucket.Keys(within(t), "")); err == nil || n > 2 || client.pages > 1000 {
			t.Errorf("%+v: Keys yielded %d, %v", client, n, err)
		}
		client.pages = 0
		var err error
		for _, err = range bucket.Object(keyName).Versions(within(t)) {
		}
		if most := map[bool]int{false: 1000, true: 2}[r.back]; err == nil || client.pages > most {
			t.Errorf("%+v: Versions: %v", client, err)
		}
	}
}

// TestWeakETag: the hint names the cause of a weak ETag, not a delete marker.
func TestWeakETag(t *testing.T) {
	t.Parallel()
	srv, object := newObject(t)
	foreign(t, srv, "1")
	srv.Inject(awsfake.Fault{Op: "GetObject", After: true, Header: http.Header{"ETag": {`W/"abc"`}}, Times: -1})
	_, err := object.Save(within(t), []byte("2"), mustLoad(t, object, "1").Revision)
	mustBe(t, err, awsjar.ErrUnsupported)
	if !strings.Contains(awsjar.Hint(err), "weak") || strings.Contains(awsjar.Hint(err), "marker") {
		t.Errorf("the hint is %q", awsjar.Hint(err))
	}
}

func TestVersioning(t *testing.T) {
	srv, bucket := newServerBucket(t)
	mustBeAt := func(want s3jar.Versioning) {
		t.Helper()
		if got, err := bucket.Versioning(within(t)); err != nil || got != want {
			t.Errorf("Versioning returned %q, %v; want %q", got, err, want)
		}
	}
	mustBeAt(s3jar.VersioningNever)
	if err := bucket.EnableVersioning(within(t)); err != nil {
		t.Fatal(err)
	}
	mustBeAt(s3jar.VersioningEnabled)
	if err := bucket.SuspendVersioning(within(t)); err != nil {
		t.Fatal(err)
	}
	mustBeAt(s3jar.VersioningSuspended)
	mustSend(t, srv, "GetBucketVersioning", "PutBucketVersioning", "GetBucketVersioning", "PutBucketVersioning", "GetBucketVersioning")
}

func waiting(o *s3jar.VersioningOptions) { o.Wait = true }

func TestWaitForVersioning(t *testing.T) {
	t.Parallel()
	srv, bucket := newServerBucket(t)
	srv.SetS3(awsfake.S3Trouble{VersioningDelay: 200 * time.Millisecond, HideEarlyWrites: true})
	if err := bucket.EnableVersioning(within(t), waiting); err != nil {
		t.Fatal(err)
	}
	object := bucket.Object(keyName)
	if meta := save(t, object, `1`, awsjar.Any); meta.VersionID == "null" {
		t.Error("a write after the wait got no version")
	}
	if err := bucket.SuspendVersioning(within(t), waiting); err != nil {
		t.Fatal(err)
	}
	if n, err := lastKey(bucket.Keys(within(t), "awsjar-check/")); err != nil || n != 0 {
		t.Errorf("%d scratch objects are left, %v", n, err)
	}

	srv, bucket = newServerBucket(t)
	srv.SetS3(awsfake.S3Trouble{VersioningDelay: time.Hour})
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	err := bucket.EnableVersioning(ctx, waiting)
	mustBe(t, err, context.DeadlineExceeded)
}

func TestVersioningErrors(t *testing.T) {
	srv, bucket := newServerBucket(t)
	client := newClient(srv)
	for name, c := range map[string]struct {
		bucket *s3jar.Bucket
		want   error
	}{
		"nil":            {nil, awsjar.ErrInvalid},
		"directory":      {s3jar.NewBucket(client, "state--use1-az4--x-s3"), awsjar.ErrUnsupported},
		"small client":   {s3jar.NewBucket(struct{ s3jar.Client }{client}, bucketName), awsjar.ErrUnsupported},
		"missing bucket": {s3jar.NewBucket(client, "another-bucket"), awsjar.ErrNoStore},
	} {
		_, err := c.bucket.Versioning(within(t))
		for op, err := range map[string]error{
			"Versioning": err, "Enable": c.bucket.EnableVersioning(within(t), waiting), "Suspend": c.bucket.SuspendVersioning(within(t)),
		} {
			if !errors.Is(err, c.want) {
				t.Errorf("%s, %s: %v; want %v", name, op, err, c.want)
			}
		}
	}
	srv.Inject(awsfake.Fault{Op: "PutBucketVersioning", Code: "InvalidBucketState", Status: 409})
	err := bucket.SuspendVersioning(within(t))
	mustBe(t, err, awsjar.ErrUnsupported)
	if !strings.Contains(awsjar.Hint(err), "Object Lock") {
		t.Errorf("the hint is %q", awsjar.Hint(err))
	}
	srv.Deny("GetBucketVersioning", "", "")
	srv.Deny("PutBucketVersioning", "", "")
	_, err = bucket.Versioning(within(t))
	mustBe(t, err, awsjar.ErrAccessDenied)
	if !strings.Contains(awsjar.Hint(err), "s3:GetBucketVersioning on arn:aws:s3:::my-bucket") {
		t.Errorf("the hint is %q", awsjar.Hint(err))
	}
	err = bucket.EnableVersioning(within(t))
	mustBe(t, err, awsjar.ErrAccessDenied)
	if !strings.Contains(awsjar.Hint(err), "s3:PutBucketVersioning on arn:aws:s3:::my-bucket") {
		t.Errorf("the hint is %q", awsjar.Hint(err))
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	good := s3jar.Capabilities{Create: s3jar.SupportHonoured, Replace: s3jar.SupportHonoured, Delete: s3jar.SupportHonoured}
	var all sync.WaitGroup // a check is mostly waiting
	for name, c := range map[string]struct {
		set  func(t *testing.T, srv *awsfake.Server)
		want s3jar.Capabilities
		err  error
	}{
		"AWS": {want: good},
		"versioned": {want: s3jar.Capabilities{Create: s3jar.SupportHonoured, Replace: s3jar.SupportHonoured, Delete: s3jar.SupportHonoured, Versions: true},
			set: func(t *testing.T, srv *awsfake.Server) { setVersioning(t, srv, "Enabled") }},
		"DELETE ignored": {want: s3jar.Capabilities{Create: s3jar.SupportHonoured, Replace: s3jar.SupportHonoured, Delete: s3jar.SupportIgnored},
			set: func(t *testing.T, srv *awsfake.Server) { srv.SetS3(awsfake.S3Trouble{IgnoreDeleteConditions: true}) }},
		"DELETE ignored, versioned": {
			want: s3jar.Capabilities{Create: s3jar.SupportHonoured, Replace: s3jar.SupportHonoured, Delete: s3jar.SupportIgnored, Versions: true},
			set: func(t *testing.T, srv *awsfake.Server) {
				setVersioning(t, srv, "Enabled")
				srv.SetS3(awsfake.S3Trouble{IgnoreDeleteConditions: true})
			}},
		"PUT ignored": {err: awsjar.ErrUnsupported,
			want: s3jar.Capabilities{Create: s3jar.SupportIgnored, Replace: s3jar.SupportIgnored, Delete: s3jar.SupportHonoured},
			set:  func(t *testing.T, srv *awsfake.Server) { srv.SetS3(awsfake.S3Trouble{IgnorePutConditions: true}) }},
		"DELETE refused": {want: s3jar.Capabilities{Create: s3jar.SupportHonoured, Replace: s3jar.SupportHonoured, Delete: s3jar.SupportRefused},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: "DeleteObject", Code: "NotImplemented"})
			}},
		"PUT refused": {err: awsjar.ErrUnsupported,
			want: s3jar.Capabilities{Create: s3jar.SupportRefused, Replace: s3jar.SupportRefused, Delete: s3jar.SupportHonoured},
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: "PutObject", Code: "NotImplemented"})
				srv.Inject(awsfake.Fault{Op: "PutObject", Code: "NotImplemented", Skip: 1})
			}},
		"a lost answer": {want: good,
			set: func(t *testing.T, srv *awsfake.Server) {
				srv.Inject(awsfake.Fault{Op: "PutObject", After: true, Drop: true})
			}},
		"writing denied": {err: awsjar.ErrAccessDenied,
			set: func(t *testing.T, srv *awsfake.Server) { srv.Deny("PutObject", "", "") }},
		"reading denied": {err: awsjar.ErrAccessDenied, want: s3jar.Capabilities{Create: s3jar.SupportHonoured, Replace: s3jar.SupportHonoured},
			set: func(t *testing.T, srv *awsfake.Server) { srv.Deny("GetObject", "", "") }},
	} {
		check := func(t *testing.T) {
			srv, bucket := newServerBucket(t)
			foreign(t, srv, "not to be touched")
			if c.set != nil {
				c.set(t, srv)
			}
			srv.ResetRequests()
			const rounds = 3
			got, err := bucket.Check(within(t), func(o *s3jar.CheckOptions) { o.Rounds = rounds })
			mustBe(t, err, c.err)
			got.Versions = got.Versions && c.err == nil
			most := 11
			if c.err == nil {
				c.want.Rounds = rounds
				most += rounds * (6 + 6 + 2)
			}
			if got != c.want {
				t.Errorf("Check found %+v; want %+v", got, c.want)
			}
			if n := len(srv.Requests()); n > most {
				t.Errorf("%d requests; want at most %d", n, most)
			}
			for key, err := range bucket.Keys(within(t), "") {
				if err != nil || key.Key != keyName {
					t.Errorf("%q is left, %v", key.Key, err)
				}
			}
			if versions := versionsBelow(t, srv, "awsjar-check/"); versions != 0 {
				t.Errorf("%d scratch versions are left", versions)
			}
		}
		all.Go(func() { t.Run(name, check) })
	}
	all.Wait()
	_, err := (*s3jar.Bucket)(nil).Check(within(t))
	mustBe(t, err, awsjar.ErrInvalid)
}

// versionsBelow counts versions and delete markers.
func versionsBelow(t *testing.T, srv *awsfake.Server, prefix string) int {
	t.Helper()
	name := bucketName
	out, err := newClient(srv).ListObjectVersions(within(t), &s3.ListObjectVersionsInput{Bucket: &name, Prefix: &prefix})
	if err != nil {
		t.Fatal(err)
	}
	return len(out.Versions) + len(out.DeleteMarkers)
}

// TestCheckWithoutDeleteVersion: who may not remove versions leaves them
// behind a delete marker.
func TestCheckWithoutDeleteVersion(t *testing.T) {
	t.Parallel()
	srv, bucket := newServerBucket(t, func(o *s3jar.Options) { o.ScratchPrefix = "mine/" })
	setVersioning(t, srv, "Enabled")
	srv.Inject(awsfake.Fault{Op: "DeleteObject", Skip: 1, Code: "AccessDenied"})
	if _, err := bucket.Check(within(t), func(o *s3jar.CheckOptions) { o.Rounds = 2 }); err != nil {
		t.Fatal(err)
	}
	if n, _ := lastKey(bucket.Keys(within(t), "")); n != 0 {
		t.Errorf("%d keys are left", n)
	}
	if versionsBelow(t, srv, "mine/") == 0 {
		t.Error("nothing is left: this test shows nothing")
	}
}

// TestScratchObjectsLeaveNoMarker: where versioning is suspended no delete marker
// stays in the place of a scratch object.
func TestScratchObjectsLeaveNoMarker(t *testing.T) {
	t.Parallel()
	srv, bucket := newServerBucket(t)
	setVersioning(t, srv, "Enabled")
	if err := bucket.SuspendVersioning(within(t), waiting); err != nil {
		t.Fatal(err)
	}
	if n := versionsBelow(t, srv, "awsjar-check/"); n != 0 {
		t.Errorf("SuspendVersioning leaves %d", n)
	}
	if _, err := bucket.Check(within(t), func(o *s3jar.CheckOptions) { o.Rounds = 2 }); err != nil {
		t.Fatal(err)
	}
	if n := versionsBelow(t, srv, "awsjar-check/"); n != 0 {
		t.Errorf("Check leaves %d", n)
	}
}

// unordered lists two pages in no order, as a directory bucket does.
type unordered struct{ *s3.Client }

func (unordered) ListObjectsV2(_ context.Context, in *s3.ListObjectsV2Input, _ ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	if in.ContinuationToken == nil {
		return &s3.ListObjectsV2Output{IsTruncated: new(true), NextContinuationToken: new("2"), Contents: []types.Object{{Key: new("z")}}}, nil
	}
	return &s3.ListObjectsV2Output{IsTruncated: new(false), Contents: []types.Object{{Key: new("a")}}}, nil
}

// TestDirectoryBuckets: a directory bucket, by its own name and by that of an
// access point, has keys in no order, and no versions.
func TestDirectoryBuckets(t *testing.T) {
	for _, name := range []string{"state--use1-az4--x-s3", "state--use1-az4--xa-s3"} {
		bucket := s3jar.NewBucket(unordered{newClient(newServer(t))}, name)
		if n, err := lastKey(bucket.Keys(within(t), "")); n != 2 || err != nil {
			t.Errorf("%s has %d keys, %v; want 2", name, n, err)
		}
		_, err := bucket.Versioning(within(t))
		mustBe(t, err, awsjar.ErrUnsupported)
	}
}
