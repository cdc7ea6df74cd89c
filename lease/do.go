package lease

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// Do acquires the lease, waiting for it if it must, runs fn, renews the lease
// meanwhile at a third of its TTL, and releases it. The context of fn ends
// before anybody can take the lease over; its cause then is [ErrLost], and so
// is the error of Do if fn returned none of its own. No goroutine outlives the
// call, also if fn panics.
//
// A release that fails is no error: the lease expires by itself. Where the store
// does not answer, Do returns at most 10 seconds after fn.
func (l *Lock) Do(ctx context.Context, fn func(context.Context, *Held) error) error {
	return l.do(ctx, l.Acquire, fn)
}

// TryDo is [Lock.Do] without the wait: if another program holds the lease the
// error is [ErrHeld], a [*HeldError], and fn does not run.
func (l *Lock) TryDo(ctx context.Context, fn func(context.Context, *Held) error) error {
	return l.do(ctx, l.TryAcquire, fn)
}

func (l *Lock) do(ctx context.Context, acquire func(context.Context) (*Held, error), fn func(context.Context, *Held) error) error {
	if fn == nil {
		return l.fail("acquire", failure.Hinted("give it the work: func(ctx context.Context, held *lease.Held) error { ... }",
			fmt.Errorf("%w: there is no function to run under the lease", awsjar.ErrInvalid)))
	}
	held, err := acquire(ctx)
	if err != nil {
		return err
	}
	return held.run(ctx, fn)
}

// releaseTime bounds a release, which begins after the context has ended too.
const releaseTime = 10 * time.Second

func (h *Held) run(ctx context.Context, fn func(context.Context, *Held) error) (err error) {
	during, stop := context.WithCancelCause(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() { h.keep(during, stop) })
	defer func() {
		lost := !h.Valid() || context.Cause(during) == ErrLost
		stop(nil)
		renewing.Wait()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(releaseTime, h.lock.opts.TTL))
		defer cancel()
		released := h.Release(last)
		if lost || errors.Is(released, ErrLost) {
			err = h.lock.fail("hold", lostDuring(err))
		}
	}()
	return fn(during, h)
}

// lostDuring returns the error of a run whose lease was lost.
func lostDuring(err error) error {
	if err == nil {
		return ErrLost
	}
	if errors.Is(err, ErrLost) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrLost, err)
}

// keep renews the lease until the context ends, and ends the context before
// anybody can take the lease over. It looks at both clocks ten times in a TTL,
// also while a renewal has no answer, since a timer stands still while the
// machine is frozen.
func (h *Held) keep(ctx context.Context, stop context.CancelCauseFunc) {
	ttl := h.lock.opts.TTL
	ticks := time.NewTicker(ttl / 10)
	defer ticks.Stop()
	var renewing sync.WaitGroup
	defer renewing.Wait()
	idle, renewed := true, make(chan struct{}, 1)
	for {
		select {
		case <-ctx.Done():
			return
		case <-renewed: // or not: a failure leaves the time that is left
			idle = true
			if h.Valid() {
				continue
			}
		case <-ticks.C:
		}
		left := h.remaining()
		if left <= 0 {
			stop(ErrLost)
			return
		}
		if idle && left <= ttl*2/3 {
			idle = false
			renewing.Go(func() {
				bounded, cancel := context.WithTimeout(ctx, left)
				defer cancel()
				_ = h.Renew(bounded)
				renewed <- struct{}{}
			})
		}
	}
}
