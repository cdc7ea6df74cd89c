package commit

import (
	"context"
	"math/rand/v2"
	"time"
)

// Budget bounds one call: its requests, looks included, and its waits.
type Budget struct {
	Requests  int           // sends and looks together
	Time      time.Duration // no wait goes on for longer than this after the call began
	FirstWait time.Duration // the ceiling of the first wait; it doubles with each wait
	MaxWait   time.Duration // the highest ceiling
}

// meter counts the part of its Budget that a call has used.
type meter struct {
	Budget
	began        time.Time
	sends, looks int
	waits        int
}

// left is how many requests the Budget still allows.
func (m *meter) left() int { return m.Requests - m.sends - m.looks }

// throttledFirst is how many times longer a wait is after Throttled.
const throttledFirst = 4

// wait waits before the next request for a random time up to the ceiling, and
// for at least as long as the service asks. It returns false, at once, if the
// Budget or the deadline of ctx leaves no time for that; and false when ctx
// ends.
func (m *meter) wait(ctx context.Context, o Outcome, retryAfter time.Duration) bool {
	first := m.FirstWait
	if o == Throttled {
		first *= throttledFirst
	}
	pause := retryAfter + random(m.waits, first, m.MaxWait)
	m.waits++
	deadline, limited := ctx.Deadline()
	switch {
	case time.Since(m.began)+pause > m.Time:
		return false
	case limited && retryAfter > time.Until(deadline):
		return false // it would only wait for its own end
	}
	return sleep(ctx, pause)
}

// Pause waits before the attempt after the given one, which counts from zero:
// a random time up to a ceiling that begins with first and doubles up to most.
// It returns false when ctx ends. It is for calls that only read; a Write is run by
// [Run].
func Pause(ctx context.Context, attempt int, first, most time.Duration) bool {
	return sleep(ctx, random(attempt, first, most))
}

// random returns the wait after an attempt.
func random(attempt int, first, most time.Duration) time.Duration {
	return rand.N(max(1, min(first<<min(attempt, 16), most)))
}

func sleep(ctx context.Context, pause time.Duration) bool {
	if ctx.Err() != nil {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
