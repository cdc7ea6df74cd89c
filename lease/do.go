package lease

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Do acquires the lease, waiting for it if it must, runs fn, renews the lease
// meanwhile at a third of its TTL, and releases it. The context of fn ends
// before anybody can take the lease over; its cause then is [ErrLost], and so
// is the error of Do if fn returned none of its own. No goroutine outlives the
// call, also if fn panics.
//
// A release that fails is no error: the lease expires by itself.
func (l *Lock) Do(ctx context.Context, fn func(context.Context, *Held) error) error {
	held, err := l.Acquire(ctx)
	if err != nil {
		return err
	}
	return held.run(ctx, fn)
}

// TryDo is [Lock.Do] without the wait: if another program holds the lease the
// error is [ErrHeld], a [*HeldError], and fn does not run.
func (l *Lock) TryDo(ctx context.Context, fn func(context.Context, *Held) error) error {
	held, err := l.TryAcquire(ctx)
	if err != nil {
		return err
	}
	return held.run(ctx, fn)
}

func (h *Held) run(ctx context.Context, fn func(context.Context, *Held) error) (err error) {
	during, stop := context.WithCancelCause(ctx)
	var renewing sync.WaitGroup
	renewing.Go(func() { h.keep(during, stop) })
	defer func() {
		lost := !h.Valid() || context.Cause(during) == ErrLost
		stop(nil)
		renewing.Wait()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.lock.opts.TTL)
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
// since a timer stands still while the machine is frozen.
func (h *Held) keep(ctx context.Context, stop context.CancelCauseFunc) {
	ttl := h.lock.opts.TTL
	ticks := time.NewTicker(ttl / 10)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		left := h.remaining()
		if left > ttl*2/3 {
			continue
		}
		if left > 0 {
			bounded, cancel := context.WithTimeout(ctx, left)
			_ = h.Renew(bounded) // a failure leaves the time that is left
			cancel()
		}
		if !h.Valid() {
			stop(ErrLost)
			return
		}
	}
}
