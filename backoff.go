package awsjar

import (
	"context"
	"math/rand/v2"
	"time"
)

// The waits between the attempts of an Update: a random time up to a ceiling
// that doubles. The first is near the time of one S3 request, the last keeps
// many writers that started together apart.
const (
	firstBackOff = 20 * time.Millisecond
	maxBackOff   = 2 * time.Second
)

// backOff waits before the attempt after the given one, which counts from
// zero, or until the context ends: then it returns the context's error.
func backOff(ctx context.Context, attempt int) error {
	ceiling := min(firstBackOff<<min(attempt, 16), maxBackOff)
	return pause(ctx, rand.N(ceiling))
}

// pause waits, or until the context ends: then it returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
