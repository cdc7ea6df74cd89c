package s3jar

import (
	"testing"
	"time"
)

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
