// Package expiry decides when a claim in a store has run out, with clocks
// that freeze, are set, and run too fast or too slow. Packages lease and once
// stand on it.
//
// The holder of a claim and its observers must never err in the same
// direction, so each side counts the time that harms only itself:
//
//	holder    counts from before its request was sent, and the longer of its two clocks
//	observer  counts the age of the claim by the store's own clock, plus [Rounding];
//	          without such a clock, the shorter of its two clocks since it first saw the claim
package expiry

import (
	"sync"
	"time"

	"github.com/awsjar/awsjar"
)

// Rounding is the error of an age that is the difference of two whole
// seconds, such as the Date and the Last-Modified of an S3 answer, one second
// at each end.
const Rounding = 2 * time.Second

// drift is the share of a time by which two clocks may differ: a twentieth.
const drift = 20

// longestTTL bounds a time to live that was read from a store, so that no sum
// overflows. Nothing lives for a hundred years.
const longestTTL = 100 * 365 * 24 * time.Hour

// Instant is one moment on both clocks of this machine. The monotonic clock
// stands still while Lambda freezes the sandbox between two invocations; the
// wall clock may be set.
type Instant struct {
	Monotonic time.Duration // since an arbitrary moment
	Wall      time.Time     // without a monotonic reading
}

// Clock returns the present moment.
type Clock func() Instant

// Started returns a Clock of this machine, whose monotonic reading counts
// from now on.
func Started() Clock {
	start := time.Now()
	return func() Instant {
		now := time.Now()
		return Instant{Monotonic: now.Sub(start), Wall: now.Round(0)}
	}
}

// Longest returns the longest time that may have passed since an earlier
// moment. The holder of a claim counts it.
func (i Instant) Longest(since Instant) time.Duration {
	return max(i.Monotonic-since.Monotonic, i.Wall.Sub(since.Wall))
}

// Shortest returns the time that has surely passed since an earlier moment.
// An observer counts it.
func (i Instant) Shortest(since Instant) time.Duration {
	return min(i.Monotonic-since.Monotonic, i.Wall.Sub(since.Wall))
}

// Observer watches the claims of one place. The zero value is ready for use,
// also concurrently.
type Observer struct {
	mu       sync.Mutex
	revision awsjar.Revision
	since    Instant // when the revision was first seen
}

// Left returns how long a claim that was written with a time to live may
// still be in force: not positive once no holder can take it for valid. meta is
// that of the claim, at the moment now.
//
// The shorter of the two counts. So where Modified is later than the store's own
// clock, which then is no clock to trust, the claim is watched for its whole
// time.
func (o *Observer) Left(now Instant, ttl time.Duration, meta awsjar.Meta) time.Duration {
	ttl = min(max(ttl, 0), longestTTL)
	wait := ttl + ttl/drift
	left := wait - o.watched(now, meta.Revision)
	if !meta.Now.IsZero() && !meta.Modified.IsZero() {
		left = min(left, wait+Rounding-meta.Now.Sub(meta.Modified))
	}
	return left
}

// watched returns for how long this revision has been there as far as this
// observer saw.
func (o *Observer) watched(now Instant, revision awsjar.Revision) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.revision != revision {
		o.revision, o.since = revision, now
	}
	return now.Shortest(o.since)
}
