package s3fake_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// TestConflictEvery: 409 in place of every second 412, with nothing stored
// ("either, concurrent conflicting operation").
func TestConflictEvery(t *testing.T) {
	f := withBucket(t, "", func(o *s3fake.Options) { o.Trouble.ConflictEvery = 2 })
	f.put("key", "old")
	var got []string
	for _, headers := range [][]string{{"If-None-Match", "*"}, {"If-None-Match", "*"}, {"If-Match", `"x"`}, {"If-Match", `"x"`}, {"If-Match", etagOf("old")}} {
		r := f.do("PUT", "/bucket/key", "new", headers...)
		got = append(got, r.element("Code")+" "+r.element("Condition"))
		if r.status == 409 && (r.element("Key") != "key" ||
			r.element("Message") != "The conditional request cannot succeed due to a conflicting operation against this resource.") {
			t.Error(r.body)
		}
	}
	f.expect("answers", got, "PreconditionFailed If-None-Match", "ConditionalRequestConflict If-None-Match", "PreconditionFailed If-Match",
		"ConditionalRequestConflict If-Match", " ")
}

// TestConflictIsNotRetried: the SDK hands a 409 to its caller after one attempt.
func TestConflictIsNotRetried(t *testing.T) {
	f := withBucket(t, "", func(o *s3fake.Options) { o.Trouble.ConflictEvery = 1 })
	f.put("key", "old")
	var attempts atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		attempts.Add(1)
		f.service.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	_, err := newClient(server, atOnce).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("bucket"), Key: aws.String("key"), Body: strings.NewReader("new"), IfNoneMatch: aws.String("*"),
	})
	if codeOf(err) != "ConditionalRequestConflict" || attempts.Load() != 1 {
		t.Errorf("%d attempts: %v", attempts.Load(), err)
	}
}

func TestSlowDownEvery(t *testing.T) {
	f := withBucket(t, "")
	f.service.SetTrouble(s3fake.Trouble{SlowDownEvery: 3})
	var got []string
	for range 4 {
		r := f.do("PUT", "/bucket/key", "x")
		got = append(got, r.element("Code"))
	}
	f.expect("answers", got, "", "", "SlowDown", "")
	if r := f.do("HEAD", "/bucket/key", ""); r.status != 200 {
		t.Errorf("%d", r.status)
	}
	if r := f.do("GET", "/bucket/key", ""); r.status != 503 || r.element("Message") != "Please reduce your request rate." {
		t.Errorf("%d %s", r.status, r.body)
	}
}

// TestIgnoredConditions imitates servers that ignore conditions, each call by itself.
func TestIgnoredConditions(t *testing.T) {
	put := func(f *fixture) int {
		return f.do("PUT", "/bucket/key", "new", "If-None-Match", "*").status
	}
	remove := func(f *fixture) int { return f.do("DELETE", "/bucket/key", "", "If-Match", `"x"`).status }
	batch := func(f *fixture) int {
		body := `<Delete><Object><Key>key</Key><ETag>x</ETag></Object></Delete>`
		if r := f.do("POST", "/bucket?delete", body, "Content-MD5", md5Of(body)); r.element("Code") != "" {
			return 412
		}
		return 200
	}
	copy := func(f *fixture) int {
		return f.do("PUT", "/bucket/key", "", "If-Match", `"x"`, "x-amz-copy-source", "bucket/other").status
	}
	for _, row := range []struct {
		name                      string
		trouble                   s3fake.Trouble
		put, remove, batch, copy_ int
	}{
		{"none", s3fake.Trouble{}, 412, 412, 412, 412},
		{"put", s3fake.Trouble{IgnorePutConditions: true}, 200, 412, 412, 412},
		{"delete", s3fake.Trouble{IgnoreDeleteConditions: true}, 412, 204, 200, 412},
		{"copy", s3fake.Trouble{IgnoreCopyConditions: true}, 412, 412, 412, 200},
	} {
		f := withBucket(t, "")
		f.service.SetTrouble(row.trouble)
		for _, call := range []struct {
			name string
			send func(*fixture) int
			want int
		}{{"put", put, row.put}, {"delete", remove, row.remove}, {"batch", batch, row.batch}, {"copy", copy, row.copy_}} {
			f.put("key", "old")
			f.put("other", "other")
			if got := call.send(f); got != call.want {
				t.Errorf("%s ignored: %s answers %d, want %d", row.name, call.name, got, call.want)
			}
			body, _, _ := f.service.Object("bucket", "key")
			if kept := string(body) == "old"; kept != (call.want == 412) {
				t.Errorf("%s ignored: after %s the body is %q", row.name, call.name, body)
			}
		}
	}
}

func TestRefuseChunked(t *testing.T) {
	f := withBucket(t, "", func(o *s3fake.Options) { o.Trouble.RefuseChunked = true })
	server := httptest.NewTLSServer(f.service)
	t.Cleanup(server.Close)
	in := func(crc *string) *s3.PutObjectInput {
		return &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("key"), Body: strings.NewReader("123456789"), ChecksumCRC32: crc}
	}
	if _, err := newClient(server).PutObject(t.Context(), in(nil)); codeOf(err) != "NotImplemented" {
		t.Errorf("the SDK's default over https: %v", err)
	}
	if _, _, ok := f.service.Object("bucket", "key"); ok {
		t.Error("a refused body was stored")
	}
	if _, err := newClient(server).PutObject(t.Context(), in(aws.String("y/Q5Jg=="))); err != nil {
		t.Errorf("with a checksum handed over: %v", err)
	}
}

// TestHideMissingKeys: without s3:ListBucket a missing key is 403, not 404.
func TestHideMissingKeys(t *testing.T) {
	f := withBucket(t, "Enabled", func(o *s3fake.Options) { o.Trouble.HideMissingKeys = true })
	f.put("key", "x")
	f.put("dead", "x")
	f.must(f.service.DeleteObject("bucket", "dead"))
	for _, request := range [][]string{
		{"GET", "/bucket/none"}, {"HEAD", "/bucket/none"}, {"GET", "/bucket/dead"}, {"PUT", "/bucket/none", "If-Match", `"x"`},
		{"DELETE", "/bucket/none", "If-Match", `"x"`}, {"PUT", "/bucket/copy", "x-amz-copy-source", "bucket/none"},
	} {
		r := f.do(request[0], request[1], "", request[2:]...)
		if r.status != 403 || r.header.Get("x-amz-delete-marker") != "" {
			t.Errorf("%v: %d %v", request, r.status, r.header)
		}
		if request[0] != "HEAD" && (r.element("Code") != "AccessDenied" || !strings.Contains(r.element("Message"), "s3:ListBucket")) {
			t.Errorf("%v: %s", request, r.body)
		}
	}
	if r := f.do("GET", "/bucket/key", ""); r.status != 200 {
		t.Errorf("a key that is there: %d %s", r.status, r.body)
	}
	f.service.SetTrouble(s3fake.Trouble{})
	if r := f.do("GET", "/bucket/none", ""); r.status != 404 {
		t.Errorf("trouble over: %d %s", r.status, r.body)
	}
}

func TestTruncatedBody(t *testing.T) {
	f := withBucket(t, "", func(o *s3fake.Options) { o.Trouble.BodyLimit = 4 })
	f.put("key", "0123456789")
	f.put("short", "0123")
	resp, err := f.server.Client().Get(f.server.URL + "/bucket/key")
	f.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != "0123" || resp.ContentLength != 10 {
		t.Errorf("%q of %d, %v", body, resp.ContentLength, err)
	}
	if r := f.do("GET", "/bucket/short", ""); r.body != "0123" {
		t.Errorf("a short body: %q", r.body)
	}
}

// TestSlowBody: the first half arrives, then nothing until the pause is over or the
// reader gives up.
func TestSlowBody(t *testing.T) {
	f := withBucket(t, "", func(o *s3fake.Options) { o.Trouble.BodyPause = time.Hour })
	f.put("key", "0123456789")
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", f.server.URL+"/bucket/key", nil)
	f.must(err)
	resp, err := f.server.Client().Do(req)
	f.must(err)
	defer resp.Body.Close()
	half := make([]byte, 5)
	if _, err := io.ReadFull(resp.Body, half); err != nil || string(half) != "01234" {
		t.Errorf("first half %q %v", half, err)
	}
	cancel()
	if rest, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) || len(rest) != 0 {
		t.Errorf("rest %q %v", rest, err)
	}
	f.service.SetTrouble(s3fake.Trouble{BodyPause: time.Millisecond})
	if r := f.do("GET", "/bucket/key", ""); r.body != "0123456789" {
		t.Errorf("after a short pause: %q", r.body)
	}
}

// TestVersioningDelay imitates the first enabling of versioning: it reads as
// Enabled at once, but has an effect only after a while, and objects that are
// written meanwhile may not be found.
func TestVersioningDelay(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f := withBucket(t, "", func(o *s3fake.Options) {
		o.Now = func() time.Time { return now }
		o.Trouble = s3fake.Trouble{VersioningDelay: 15 * time.Minute, HideEarlyWrites: true}
	})
	f.put("before", "x")
	enable := "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
	if r := f.do("PUT", "/bucket?versioning", enable); r.status != 200 {
		t.Fatal(r.body)
	}
	if r := f.do("GET", "/bucket?versioning", ""); r.element("Status") != "Enabled" {
		t.Errorf("status %q", r.element("Status"))
	}
	if r := f.do("PUT", "/bucket/key", "early"); r.status != 200 || r.header.Get("x-amz-version-id") != "" {
		t.Errorf("an early PUT: %d %v", r.status, r.header)
	}
	if r := f.do("GET", "/bucket/key", ""); r.status != 404 || r.element("Code") != "NoSuchKey" {
		t.Errorf("an early GET: %d %s", r.status, r.body)
	}
	if r := f.do("GET", "/bucket/before", ""); r.status != 200 {
		t.Errorf("what was there before: %d", r.status)
	}
	f.put("gone", "x")
	if r := f.do("DELETE", "/bucket/gone", ""); r.header.Get("x-amz-delete-marker") != "" || f.service.Versions("bucket", "gone") != nil {
		t.Errorf("an early DELETE: %v", r.header)
	}
	f.expect("an early listing", f.list().lines(), "before")
	f.service.SetTrouble(s3fake.Trouble{VersioningDelay: 15 * time.Minute})
	if r := f.do("GET", "/bucket/key", ""); r.body != "early" {
		t.Errorf("without HideEarlyWrites: %d %s", r.status, r.body)
	}
	now = now.Add(15 * time.Minute)
	if r := f.do("PUT", "/bucket/key", "late"); r.header.Get("x-amz-version-id") == "" {
		t.Errorf("a late PUT: %v", r.header)
	}
	f.service.SetTrouble(s3fake.Trouble{HideEarlyWrites: true})
	if r := f.do("GET", "/bucket/key?versionId=null", ""); r.body != "early" {
		t.Errorf("late, the early version: %d %s", r.status, r.body)
	}
	// Suspending and enabling again has an effect at once.
	f.service.SetTrouble(s3fake.Trouble{VersioningDelay: time.Hour})
	f.do("PUT", "/bucket?versioning", strings.Replace(enable, "Enabled", "Suspended", 1))
	f.do("PUT", "/bucket?versioning", enable)
	if r := f.do("PUT", "/bucket/key", "again"); r.header.Get("x-amz-version-id") == "" {
		t.Errorf("enabled again: %v", r.header)
	}
}
