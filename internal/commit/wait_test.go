package commit_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar/internal/commit"
)

// TestPause: the ceiling doubles up to the highest, and a context ends a pause.
func TestPause(t *testing.T) {
	const first, most = 500 * time.Millisecond, 2 * time.Second
	synctest.Test(t, func(t *testing.T) {
		for before, ceiling := range map[int]time.Duration{
			0: first, 1: time.Second, 2: most, 3: most, 60: most, 1 << 30: most,
		} {
			var longest time.Duration
			for range 200 {
				start := time.Now()
				if !commit.Pause(t.Context(), before, first, most) {
					t.Fatal("the pause was cut short")
				}
				longest = max(longest, time.Since(start))
			}
			if longest > ceiling || longest < ceiling/2 {
				t.Errorf("the longest of 200 pauses after %d others was %v; want nearly %v", before, longest, ceiling)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		if start := time.Now(); commit.Pause(ctx, 5, first, most) || time.Since(start) > time.Nanosecond {
			t.Errorf("a pause went on for %v after its context had ended", time.Since(start)-time.Nanosecond)
		}
	})
}
