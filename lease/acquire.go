package lease

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/awsjar/awsjar"
)

// TryAcquire acquires the lease if it is free or its holder was silent for too
// long; otherwise the error is [ErrHeld], a [*HeldError]. It starts no
// goroutine: the caller renews the lease, and releases it.
//
// An acquisition whose answer takes longer than the TTL is an [ErrLost],
// though it was stored.
func (l *Lock) TryAcquire(ctx context.Context) (*Held, error) {
	held, err := l.tryAcquire(ctx)
	return held, l.fail("acquire", err)
}

func (l *Lock) tryAcquire(ctx context.Context) (*Held, error) {
	if err := l.ready(); err != nil {
		return nil, err
	}
	found, err := l.load(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.refusedBy(found); err != nil {
		return nil, err
	}
	at := l.opts.clock()
	h := &Held{lock: l, claim: claim{
		Kind:  claimKind,
		Token: l.nextToken(found),
		ID:    newID(),
		Owner: l.opts.Owner,
		TTL:   l.opts.TTL.Milliseconds(),
		Since: at.Wall.UTC().Truncate(time.Second),
	}}
	if err := h.write(ctx, h.claim, found.Revision); err != nil {
		if taken, ok := errors.AsType[*takenError](err); ok {
			return nil, l.overtakenBy(taken.found)
		}
		return nil, err
	}
	if !h.Valid() {
		return nil, fmt.Errorf("%w: the answer to the acquisition took longer than the TTL of %v", ErrLost, l.opts.TTL)
	}
	return h, nil
}

// Acquire waits until it acquires the lease or the context ends. Its error
// then is both an [ErrHeld] and the context's.
func (l *Lock) Acquire(ctx context.Context) (*Held, error) {
	var refused error // the last ErrHeld
	for {
		held, err := l.tryAcquire(ctx)
		other, ok := errors.AsType[*HeldError](err)
		switch {
		case !ok && refused != nil && ctx.Err() != nil && errors.Is(err, ctx.Err()) && !errors.Is(err, awsjar.ErrUncertain):
			return nil, l.fail("acquire", fmt.Errorf("%w: %w", refused, err))
		case !ok:
			return held, l.fail("acquire", err)
		}
		refused = err
		if waitErr := l.wait(ctx, other.Left); waitErr != nil {
			return nil, l.fail("acquire", fmt.Errorf("%w: %w", err, waitErr))
		}
	}
}

// wait pauses before the next try: until the claim can be taken over, but at
// most a quarter of the TTL, for the holder may release it before. The time is
// random, so that those who wait do not come back at the same moment.
func (l *Lock) wait(ctx context.Context, left time.Duration) error {
	ceiling := min(max(left, l.opts.TTL/50), l.opts.TTL/4)
	timer := time.NewTimer(ceiling/2 + rand.N(ceiling/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// load returns the stored claim, or the zero claim with the Meta of the answer
// if nothing is stored.
func (l *Lock) load(ctx context.Context) (awsjar.Entry[claim], error) {
	found, err := l.jar.Load(ctx)
	switch {
	case errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore):
		return awsjar.Entry[claim]{Meta: awsjar.Meta{Now: found.Now}}, nil
	case err == nil && found.Value.Kind != claimKind:
		return found, &awsjar.Error{
			Target: l.String(),
			Hint:   "give the lease a key of its own",
			Err:    fmt.Errorf("%w: another value than a lease is stored there", awsjar.ErrInvalid),
		}
	}
	return found, err
}

// refusedBy returns the error of a claim that is still in force.
func (l *Lock) refusedBy(found awsjar.Entry[claim]) error {
	if found.Value.ID == "" {
		return nil
	}
	left := l.observer.Left(l.opts.clock(), found.Value.ttl(), found.Meta)
	if left <= 0 {
		return nil
	}
	return &HeldError{Owner: found.Value.Owner, Since: found.Value.Since, Token: found.Value.Token, Left: left}
}

// overtakenBy returns the error of an acquisition that lost a race.
func (l *Lock) overtakenBy(winner awsjar.Entry[claim]) error {
	if held := l.refusedBy(winner); held != nil {
		return held
	}
	return &HeldError{Owner: "another program", Left: l.opts.TTL}
}

// nextToken returns a token that is greater than every earlier one, also if
// the claim was deleted meanwhile: the time in milliseconds, by the store's
// clock, or, where there is none, by this machine's for a new claim only.
func (l *Lock) nextToken(found awsjar.Entry[claim]) uint64 {
	next := found.Value.Token + 1
	switch {
	case !found.Now.IsZero():
		// S3's clock tells whole seconds. A random millisecond keeps two
		// claims apart between whose creations one was deleted.
		ms := max(0, found.Now.UnixMilli())
		if found.Now.Nanosecond() == 0 {
			ms += rand.Int64N(1000)
		}
		return max(next, uint64(ms))
	case found.Revision == awsjar.None:
		return max(next, uint64(max(0, l.opts.clock().Wall.UnixMilli())))
	}
	return next
}
