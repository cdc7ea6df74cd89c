package s3jar

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

// TestBodyIsAllocatedOnce: a body of known length is read into memory of that
// length.
func TestBodyIsAllocatedOnce(t *testing.T) {
	text := make([]byte, 10<<20)
	length := int64(len(text))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, _, err := readBody(bytes.NewReader(text), &length, 2*length)
	runtime.ReadMemStats(&after)
	if err != nil || len(got) != len(text) {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > uint64(length)*11/10 {
		t.Errorf("reading %d bytes allocated %d", length, took)
	}
}

// TestWaits: outside of these tests the waits of a call that never succeeds are
// some 3 seconds on average. Each is random, and half of its ceiling on average.
func TestWaits(t *testing.T) {
	var all time.Duration
	for wait := range usual.Requests - 1 {
		all += min(usual.FirstWait<<wait, usual.MaxWait) / 2
	}
	if all < 2*time.Second || all > 4*time.Second {
		t.Errorf("the waits of %+v are %v together", usual, all)
	}
}

func TestResource(t *testing.T) {
	const point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine"
	for _, c := range []struct{ bucket, key, want string }{
		{"my-bucket", "", "arn:aws:s3:::my-bucket"},
		{"my-bucket", "a/b", "arn:aws:s3:::my-bucket/a/b"},
		{point, "", point},
		{point, "a/b", point + "/object/a/b"},
	} {
		if got := NewBucket(nil, c.bucket).resource(c.key); got != c.want {
			t.Errorf("the resource of %s, %q is %s; want %s", c.bucket, c.key, got, c.want)
		}
	}
	if got := (*Bucket)(nil).String() + (*Object)(nil).String(); got != "s3://s3://" {
		t.Errorf("String of nil is %q", got)
	}
}
