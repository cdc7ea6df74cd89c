package s3fake_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// childDir names the directory that this test binary, started by TestKill, writes
// to until it is killed.
const childDir = "S3FAKE_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		writeForever(dir)
	}
	os.Exit(m.Run())
}

// TestRestart: everything a client can see is the same after a restart.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	service, err := s3fake.New(s3fake.Options{Dir: dir})
	must(t, err)
	must(t, service.CreateBucket("plain"))
	must(t, service.CreateBucketIn("far", "eu-west-1", account))
	must(t, service.CreateBucket("bucket"))
	must(t, service.PutObject("bucket", "key", []byte("null body"), http.Header{"X-Amz-Meta-A": {"b"}, "Content-Type": {"text/x"}}))
	must(t, service.SetVersioning("bucket", "Enabled"))
	for _, key := range append([]string{"key", "key", "other"}, oddKeys...) {
		must(t, service.PutObject("bucket", key, []byte("body of "+key), nil))
	}
	must(t, service.DeleteObject("bucket", "key"))
	must(t, service.PutObject("plain", "replaced", []byte("old"), nil))
	must(t, service.PutObject("plain", "replaced", []byte("new\nline"), nil))
	must(t, service.PutObject("plain", "deleted", nil, nil))
	must(t, service.DeleteObject("plain", "deleted"))
	must(t, service.ProtectVersion("bucket", "other", service.Versions("bucket", "other")[0].ID))

	observe := func(s *s3fake.Service) map[string]string {
		f := &fixture{T: t, service: s}
		seen := map[string]string{}
		for _, target := range []string{
			"/", "/bucket?versions&encoding-type=url", "/bucket?list-type=2&encoding-type=url", "/bucket?versioning", "/plain?versioning",
			"/plain?versions", "/far?location", "/bucket?lifecycle", "/bucket/key?versionId=null", "/plain/replaced", "/bucket/other",
		} {
			seen[target] = f.direct("GET", target, "")
		}
		seen["undeletable"] = f.direct("DELETE", "/bucket/other?versionId="+s.Versions("bucket", "other")[0].ID, "")
		return seen
	}
	f := &fixture{T: t, service: service}
	rules := "<LifecycleConfiguration><Rule><ID>one</ID><Status>Enabled</Status></Rule></LifecycleConfiguration>"
	f.direct("PUT", "/bucket?lifecycle", rules)
	before := observe(service)
	if !strings.Contains(before["/bucket?lifecycle"], rules) || !strings.Contains(before["/plain/replaced"], "new\nline") {
		t.Fatalf("%v", before)
	}
	if _, err := s3fake.New(s3fake.Options{Dir: dir}); err == nil {
		t.Error("a second service opened the directory")
	}
	must(t, service.Close())

	again, err := s3fake.New(s3fake.Options{Dir: dir})
	must(t, err)
	defer again.Close()
	if diff := cmp.Diff(before, observe(again)); diff != "" {
		t.Errorf("after the restart (-before +after):\n%s", diff)
	}
	must(t, again.PutObject("bucket", "key", []byte("newest"), nil))
	if h := again.Versions("bucket", "key"); string(h[0].Body) != "newest" || !h[1].DeleteMarker {
		t.Errorf("the order of versions is lost: %+v", h)
	}
	info, err := os.Stat(filepath.Join(dir, "bucket"))
	if must(t, err); info.Mode().Perm() != 0o700 && runtime.GOOS != "windows" {
		t.Errorf("mode %v", info.Mode())
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// direct asks the service without a listener and returns status and body, without
// the parts that differ from answer to answer.
func (f *fixture) direct(method, target, body string) string {
	f.Helper()
	r, err := http.NewRequest(method, target, strings.NewReader(body))
	f.must(err)
	var w recorder
	f.service.ServeHTTP(&w, r)
	text, _, _ := strings.Cut(w.body.String(), "<RequestId>")
	return fmt.Sprintf("%d %s %s", w.status, w.header.Get("x-amz-meta-a"), text)
}

type recorder struct {
	header http.Header
	status int
	body   strings.Builder
}

func (w *recorder) Header() http.Header {
	if w.header == nil {
		w.header = http.Header{}
	}
	return w.header
}
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { return w.body.Write(p) }

// TestDamagedFiles: New names the file that is damaged, and clears away remains.
func TestDamagedFiles(t *testing.T) {
	dir := t.TempDir()
	open := func() error {
		s, err := s3fake.New(s3fake.Options{Dir: dir})
		if err == nil {
			err = s.Close()
		}
		return err
	}
	s, err := s3fake.New(s3fake.Options{Dir: dir})
	must(t, err)
	must(t, s.CreateBucket("bucket"))
	must(t, s.PutObject("bucket", "key", []byte("body"), nil))
	must(t, s.Close())

	files, err := filepath.Glob(filepath.Join(dir, "bucket", "objects", "*"))
	if must(t, err); len(files) != 1 || !strings.HasPrefix(filepath.Base(files[0]), "key~") {
		t.Fatalf("files %q", files)
	}
	for _, left := range []string{"bucket/+tmp-1", "bucket/objects/+tmp-2"} {
		must(t, os.WriteFile(filepath.Join(dir, left), []byte("half"), 0o600))
	}
	must(t, os.MkdirAll(filepath.Join(dir, "half-deleted", "objects"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "half-deleted", "objects", "x"), nil, 0o600))
	must(t, open())
	if left, _ := filepath.Glob(filepath.Join(dir, "bucket", "*", "+tmp-*")); left != nil {
		t.Errorf("left over: %q", left)
	}

	whole, err := os.ReadFile(files[0])
	must(t, err)
	for _, damaged := range [][]byte{nil, whole[:len(whole)-1], []byte("{}"), []byte("x"), slices.Concat(whole, []byte("x"))} {
		must(t, os.WriteFile(files[0], damaged, 0o600))
		if err := open(); err == nil || !strings.Contains(err.Error(), files[0]) {
			t.Errorf("%q: %v", damaged, err)
		}
	}
	must(t, os.WriteFile(files[0], whole, 0o600))
	must(t, open())
	settings := filepath.Join(dir, "bucket", "bucket.json")
	must(t, os.WriteFile(settings, []byte("x"), 0o600))
	if err := open(); err == nil || !strings.Contains(err.Error(), settings) {
		t.Errorf("settings: %v", err)
	}
}

// TestDiskFailure: a change that cannot be made durable is answered 500 and is not
// made.
func TestDiskFailure(t *testing.T) {
	dir := t.TempDir()
	f := withBucket(t, "", func(o *s3fake.Options) { o.Dir = dir })
	f.put("key", "old")
	f.must(f.service.CreateBucket("empty"))
	for _, name := range []string{"bucket", "empty"} { // no directories any more
		must(t, os.RemoveAll(filepath.Join(dir, name)))
		must(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	for _, request := range [][3]string{
		{"PUT", "/bucket/key", "new"}, {"PUT", "/bucket/new", "new"}, {"DELETE", "/bucket/key", ""},
		{"DELETE", "/bucket/key?versionId=null", ""}, {"DELETE", "/empty", ""},
		{"PUT", "/bucket?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"},
		{"PUT", "/bucket?lifecycle", "<LifecycleConfiguration><Rule><ID>one</ID><Status>Enabled</Status></Rule></LifecycleConfiguration>"},
	} {
		if r := f.do(request[0], request[1], request[2]); r.status != 500 || r.element("Code") != "InternalError" {
			t.Errorf("%v: %d %s", request, r.status, r.body)
		}
	}
	f.expect("objects", f.list("versions", "").lines(), "key null")
	if r := f.do("GET", "/bucket/key", ""); r.body != "old" {
		t.Errorf("GET: %d %s", r.status, r.body)
	}
	if r := f.do("GET", "/bucket?versioning", ""); r.element("Status") != "" {
		t.Error("versioning was enabled")
	}
	if r := f.do("HEAD", "/empty", ""); r.status != 200 {
		t.Errorf("the bucket is gone: %d", r.status)
	}
}

// write is the report of a child before and after each write.
type write struct {
	Bucket, Body string
	Done         bool
}

// writeForever writes growing numbers to one key of two buckets until the process
// is killed.
func writeForever(dir string) {
	s, err := s3fake.New(s3fake.Options{Dir: dir})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	out := json.NewEncoder(os.Stdout)
	first := len(s.Versions("versioned", "key"))
	for n := first; ; n++ {
		for _, bucket := range []string{"versioned", "plain"} {
			body := strings.Repeat(fmt.Sprintf("%08d", n), 500)
			if err := s.PutObject(bucket, "key", []byte(body), nil); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			if err := out.Encode(write{bucket, body, true}); err != nil {
				os.Exit(1)
			}
		}
	}
}

// TestKill kills a process that writes, again and again: every acknowledged write
// is there, whole, and in order.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	s, err := s3fake.New(s3fake.Options{Dir: dir})
	must(t, err)
	must(t, s.CreateBucket("versioned"))
	must(t, s.CreateBucket("plain"))
	must(t, s.SetVersioning("versioned", "Enabled"))
	must(t, s.Close())
	var acknowledged []string
	for round := range 20 {
		written := killed(t, dir, time.Duration(round)*400*time.Microsecond)
		s, err := s3fake.New(s3fake.Options{Dir: dir})
		must(t, err)
		var plain string
		for _, w := range written {
			if w.Bucket == "versioned" {
				acknowledged = append(acknowledged, w.Body)
			} else {
				plain = w.Body
			}
		}
		history := s.Versions("versioned", "key")
		slices.Reverse(history)
		var stored []string
		for _, v := range history {
			stored = append(stored, string(v.Body))
		}
		// The last write may have been stored and not acknowledged.
		if len(stored) == len(acknowledged)+1 {
			acknowledged = append(acknowledged, stored[len(acknowledged)])
		}
		if diff := cmp.Diff(acknowledged, stored); diff != "" {
			t.Fatalf("round %d: %d acknowledged, %d stored", round, len(acknowledged), len(stored))
		}
		if body, _, _ := s.Object("plain", "key"); string(body) < plain || len(body) != len(plain) {
			t.Fatalf("round %d: acknowledged %.8s, stored %.8s of %d bytes", round, plain, body, len(body))
		}
		must(t, s.Close())
	}
	t.Logf("%d acknowledged writes", len(acknowledged))
}

// killed runs a child until it has acknowledged some writes, lets it go on for a
// while, kills it and returns the writes that it had acknowledged.
func killed(t *testing.T, dir string, after time.Duration) []write {
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	out, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	var written []write
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var w write
		if json.Unmarshal(lines.Bytes(), &w) != nil {
			break // the line the kill cut off
		}
		if written = append(written, w); len(written) == 4 {
			time.AfterFunc(after, func() { _ = child.Process.Kill() })
		}
	}
	_ = child.Wait() // it was killed
	if len(written) < 4 {
		t.Fatalf("the child stopped by itself after %d writes", len(written))
	}
	return written
}
