package s3jar

import (
	"context"
	"math/rand/v2"
	"time"
)

// The waits between attempts: a random time up to a ceiling that doubles.
const (
	firstWait = 20 * time.Millisecond
	maxWait   = time.Second
)

// maxAttempts is how often one request is sent in a row before the call gives
// up; their waits are up to 3 seconds together.
const maxAttempts = 8

// wait waits before the attempt after the given one, which counts from zero.
// It returns false at once if that was the last one, and when ctx ends.
func wait(ctx context.Context, attempt int) bool {
	return attempt < maxAttempts-1 && pause(ctx, attempt)
}

// pause is wait without a last attempt: false means that ctx has ended.
func pause(ctx context.Context, attempt int) bool {
	if ctx.Err() != nil {
		return false
	}
	timer := time.NewTimer(rand.N(min(firstWait<<min(attempt, 16), maxWait)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
