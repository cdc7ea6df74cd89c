package s3jar_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
	"github.com/awsjar/awsjar/storetest"
)

func TestVersions(t *testing.T) {
	t.Parallel()
	storetest.RunVersions(t, func(t *testing.T) awsjar.Versioned {
		_, object := newVersioned(t)
		return object
	})
}

// TestVersionsBesideOthers: a key whose name begins with this one is not this
// one, and a call about one of them leaves the other alone.
func TestVersionsBesideOthers(t *testing.T) {
	srv, _ := newVersioned(t)
	bucket := s3jar.NewBucket(newClient(srv), bucketName)
	for _, key := range []string{"job", "job-1", "job-10", "job/1", "a job"} {
		save(t, bucket.Object(key), `"`+key+`"`, awsjar.Any)
	}
	for key, want := range map[string]int{"job": 1, "job-1": 1, "jo": 0, "job-": 0, "a": 0} {
		if got := history(t, bucket.Object(key)); len(got) != want {
			t.Errorf("%q has %d versions; want %d", key, len(got), want)
		}
	}
	jar := awsjar.New[string](bucket.Object("job-1"))
	if err := jar.Delete(within(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := jar.Prune(within(t), 1); err != nil {
		t.Fatal(err)
	}
	if value, err := jar.Get(within(t)); err != nil || value != "" {
		t.Errorf("a deleted key returned %q, %v", value, err)
	}
	for _, key := range []string{"job", "job-10", "job/1", "a job"} {
		mustLoad(t, bucket.Object(key), `"`+key+`"`)
	}
}

func history(t testing.TB, o *s3jar.Object) []awsjar.Meta {
	t.Helper()
	var all []awsjar.Meta
	for meta, err := range o.Versions(within(t)) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, meta)
	}
	return all
}

// kinds is a history as a text: "v" for a version, "m" for a delete marker.
func kinds(all []awsjar.Meta) string {
	var b strings.Builder
	for _, meta := range all {
		b.WriteString(map[bool]string{true: "m", false: "v"}[meta.Deleted])
	}
	return b.String()
}

// TestVersionsOrder: writes and deletes within one second, which their times
// cannot tell apart, across pages.
func TestVersionsOrder(t *testing.T) {
	srv, _ := newVersioned(t)
	var want strings.Builder
	for n := range 30 {
		if n%3 == 1 || n%7 == 2 {
			remove(t, srv)
			want.WriteString("m")
		} else {
			foreign(t, srv, fmt.Sprint(n))
			want.WriteString("v")
		}
	}
	newestFirst := []byte(want.String())
	slices.Reverse(newestFirst)
	for _, size := range []int32{1000, 7, 1} {
		paged := s3jar.NewBucket(pages{newClient(srv), size}, bucketName).Object(keyName)
		srv.ResetRequests()
		all := history(t, paged)
		if got := kinds(all); got != string(newestFirst) {
			t.Errorf("in pages of %d the history is %s; want %s", size, got, newestFirst)
		}
		if requests := len(srv.Requests()); requests != (30+int(size)-1)/int(size) {
			t.Errorf("in pages of %d: %d requests", size, requests)
		}
		for i, meta := range all {
			if meta.Latest != (i == 0) || meta.Revision != awsjar.None || meta.Modified.IsZero() {
				t.Errorf("version %d is %+v", i, meta)
			}
		}
	}
}

// pages asks for smaller pages.
type pages struct {
	*s3.Client
	size int32
}

func (p pages) ListObjectVersions(ctx context.Context, in *s3.ListObjectVersionsInput, optFns ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
	in.MaxKeys = &p.size
	return p.Client.ListObjectVersions(ctx, in, optFns...)
}

func (p pages) ListObjectsV2(ctx context.Context, in *s3.ListObjectsV2Input, optFns ...func(*s3.Options)) (*s3.ListObjectsV2Output, error) {
	in.MaxKeys = &p.size
	return p.Client.ListObjectsV2(ctx, in, optFns...)
}

func TestVersionsOfOddKeys(t *testing.T) {
	srv, _ := newVersioned(t)
	bucket := s3jar.NewBucket(pages{newClient(srv), 1}, bucketName)
	for _, key := range []string{"a b", "a+b", "a%20b", "\x01\t\n", "é/日本", `"<&>'`, "/a//b/", strings.Repeat("x", 1024)} {
		object := bucket.Object(key)
		for _, value := range []string{"1", "2", "3"} {
			save(t, object, value, awsjar.Any)
		}
		if got := len(history(t, object)); got != 3 {
			t.Errorf("%q has %d versions; want 3", key, got)
		}
	}
}

// TestVersioningStates: the history without versioning, and before and after it
// was switched on.
func TestVersioningStates(t *testing.T) {
	srv, object := newObject(t)
	if got := history(t, object); len(got) != 0 {
		t.Fatalf("nothing has the history %+v", got)
	}
	save(t, object, `1`, awsjar.Any)
	save(t, object, `2`, awsjar.Any)
	all := history(t, object)
	if len(all) != 1 || all[0].VersionID != "null" || !all[0].Latest {
		t.Fatalf("without versioning the history is %+v; want the version null", all)
	}
	if data, _, err := object.LoadVersion(within(t), "null"); err != nil || string(data) != `2` {
		t.Fatalf("LoadVersion(null) returned %s, %v", data, err)
	}
	mustBe(t, object.DeleteVersion(within(t), "null"), awsjar.ErrConflict)

	setVersioning(t, srv, "Enabled")
	meta := mustLoad(t, object, `2`)
	if meta.VersionID != "null" {
		t.Errorf("the version of before is %q; want null", meta.VersionID)
	}
	mustBe(t, object.DeleteVersion(within(t), "null"), awsjar.ErrConflict)
	enabled := save(t, object, `3`, meta.Revision)
	setVersioning(t, srv, "Suspended")
	if suspended := save(t, object, `4`, enabled.Revision); suspended.VersionID != "null" {
		t.Errorf("while suspended a Save returned the id %q; want null", suspended.VersionID)
	}
	all = history(t, object)
	if len(all) != 2 || all[0].VersionID != "null" || all[1].VersionID != enabled.VersionID {
		t.Errorf("the history is %+v", all)
	}
	if err := object.Delete(within(t), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if got := kinds(history(t, object)); got != "mv" {
		t.Errorf("after a Delete while suspended the history is %s; want mv", got)
	}
	mustBe(t, object.DeleteVersion(within(t), "null"), awsjar.ErrConflict) // the marker
}

func TestBadVersions(t *testing.T) {
	srv, object := newVersioned(t)
	first := save(t, object, `1`, awsjar.Any)
	save(t, object, `2`, awsjar.Any)
	if err := object.Delete(within(t), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	marker := history(t, object)[0]
	other := save(t, s3jar.NewBucket(newClient(srv), bucketName).Object("other"), `1`, awsjar.Any)
	for name, c := range map[string]struct {
		id   string
		want error
	}{
		"absent":      {other.VersionID, awsjar.ErrNotFound},
		"malformed":   {"no-such-thing", awsjar.ErrInvalid},
		"with a NUL":  {"\x00", awsjar.ErrInvalid},
		"very long":   {strings.Repeat("x", 1025), awsjar.ErrInvalid},
		"empty":       {"", awsjar.ErrInvalid},
		"a marker":    {marker.VersionID, awsjar.ErrNotFound},
		"an old one":  {first.VersionID, nil},
		"null, never": {"null", awsjar.ErrNotFound},
	} {
		_, meta, err := object.LoadVersion(within(t), c.id)
		if !errors.Is(err, c.want) || meta.Revision != awsjar.None {
			t.Errorf("LoadVersion of %s: %v; want %v", name, err, c.want)
		}
		if errors.Is(err, awsjar.ErrNoStore) {
			t.Errorf("LoadVersion of %s: %v", name, err)
		}
	}
	mustBe(t, object.DeleteVersion(within(t), marker.VersionID), awsjar.ErrConflict)
	mustBe(t, object.DeleteVersion(within(t), ""), awsjar.ErrInvalid)
	mustBe(t, object.DeleteVersion(within(t), "no-such-thing"), awsjar.ErrInvalid)
	if err := object.DeleteVersion(within(t), other.VersionID); err != nil {
		t.Errorf("DeleteVersion of an absent one: %v", err)
	}
	if _, _, ok := srv.Object(bucketName, "other"); !ok {
		t.Error("a version of another key was removed")
	}
}

// TestDeleteVersionHidden: where a 404 is shown as 403, or the server does
// not name the marker, the listing tells the current version.
func TestDeleteVersionHidden(t *testing.T) {
	srv, object := newVersioned(t)
	old := save(t, object, `1`, awsjar.Any)
	if err := object.Delete(within(t), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	marker := history(t, object)[0]
	srv.Inject(awsfake.Fault{Op: "HeadObject", Code: "AccessDenied", Times: -1})
	srv.ResetRequests()
	mustBe(t, object.DeleteVersion(within(t), marker.VersionID), awsjar.ErrConflict)
	mustSend(t, srv, "HeadObject", "ListObjectVersions")
	if err := object.DeleteVersion(within(t), old.VersionID); err != nil {
		t.Error(err)
	}
	srv.Deny("ListObjectVersions", "", "")
	mustBe(t, object.DeleteVersion(within(t), marker.VersionID), awsjar.ErrAccessDenied)
}

// TestPruneLocked: versions that Object Lock protects stay, and do not stop
// a Prune.
func TestPruneLocked(t *testing.T) {
	srv, object := newVersioned(t)
	for n := range 5 {
		save(t, object, fmt.Sprint(n), awsjar.Any)
	}
	srv.Inject(awsfake.Fault{Op: "DeleteObject", Code: "AccessDenied"})
	removed, err := awsjar.New[int](object).Prune(within(t), 2)
	if err != nil || removed != 2 || len(history(t, object)) != 3 {
		t.Errorf("removed %d, %v; want 2 of 3", removed, err)
	}
}

func TestVersionsErrors(t *testing.T) {
	srv, object := newVersioned(t)
	save(t, object, `1`, awsjar.Any)
	last := func(o *s3jar.Object) (err error) {
		for _, e := range o.Versions(within(t)) {
			err = e
		}
		return err
	}
	client := newClient(srv)
	directory := s3jar.NewBucket(client, "state--use1-az4--x-s3").Object(keyName)
	_, _, load := directory.LoadVersion(within(t), "x")
	srv.ResetRequests()
	for _, err := range []error{last(directory), load, directory.DeleteVersion(within(t), "x")} {
		mustBe(t, err, awsjar.ErrUnsupported)
	}
	small := struct{ s3jar.Client }{client} // Get, Head, Put, Delete alone
	mustBe(t, last(s3jar.NewBucket(small, bucketName).Object(keyName)), awsjar.ErrUnsupported)
	mustBe(t, last(nil), awsjar.ErrInvalid)
	mustBe(t, last(s3jar.NewBucket(client, bucketName).Object("")), awsjar.ErrInvalid)
	mustSend(t, srv)
	mustBe(t, last(s3jar.NewBucket(client, "another-bucket").Object(keyName)), awsjar.ErrNoStore)

	srv.Inject(awsfake.Fault{Op: "ListObjectVersions", Truncate: 150, Times: 2})
	if err := last(object); err != nil {
		t.Errorf("a page that was cut is not read again: %v", err)
	}
	denied := srv.Deny("ListObjectVersions", "", "")
	err := last(object)
	mustBe(t, err, awsjar.ErrAccessDenied)
	if !strings.Contains(awsjar.Hint(err), "s3:ListBucketVersions on arn:aws:s3:::my-bucket") || strings.Contains(awsjar.Hint(err), keyName) {
		t.Errorf("the hint is %q", awsjar.Hint(err))
	}
	denied.Remove()
	if err := last(s3jar.NewBucket(deaf{client}, bucketName).Object(keyName)); err == nil {
		t.Error("a client that drops the options can list versions in the wrong order")
	}
}

// deaf drops the options, as an implementation must not.
type deaf struct{ *s3.Client }

func (d deaf) ListObjectVersions(ctx context.Context, in *s3.ListObjectVersionsInput, _ ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
	return d.Client.ListObjectVersions(ctx, in)
}

// TestManyVersions reads a history of 10,000 versions beside another key that
// shares its prefix: 10 requests, and the memory of a page.
func TestManyVersions(t *testing.T) {
	srv, object := newVersioned(t)
	if err := srv.PutObject(bucketName, keyName+"x", []byte("another"), nil); err != nil {
		t.Fatal(err)
	}
	for n := range 10_000 {
		foreign(t, srv, fmt.Sprint(n))
	}
	for range 3 {
		save(t, s3jar.NewBucket(newClient(srv), bucketName).Object(keyName+"x"), "1", awsjar.Any)
	}
	srv.ResetRequests()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	seen, peak := 0, uint64(0)
	var previous awsjar.Meta
	for meta, err := range object.Versions(within(t)) {
		if err != nil {
			t.Fatal(err)
		}
		if seen > 0 && meta.Modified.After(previous.Modified) {
			t.Fatalf("version %d is newer than the one before", seen)
		}
		if seen++; seen%1000 == 999 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
		}
		previous = meta
	}
	requests := len(srv.Requests())
	t.Logf("%d versions, %d requests, %d KiB more on the heap", seen, requests, peak>>10)
	if seen != 10_000 || requests > 11 || peak > 8<<20 {
		t.Errorf("%d versions by %d requests with %d bytes; want 10000, 11 and 8 MiB at most", seen, requests, peak)
	}
	srv.ResetRequests()
	for range object.Versions(within(t)) {
		break
	}
	mustSend(t, srv, "ListObjectVersions")
}

// TestReviveRefusals: Revive stores no value that Load would not read, and says
// the same of an id as LoadVersion.
func TestReviveRefusals(t *testing.T) {
	srv, _ := newVersioned(t)
	object := s3jar.NewBucket(newClient(srv), bucketName, func(o *s3jar.Options) { o.MaxSize = 10 }).Object(keyName)
	id := save(t, object, `1`, awsjar.Any).VersionID
	if err := object.Delete(within(t), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	_, err := object.Revive(within(t), []byte(`"123456789"`), id)
	mustBe(t, err, awsjar.ErrTooLarge)
	for _, id := range []string{history(t, object)[0].VersionID, "null", "no-version"} {
		_, _, want := object.LoadVersion(within(t), id)
		_, err := object.Revive(within(t), []byte(`2`), id)
		if err == nil || err.Error() != want.Error() || awsjar.Hint(err) != awsjar.Hint(want) {
			t.Errorf("%s: %v, hint %q; LoadVersion says %v", id, err, awsjar.Hint(err), want)
		}
	}
}

// withoutVersions is a cache on the way to S3 that knows objects by their path alone.
type withoutVersions struct{ *s3.Client }

func (c withoutVersions) GetObject(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	asked := *in
	asked.VersionId = nil
	return c.Client.GetObject(ctx, &asked, optFns...)
}

// TestAnotherVersion: the current value is never taken for an earlier one.
func TestAnotherVersion(t *testing.T) {
	srv, object := newVersioned(t)
	save(t, object, `"first"`, awsjar.Any)
	save(t, object, `"second"`, awsjar.Any)
	all := history(t, object)
	jar := awsjar.New[string](s3jar.NewBucket(withoutVersions{newClient(srv)}, bucketName).Object(keyName))
	if entry, err := jar.At(within(t), all[1].VersionID); err == nil {
		t.Errorf("the first version is %q", entry.Value)
	}
	if _, err := jar.Restore(within(t), all[1].VersionID); err == nil {
		t.Error("another version was restored")
	}
	if entry, err := jar.At(within(t), all[0].VersionID); err != nil || entry.Value != "second" {
		t.Errorf("the current version is %q, %v", entry.Value, err)
	}
}
