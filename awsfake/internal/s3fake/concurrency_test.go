package s3fake_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

const writers = 16

// together runs n functions at the same time and waits for them.
func together(n int, run func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { run(i) })
	}
	wg.Wait()
}

// TestCompareAndSwap: 16 writers increment one counter with If-Match; no increment
// is lost.
func TestCompareAndSwap(t *testing.T) {
	for _, row := range []struct {
		name, versioning string
		each             int // increments per writer
		options          func(*s3fake.Options)
	}{
		{"never versioned", "", 5, func(o *s3fake.Options) {}},
		{"enabled", "Enabled", 5, func(o *s3fake.Options) {}},
		{"suspended", "Suspended", 5, func(o *s3fake.Options) {}},
		{"with conflicts", "Enabled", 5, func(o *s3fake.Options) { o.Trouble.ConflictEvery = 3 }},
		{"on disk", "", 1, func(o *s3fake.Options) { o.Dir = t.TempDir() }},
		{"on disk, enabled", "Enabled", 1, func(o *s3fake.Options) { o.Dir = t.TempDir() }},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := withBucket(t, row.versioning, row.options)
			f.put("counter", "0")
			together(writers, func(int) {
				for range row.each {
					for !f.increment() {
					}
				}
			})
			if body, _, _ := f.service.Object("bucket", "counter"); string(body) != strconv.Itoa(writers*row.each) {
				t.Errorf("counted %s of %d", body, writers*row.each)
			}
			want := 1
			if row.versioning == "Enabled" {
				want = writers*row.each + 1
			}
			if n := len(f.service.Versions("bucket", "counter")); n != want {
				t.Errorf("%d versions, want %d", n, want)
			}
		})
	}
}

// increment reads the counter and tries to write the next value once.
func (f *fixture) increment() bool {
	r := f.do("GET", "/bucket/counter", "")
	n, err := strconv.Atoi(r.body)
	if err != nil {
		f.Errorf("a counter of %q", r.body)
		return true
	}
	r = f.do("PUT", "/bucket/counter", strconv.Itoa(n+1), "If-Match", r.header.Get("ETag"))
	switch r.status {
	case 200:
		return true
	case 409, 412:
		return false
	}
	f.Errorf("PUT: %d %s", r.status, r.body)
	return true
}

// TestCreateRace: of 16 writers with If-None-Match:* exactly one wins, also where a
// delete marker is on top.
func TestCreateRace(t *testing.T) {
	for _, versioning := range []string{"", "Enabled"} {
		f := withBucket(t, versioning)
		for round := range 10 {
			key := fmt.Sprint("key", round)
			if round%2 == 1 {
				f.put(key, "old")
				f.must(f.service.DeleteObject("bucket", key))
			}
			var won, lost atomic.Int32
			var winner atomic.Value
			together(writers, func(i int) {
				body := fmt.Sprint("writer ", i)
				switch r := f.do("PUT", "/bucket/"+key, body, "If-None-Match", "*"); r.status {
				case 200:
					won.Add(1)
					winner.Store(body)
				case 412:
					lost.Add(1)
				default:
					t.Errorf("%d %s", r.status, r.body)
				}
			})
			body, _, _ := f.service.Object("bucket", key)
			if won.Load() != 1 || lost.Load() != writers-1 || string(body) != winner.Load() {
				t.Fatalf("%s %q: %d won, %d lost, stored %q", key, versioning, won.Load(), lost.Load(), body)
			}
		}
	}
}

// TestDeleteRace: of 16 conditional deletes exactly one succeeds; the others find
// nothing.
func TestDeleteRace(t *testing.T) {
	for _, versioning := range []string{"", "Enabled"} {
		f := withBucket(t, versioning)
		for range 10 {
			etag, _ := f.put("key", "body")
			before := len(f.service.Versions("bucket", "key"))
			var won atomic.Int32
			together(writers, func(int) {
				switch r := f.do("DELETE", "/bucket/key", "", "If-Match", etag); r.status {
				case 204:
					won.Add(1)
				case 404:
				default:
					t.Errorf("%d %s", r.status, r.body)
				}
			})
			if won.Load() != 1 {
				t.Fatalf("%q: %d deletes succeeded", versioning, won.Load())
			}
			if versioning == "Enabled" && len(f.service.Versions("bucket", "key")) != before+1 {
				t.Fatal("more than one marker")
			}
		}
	}
}

// TestNeverTorn: readers see whole bodies with their own ETag and metadata while
// others write, delete and copy.
func TestNeverTorn(t *testing.T) {
	for name, row := range map[string]struct {
		dir    string
		writes int // per writer
	}{"memory": {"", 30}, "disk": {t.TempDir(), 8}} {
		t.Run(name, func(t *testing.T) {
			f := withBucket(t, "", func(o *s3fake.Options) { o.Dir = row.dir })
			f.put("key", "00")
			done := make(chan struct{})
			var readers sync.WaitGroup
			for range 4 {
				readers.Go(func() {
					for {
						select {
						case <-done:
							return
						default:
							f.readWhole()
						}
					}
				})
			}
			together(8, func(i int) {
				body := strings.Repeat(strconv.Itoa(i), 1000*(i+1))
				for n := range row.writes {
					switch n % 8 {
					case 7:
						f.do("DELETE", "/bucket/key", "")
					case 6:
						f.do("PUT", "/bucket/key", "", "x-amz-copy-source", "bucket/key", "x-amz-storage-class", "STANDARD")
					default:
						f.do("PUT", "/bucket/key", body, "x-amz-meta-writer", strconv.Itoa(i))
					}
				}
			})
			close(done)
			readers.Wait()
		})
	}
}

func (f *fixture) readWhole() {
	r := f.do("GET", "/bucket/key", "")
	if r.status == 404 {
		return
	}
	if r.status != 200 || r.body == "" || strings.Trim(r.body, r.body[:1]) != "" || r.header.Get("ETag") != etagOf(r.body) {
		f.Errorf("torn: %d, %d bytes, ETag %s", r.status, len(r.body), r.header.Get("ETag"))
	}
	if w := r.header.Get("x-amz-meta-writer"); w != "" && w != r.body[:1] {
		f.Errorf("the metadata of writer %s with the body of %s", w, r.body[:1])
	}
}

// TestConcurrentEverything runs every kind of call at once, for the race detector
// and for deadlocks.
func TestConcurrentEverything(t *testing.T) {
	f := withBucket(t, "", func(o *s3fake.Options) { o.Dir = t.TempDir() })
	versioning := "<VersioningConfiguration><Status>%s</Status></VersioningConfiguration>"
	batch := "<Delete><Object><Key>a</Key></Object><Object><Key>b</Key><VersionId>null</VersionId></Object></Delete>"
	together(8, func(i int) {
		for n := range 4 {
			key := "/bucket/" + string("abc"[(i+n)%3])
			f.do("PUT", key, "x")
			f.do("GET", "/bucket?versions", "")
			f.do("GET", "/bucket?list-type=2", "")
			f.do("PUT", "/bucket?versioning", fmt.Sprintf(versioning, []string{"Enabled", "Suspended"}[n%2]))
			f.do("POST", "/bucket?delete", batch, "Content-MD5", md5Of(batch))
			f.do("PUT", key, "", "x-amz-copy-source", "bucket/c", "If-None-Match", "*")
			f.do("DELETE", key+"?versionId=null", "")
			f.do("DELETE", "/bucket", "")
			f.do("PUT", "/other", "")
			f.do("DELETE", "/other", "")
			f.do("GET", "/", "")
			f.service.SetTrouble(s3fake.Trouble{ConflictEvery: n})
		}
	})
}
