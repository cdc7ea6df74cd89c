package main

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
)

// signalled is the cause of a context that a signal ended.
type signalled struct{ os.Signal }

func (s signalled) Error() string { return context.Canceled.Error() }

func (s signalled) Unwrap() error { return context.Canceled }

// patience is that of a command with its job, a program that may be in the middle
// of its work: until it begins a signal ends all waits; then a signal only asks it to
// end, and the command goes on for it.
type patience struct {
	asked context.Context // ends by a signal, too
	stop  context.CancelCauseFunc
	begun atomic.Bool
}

// patient returns the context for a command with a job. All that ends ctx ends it,
// but for a signal after the job has begun.
func patient(ctx context.Context) (context.Context, *patience) {
	inner := context.WithoutCancel(ctx)
	end := func() {}
	if deadline, ok := ctx.Deadline(); ok {
		inner, end = context.WithDeadline(inner, deadline)
	}
	inner, stop := context.WithCancelCause(inner)
	context.AfterFunc(inner, end)
	p := &patience{asked: ctx, stop: stop}
	context.AfterFunc(ctx, func() {
		cause := context.Cause(ctx)
		if !errors.Is(cause, context.DeadlineExceeded) && !(p.begun.Load() && bySignal(cause)) {
			stop(cause)
		}
	})
	return inner, p
}

// begin lets the job begin, and reports false where the context has ended.
func (p *patience) begin() bool {
	p.begun.Store(true)
	return p.asked.Err() == nil
}

func bySignal(cause error) bool {
	_, ok := errors.AsType[signalled](cause)
	return ok
}

// toldByTerminal reports whether the programs that this one runs in front of a
// person know of the end of the context: a terminal sends an interrupt to all
// programs in front of it. Many end at once at a second signal, and leave half of
// their work.
func (c *command) toldByTerminal(ctx context.Context) bool {
	signal, ok := errors.AsType[signalled](context.Cause(ctx))
	return c.typing && ok && signal.Signal == os.Interrupt
}
