// Package once runs a function once for each id, and returns its result to
// every later call, over any [awsjar.Store] with conditional writes.
//
//	receipt, err := once.Do(ctx, bucket.Object("payments/"+order.ID),
//		func(ctx context.Context) (Receipt, error) { return charge(ctx, order) },
//		func(o *once.Options) {
//			o.Mode = once.AtMostOnce
//			o.Input = body              // another payment under the same id is refused
//			o.Keep = 7 * 24 * time.Hour // afterwards the id is new again
//		})
//
// The store keeps one claim for one id: a key of its own. The id of a job that
// runs by a schedule is its slot, such as
// bucket.Object("nightly/" + slot.Format(time.DateOnly)).
//
// # Promises
//
// A run that ended well is never repeated while its claim is kept, even if
// answers are lost: the claim in the store decides, and both its creation and
// its completion are conditional writes. Two calls never get different results,
// unless one of them gets an error too, such as [ErrLost] or [ErrNoResult]: the
// result was not kept, or may not have been.
//
// The fate of a run that began and never said how it ended (its process
// died, its function panicked) is the caller's choice:
//
//	Mode          after the time of the run has passed
//	AtLeastOnce   the next call runs the function again
//	AtMostOnce    every call gets [ErrInDoubt]; a person decides, and deletes the claim
//
// A function that returns an error says that it had no effect: the next call
// runs it again at once. A function that cannot know returns an error that
// wraps [ErrInDoubt], and then counts as one that never said how it ended; so
// does, with AtMostOnce, an error after the context has ended.
//
// The time of a run is measured by the store's own clock where it has one
// ([awsjar.Meta].Now: S3, memory, files on a disk of this machine). Over a store
// without a clock, such as a network file system, a run that died holds its id
// until its claim is deleted.
//
// A function's environment cannot carry a claim: [Do] fails there with
// [awsjar.ErrUnsupported].
//
// # Results
//
// A result comes back as from an [awsjar.Jar] of its type, and the first call
// returns it so, too: a field that is not stored has its zero value, a number in an
// any is a [json.Number], and a time has no monotonic clock.
//
// A result that would come back as another value, or not at all, is not kept: the
// call that ran the function returns it as it is, and later ones get
// [ErrNoResult]. A type of which no value can come back, such as a func, a chan,
// error, or a struct without an exported field, is refused with
// [awsjar.ErrInvalid], and the function does not run. Where there is no result,
// let R be struct{}.
//
// # Requests
//
//	first run    PUT, PUT
//	duplicate    PUT (refused), GET
package once

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/expiry"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/unwrap"
)

// Mode decides about a run that never said how it ended.
type Mode int

const (
	// AtLeastOnce runs the function again, after the time of the earlier run
	// has passed.
	AtLeastOnce Mode = iota

	// AtMostOnce refuses with [ErrInDoubt].
	AtMostOnce
)

// Limits of a claim.
const (
	// DefaultTTL is how long a run without a deadline holds its id: the
	// longest time that Lambda allows an invocation.
	DefaultTTL = 15 * time.Minute

	// DefaultMaxResult is the largest result that is kept, in bytes of JSON.
	DefaultMaxResult = 64 << 10

	// margin is added to the time that the context leaves, for the completion.
	margin = 10 * time.Second
)

// Options of [Do]. The zero value means the defaults.
type Options struct {
	// Mode decides about a run that never said how it ended. Default:
	// AtLeastOnce.
	Mode Mode

	// Input is the input of the function. Its SHA-256 is stored; a call with
	// the same id and another input is refused with [ErrOtherInput]. Default: none.
	Input []byte

	// Keep is how long a result counts, by the store's clock; afterwards the
	// id is new. Let a lifecycle rule delete older claims. Default: as long as
	// the claim is there.
	Keep time.Duration

	// TTL is how long a run holds its id, and after which the context of the
	// function ends. Default: the time that the context leaves, and 10 seconds;
	// 15 minutes if it has no deadline.
	TTL time.Duration

	// MaxResult is the largest result that is kept, in bytes of JSON. Of a
	// larger one, or one that the store refuses, only the fact is kept: the run
	// itself returns the result, and duplicates get [ErrNoResult]. Default: 64 KiB.
	MaxResult int

	// Owner is the name that others see in a [HeldError]. It is stored in
	// plain text. Default: the host's name and the process id.
	Owner string

	clock expiry.Clock // of a simulated machine; nil means this one
}

// Do runs fn unless a run for this store has ended well before, and returns
// its result, as it comes back from the store. An error of fn is returned as it
// is. Every other error is an [*awsjar.Error] that wraps one of this package's
// errors or of awsjar's.
//
// The context of fn ends when its TTL has passed, since another call may run
// fn then. No goroutine outlives the call.
func Do[R any](ctx context.Context, store awsjar.Store, fn func(context.Context) (R, error), optFns ...func(*Options)) (R, error) {
	var zero R
	r, err := newRun(ctx, store, optFns)
	if err != nil {
		return zero, err
	}
	if fn == nil {
		return zero, r.fail(failure.Hinted("give it the work: func(ctx context.Context) (R, error) { ... }",
			fmt.Errorf("%w: there is no function to run", awsjar.ErrInvalid)))
	}
	if err := refused[R](); err != nil {
		return zero, r.fail(err)
	}
	done, err := r.begin(ctx)
	if err != nil {
		return zero, r.fail(err)
	}
	if done != nil {
		result, err := resultOf[R](ctx, *done)
		return result, r.fail(err)
	}
	during, cancel := context.WithDeadline(ctx, r.began.Add(r.opts.TTL))
	defer cancel()
	result, err := fn(during)

	// The caller's context may have ended; the claim is completed all the same.
	last, cancelLast := context.WithTimeout(context.WithoutCancel(ctx), margin)
	defer cancelLast()
	if err != nil {
		if !r.doubtful(err, during) {
			_ = r.end(last, r.failed()) // if that fails, the id is free after its time
		}
		return zero, err
	}
	data, result := proven(last, result)
	return result, r.fail(r.end(last, r.completed(data)))
}

// run is one call of Do.
type run struct {
	store    awsjar.Store
	jar      *awsjar.Jar[claim] // of the store
	opts     Options
	observer expiry.Observer
	began    time.Time       // before the first write was sent
	claim    claim           // in progress, as it is stored
	revision awsjar.Revision // of that claim
}

// newRun applies the options. It sends nothing.
func newRun(ctx context.Context, store awsjar.Store, optFns []func(*Options)) (*run, error) {
	r := &run{store: store, jar: awsjar.New[claim](store)}
	for _, fn := range optFns {
		fn(&r.opts)
	}
	if err := r.opts.check(); err != nil {
		return nil, r.fail(err)
	}
	if limited, ok := unwrap.As[awsjar.Limited](store); ok && limited.Limits().Lease != nil {
		return nil, r.fail(limited.Limits().Lease)
	}
	if r.opts.clock == nil {
		r.opts.clock = expiry.Started()
	}
	if r.opts.TTL == 0 {
		r.opts.TTL = DefaultTTL
		if deadline, ok := ctx.Deadline(); ok {
			r.opts.TTL = min(max(0, time.Until(deadline)), math.MaxInt64-margin) + margin
		}
	}
	r.opts.MaxResult = cmp.Or(r.opts.MaxResult, DefaultMaxResult)
	if r.opts.Owner == "" {
		host, _ := os.Hostname()
		r.opts.Owner = fmt.Sprintf("%s:%d", host, os.Getpid())
	}
	r.claim = claim{
		Kind:  claimKind,
		State: inProgress,
		ID:    rand.Text(),
		Owner: r.opts.Owner,
		TTL:   r.opts.TTL.Milliseconds(),
		Since: r.opts.clock().Wall.UTC().Truncate(time.Second),
		Input: inputHash(r.opts.Input),
	}
	return r, nil
}

// check refuses options that say nothing.
func (o Options) check() error {
	if o.Mode < AtLeastOnce || o.Mode > AtMostOnce {
		return failure.NoConstant("Mode", int(o.Mode), "AtLeastOnce and AtMostOnce")
	}
	return cmp.Or(
		failure.Negative("Options.TTL", o.TTL),
		failure.Negative("Options.Keep", o.Keep),
		failure.Negative("Options.MaxResult", o.MaxResult),
	)
}

// doubtful reports whether a run that returned an error may have had its effect.
func (r *run) doubtful(err error, during context.Context) bool {
	return errors.Is(err, ErrInDoubt) || r.opts.Mode == AtMostOnce && during.Err() != nil
}
