package s3fake_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
)

// TestNamesAsTheyGoOut reads the answer from the socket: HTTP libraries of Go
// change the case of names, and those of other languages show them as they come.
func TestNamesAsTheyGoOut(t *testing.T) {
	f := withBucket(t, "Enabled")
	f.do("PUT", "/bucket/key", "x", "X-Amz-Meta-Meta1", "MixedCase", "x-amz-tagging", "a=b")
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.server.URL, "http://"))
	f.must(err)
	defer conn.Close()
	fmt.Fprintf(conn, "GET /bucket/key HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	var names []string
	for lines := bufio.NewScanner(conn); lines.Scan() && lines.Text() != ""; {
		name, _, _ := strings.Cut(lines.Text(), ":")
		names = append(names, name)
	}
	all := strings.Join(names, " ")
	for _, want := range []string{
		"x-amz-meta-meta1", "x-amz-version-id", "x-amz-request-id", "x-amz-id-2", "x-amz-server-side-encryption", "x-amz-tagging-count",
		"ETag", "Last-Modified", "Content-Type", "Content-Length", "Accept-Ranges",
	} {
		if strings.Count(" "+all+" ", " "+want+" ") != 1 {
			t.Errorf("no header %s, or more than one, in %s", want, all)
		}
	}
}

// TestLifecycleRules: S3 gives rules an ID (API reference, LifecycleRule) and
// refuses no days.
func TestLifecycleRules(t *testing.T) {
	f := withBucket(t, "")
	put := func(rules string) response {
		return f.do("PUT", "/bucket?lifecycle", "<LifecycleConfiguration>"+rules+"</LifecycleConfiguration>")
	}
	const rule = "<Rule><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
	if r := put(rule + strings.Replace(rule, "<Status>", "<ID>mine</ID><Status>", 1) + rule); r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	r := f.do("GET", "/bucket?lifecycle", "")
	if strings.Count(r.body, "<ID>") != 3 || strings.Count(r.body, "<ID>mine</ID>") != 1 || r.element("ID") == "" {
		t.Errorf("the rules: %s", r.body)
	}
	if again := put(strings.TrimSuffix(strings.TrimPrefix(r.body, "<LifecycleConfiguration>"), "</LifecycleConfiguration>")); again.status != 200 {
		t.Errorf("put again: %s", again.body)
	}
	if unchanged := f.do("GET", "/bucket?lifecycle", ""); unchanged.body != r.body {
		t.Errorf("rules with IDs changed: %s", unchanged.body)
	}
	if r := put(strings.Replace(rule, ">1<", ">0<", 1)); r.status != 400 || r.element("Message") != "'Days' for Expiration action must be a positive integer" {
		t.Errorf("no days: %d %s", r.status, r.body)
	}
}
