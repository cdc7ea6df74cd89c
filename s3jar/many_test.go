package s3jar_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/s3jar"
)

// counting notes how many requests are under way at once, and lists in pages
// of 100.
type counting struct {
	pages
	now, most atomic.Int64
}

func (c *counting) GetObject(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	n := c.now.Add(1)
	defer c.now.Add(-1)
	for {
		most := c.most.Load()
		if n <= most || c.most.CompareAndSwap(most, n) {
			return c.pages.GetObject(ctx, in, optFns...)
		}
	}
}

func numbers(n int) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i := range n {
			if !yield(fmt.Sprintf("n/%05d.json", i), i) {
				return
			}
		}
	}
}

// TestMany writes, reads and removes more objects than a listing has on a
// page, and looks at the memory that it takes. BenchmarkGetAll does it with
// ten thousand.
func TestMany(t *testing.T) {
	const n = 350
	srv := newServer(t)
	client := &counting{pages: pages{newClient(srv), 100}}
	bucket := s3jar.NewBucket(client, bucketName)
	var progress []int
	stored, err := s3jar.PutAll(within(t), bucket, numbers(n), func(o *s3jar.ManyOptions) {
		o.Progress = func(done int) { progress = append(progress, done) }
	})
	if err != nil || stored != n || len(progress) != n || !slices.IsSorted(progress) || progress[n-1] != n {
		t.Fatalf("PutAll stored %d, %v; progress ended at %d", stored, err, len(progress))
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	peak, seen := uint64(0), 0
	for entry, err := range s3jar.GetAll[int](within(t), bucket, bucket.Keys(within(t), "n/")) {
		if err != nil || entry.Value != seen || entry.Key != fmt.Sprintf("n/%05d.json", seen) || entry.Revision == awsjar.None {
			t.Fatalf("GetAll yielded %+v, %v; want %d", entry, err, seen)
		}
		if seen++; seen%100 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
		}
	}
	t.Logf("%d KiB more on the heap, at most %d at once", peak>>10, client.most.Load())
	if seen != n || peak > 8<<20 || client.most.Load() > 16 || client.most.Load() < 2 {
		t.Errorf("read %d with %d bytes and %d at once; want %d, 8 MiB and 2 to 16", seen, peak, client.most.Load(), n)
	}
	removed, err := s3jar.DeleteAll(within(t), bucket, bucket.Keys(within(t), "n/"))
	if err != nil || removed != n {
		t.Errorf("DeleteAll removed %d, %v", removed, err)
	}
	if left, err := lastKey(bucket.Keys(within(t), "")); err != nil || left != 0 {
		t.Errorf("%d keys are left, %v", left, err)
	}
}

func TestGetAllErrors(t *testing.T) {
	srv, bucket := newServerBucket(t)
	if _, err := s3jar.PutAll(within(t), bucket, maps.All(map[string]int{"a": 1, "c": 3})); err != nil {
		t.Fatal(err)
	}
	if err := srv.PutObject(bucketName, "d", []byte("corrupt"), nil); err != nil {
		t.Fatal(err)
	}
	var got []string
	for entry, err := range s3jar.GetAll[int](within(t), bucket, s3jar.KeyList("c", "b", "a", "d", "")) {
		text := fmt.Sprint(entry.Value)
		for name, kind := range map[string]error{"missing": awsjar.ErrNotFound, "corrupt": awsjar.ErrCorrupt, "invalid": awsjar.ErrInvalid} {
			if errors.Is(err, kind) {
				text = name
			}
		}
		got = append(got, entry.Key+": "+text)
	}
	if want := []string{"c: 3", "b: missing", "a: 1", "d: corrupt", ": invalid"}; !slices.Equal(got, want) {
		t.Errorf("GetAll yielded %q; want %q", got, want)
	}

	srv.Deny("ListObjectsV2", "", "")
	var last error
	n := 0
	for _, last = range s3jar.GetAll[int](within(t), bucket, bucket.Keys(within(t), "")) {
		n++
	}
	mustBe(t, last, awsjar.ErrAccessDenied)
	if n != 1 {
		t.Errorf("a listing that is denied yields %d entries", n)
	}
}

// TestManyMisuse: a concurrency below 0 and a nil iterator are refused before any
// request.
func TestManyMisuse(t *testing.T) {
	srv := newServer(t)
	bucket := s3jar.NewBucket(newClient(srv), bucketName)
	negative := func(o *s3jar.ManyOptions) { o.Concurrency = -1 }
	_, put := s3jar.PutAll(within(t), bucket, numbers(1), negative)
	_, putNil := s3jar.PutAll[int](within(t), bucket, nil)
	_, remove := s3jar.DeleteAll(within(t), bucket, s3jar.KeyList("a"), negative)
	_, removeNil := s3jar.DeleteAll(within(t), bucket, nil)
	all := []error{put, putNil, remove, removeNil}
	for _, err := range s3jar.GetAll[int](within(t), bucket, s3jar.KeyList("a"), negative) {
		all = append(all, err)
	}
	for _, err := range s3jar.GetAll[int](within(t), bucket, nil) {
		all = append(all, err)
	}
	for _, err := range all {
		mustBe(t, err, awsjar.ErrInvalid)
		if awsjar.Hint(err) == "" {
			t.Errorf("%v has no hint", err)
		}
	}
	if len(all) != 6 {
		t.Errorf("%d errors", len(all))
	}
	mustSend(t, srv)
}

// TestGetAllStops: when the loop stops nothing is left behind.
func TestGetAllStops(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	client := &counting{pages: pages{newClient(srv), 100}}
	bucket := s3jar.NewBucket(client, bucketName)
	if _, err := s3jar.PutAll(within(t), bucket, numbers(100)); err != nil {
		t.Fatal(err)
	}
	one := func(o *s3jar.ManyOptions) { o.Concurrency = 1 }
	srv.ResetRequests()
	for n, optFns := range [][]func(*s3jar.ManyOptions){{one}, nil} {
		for range s3jar.GetAll[int](within(t), bucket, bucket.Keys(within(t), ""), optFns...) {
			break
		}
		if under := client.now.Load(); under != 0 || count(srv, "GetObject") > 17 {
			t.Errorf("%d requests are under way after the loop, %d were sent", under, count(srv, "GetObject"))
		}
		if got := count(srv, "GetObject"); n == 0 && got != 1 {
			t.Errorf("with a concurrency of 1 a loop that stops at once sent %d", got)
		}
	}
	ctx, cancel := context.WithCancel(within(t))
	defer cancel()
	seen := 0
	var err error
	for _, err = range s3jar.GetAll[int](ctx, bucket, bucket.Keys(ctx, "")) {
		if seen++; seen == 3 {
			cancel()
		}
	}
	mustBe(t, err, context.Canceled)
}

func TestPutAllErrors(t *testing.T) {
	t.Parallel()
	srv, bucket := newServerBucket(t)
	srv.Inject(awsfake.Fault{Op: "PutObject", Target: bucketName + "/n/00003.json", Code: "AccessDenied", Times: -1})
	srv.Inject(awsfake.Fault{Op: "PutObject", Target: bucketName + "/n/00007.json", Code: "AccessDenied", Times: -1})
	stored, err := s3jar.PutAll(within(t), bucket, numbers(100))
	mustBe(t, err, awsjar.ErrAccessDenied)
	if left, _ := lastKey(bucket.Keys(within(t), "")); stored != left || left > 20 {
		t.Errorf("PutAll counted %d, and %d are stored; want it to stop, and to count all", stored, left)
	}
	if joined, ok := err.(interface{ Unwrap() []error }); !ok || len(joined.Unwrap()) != 1 {
		t.Errorf("PutAll returned %v; want the first error alone", err)
	}
	stored, err = s3jar.PutAll(within(t), bucket, numbers(100), func(o *s3jar.ManyOptions) { o.KeepGoing = true })
	mustBe(t, err, awsjar.ErrAccessDenied)
	joined, ok := err.(interface{ Unwrap() []error })
	if left, _ := lastKey(bucket.Keys(within(t), "")); stored != 98 || left != 98 || !ok || len(joined.Unwrap()) != 2 {
		t.Errorf("PutAll counted %d, %d are stored; want 98 and 2 errors: %v", stored, left, err)
	}
	removed, err := s3jar.DeleteAll(within(t), bucket, s3jar.KeyList("n/00001.json", "absent"))
	if err != nil || removed != 2 {
		t.Errorf("DeleteAll removed %d, %v", removed, err)
	}
	_, err = s3jar.PutAll(within(t), nil, numbers(1))
	mustBe(t, err, awsjar.ErrInvalid)
	_, err = s3jar.PutAll(within(t), bucket, maps.All(map[string]float64{"nan": nan()}))
	mustBe(t, err, awsjar.ErrInvalid)
	_, err = s3jar.PutAll(within(t), bucket, maps.All(map[string][]byte{"raw": {0xff}}), func(o *s3jar.ManyOptions) { o.Codec = awsjar.Bytes{} })
	if body, _, _ := srv.Object(bucketName, "raw"); err != nil || string(body) != "\xff" {
		t.Errorf("the codec is not used: %q, %v", body, err)
	}
}

// TestAllCounted: the writes under way while the first object fails are counted.
func TestAllCounted(t *testing.T) {
	srv, bucket := newServerBucket(t)
	var begun sync.WaitGroup
	begun.Add(15)
	for n := 1; n < 16; n++ {
		target := fmt.Sprintf("%s/n/%05d.json", bucketName, n)
		srv.Inject(awsfake.Fault{Op: "PutObject", Target: target, After: true, Then: begun.Done})
	}
	srv.Inject(awsfake.Fault{Op: "PutObject", Target: bucketName + "/n/00000.json", Code: "AccessDenied", Hook: begun.Wait})
	progress := 0
	stored, err := s3jar.PutAll(within(t), bucket, numbers(1000), func(o *s3jar.ManyOptions) { o.Progress = func(done int) { progress = done } })
	mustBe(t, err, awsjar.ErrAccessDenied)
	if stored != 15 || progress != 16 {
		t.Errorf("PutAll counted %d of %d; want 15 of 16", stored, progress)
	}
}

// TestGetAllBreak: the reads under way when the loop ends are cancelled.
func TestGetAllBreak(t *testing.T) {
	srv, bucket := newServerBucket(t)
	if _, err := s3jar.PutAll(within(t), bucket, numbers(4)); err != nil {
		t.Fatal(err)
	}
	srv.Inject(awsfake.Fault{Op: "GetObject", Target: bucketName + "/n/00003.json", Delay: 1 << 40, Times: -1})
	start := time.Now()
	for _, err := range s3jar.GetAll[int](within(t), bucket, bucket.Keys(within(t), "")) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("the end of the loop took %v", took)
	}
}

func nan() float64 { zero := 0.0; return zero / zero }

func BenchmarkGetAll(b *testing.B) {
	const n = 10_000
	srv, bucket := newServerBucket(b)
	for key, value := range numbers(n) {
		if err := srv.PutObject(bucketName, key, fmt.Append(nil, value), nil); err != nil {
			b.Fatal(err)
		}
	}
	var before, now runtime.MemStats
	peak := uint64(0)
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		seen := 0
		for _, err := range s3jar.GetAll[int](b.Context(), bucket, bucket.Keys(b.Context(), "")) {
			if err != nil {
				b.Fatal(err)
			}
			if seen++; seen%1000 == 0 {
				runtime.GC()
				runtime.ReadMemStats(&now)
				peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
			}
		}
		if seen != n {
			b.Fatalf("read %d objects; want %d", seen, n)
		}
	}
	b.ReportMetric(float64(peak>>10), "KiB-heap")
}

// TestKeepGoingEnds: with KeepGoing a sequence without end ends with the context.
func TestKeepGoingEnds(t *testing.T) {
	_, bucket := newServerBucket(t)
	goOn := func(o *s3jar.ManyOptions) { o.KeepGoing = true }
	for name, call := range map[string]func(context.Context, iter.Seq[string]) error{
		"PutAll": func(ctx context.Context, all iter.Seq[string]) error {
			_, err := s3jar.PutAll(ctx, bucket, func(yield func(string, int) bool) {
				all(func(key string) bool { return yield(key, 1) })
			}, goOn)
			return err
		},
		"DeleteAll": func(ctx context.Context, all iter.Seq[string]) error {
			_, err := s3jar.DeleteAll(ctx, bucket, func(yield func(s3jar.KeyMeta, error) bool) {
				all(func(key string) bool { return yield(s3jar.KeyMeta{Key: key}, nil) })
			}, goOn)
			return err
		},
	} {
		ctx, cancel := context.WithCancel(within(t))
		n := 0
		err := call(ctx, func(yield func(string) bool) {
			for n < 5000 && yield("key") {
				if n++; n == 10 {
					cancel()
				}
			}
		})
		if !errors.Is(err, context.Canceled) || n > 1000 {
			t.Errorf("%s asked for %d keys, the error is one of the context: %t", name, n, errors.Is(err, context.Canceled))
		}
	}
}

// TestPutAllOfOneKey: the last value of a key stays, however long the PUTs of
// those before it take.
func TestPutAllOfOneKey(t *testing.T) {
	srv, bucket := newServerBucket(t)
	srv.Inject(awsfake.Fault{Op: "PutObject", Delay: 50 * time.Millisecond, Code: "SlowDown"})
	stored, err := s3jar.PutAll(within(t), bucket, func(yield func(string, int) bool) {
		for n := 1; n <= 40 && yield("same", n); n++ {
		}
	})
	if got, _ := awsjar.New[int](bucket.Object("same")).Get(within(t)); stored != 40 || err != nil || got != 40 {
		t.Errorf("stored %d, %v, and %d stays; want the last one, 40", stored, err, got)
	}
}

// TestProgressOfAListing: a listing that fails is no object that is done.
func TestProgressOfAListing(t *testing.T) {
	srv, bucket := newServerBucket(t)
	if _, err := s3jar.PutAll(within(t), bucket, numbers(3)); err != nil {
		t.Fatal(err)
	}
	srv.Inject(awsfake.Fault{Op: "ListObjectsV2", Skip: 1, Code: "AccessDenied", Times: -1})
	paged := s3jar.NewBucket(pages{newClient(srv), 3}, bucketName)
	last := 0
	keys := func(yield func(s3jar.KeyMeta, error) bool) {
		paged.Keys(within(t), "")(yield)
		paged.Keys(within(t), "")(yield)
	}
	for range s3jar.GetAll[int](within(t), paged, keys, func(o *s3jar.ManyOptions) { o.Progress = func(done int) { last = done } }) {
	}
	if last != 3 {
		t.Errorf("%d objects are done; want 3", last)
	}
}
