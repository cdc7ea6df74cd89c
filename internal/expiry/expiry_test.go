package expiry_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/expiry"
)

// TestWholeSeconds: a store that tells whole seconds never makes a claim older
// than it is, wherever within a second it was written and read.
func TestWholeSeconds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	base := time.Unix(1_800_000_000, 0)
	expired := 0
	for range 100_000 {
		ttl := 5*time.Second + time.Duration(rng.Int64N(int64(5*time.Second)))
		written := base.Add(time.Duration(rng.Int64N(int64(time.Second))))
		read := written.Add(ttl + time.Duration(rng.Int64N(int64(4*time.Second))) - time.Second)
		var observer expiry.Observer
		left := observer.Left(expiry.Instant{}, ttl, awsjar.Meta{
			Revision: "r", Modified: written.Truncate(time.Second), Now: read.Truncate(time.Second)})
		if left > 0 {
			continue
		}
		expired++
		if age := read.Sub(written); age < ttl+ttl/20 {
			t.Fatalf("a claim of %v expired at the age of %v: written %v, read %v", ttl, age, written, read)
		}
	}
	if expired == 0 {
		t.Error("no claim ever expired")
	}
}

// TestUntrustedClock: a store whose values are younger than its own clock
// allows is watched.
func TestUntrustedClock(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	clock := expiry.Instant{Wall: now}
	for name, meta := range map[string]awsjar.Meta{
		"no clock":      {Revision: "r"},
		"from tomorrow": {Revision: "r", Now: now, Modified: now.Add(24 * time.Hour)},
	} {
		var observer expiry.Observer
		if left := observer.Left(clock, time.Minute, meta); left != 63*time.Second {
			t.Errorf("%s: %v left at first sight", name, left)
		}
		clock := expiry.Instant{Monotonic: 63 * time.Second, Wall: now.Add(63 * time.Second)}
		if left := observer.Left(clock, time.Minute, meta); left > 0 {
			t.Errorf("%s: %v left after the whole time", name, left)
		}
		meta.Revision = "renewed"
		if left := observer.Left(clock, time.Minute, meta); left != 63*time.Second {
			t.Errorf("%s: %v left after a renewal", name, left)
		}
	}
}

// TestTwoClocks: a holder counts the longer of its two clocks, an observer the
// shorter.
func TestTwoClocks(t *testing.T) {
	wall := time.Unix(1_800_000_000, 0)
	since := expiry.Instant{Wall: wall}
	frozen := expiry.Instant{Monotonic: time.Second, Wall: wall.Add(time.Hour)}
	setBack := expiry.Instant{Monotonic: time.Hour, Wall: wall.Add(-time.Hour)}
	if frozen.Longest(since) != time.Hour || frozen.Shortest(since) != time.Second {
		t.Error("a frozen machine")
	}
	if setBack.Longest(since) != time.Hour || setBack.Shortest(since) != -time.Hour {
		t.Error("a clock that was set back")
	}
}

// TestHostileTTL: no time to live overflows into the past.
func TestHostileTTL(t *testing.T) {
	var observer expiry.Observer
	if left := observer.Left(expiry.Instant{}, 1<<63-1, awsjar.Meta{Revision: "r"}); left <= 0 {
		t.Errorf("%v left", left)
	}
	if left := observer.Left(expiry.Instant{}, -1<<63, awsjar.Meta{Revision: "r"}); left > 0 {
		t.Errorf("%v left", left)
	}
}
