package main

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
)

// TestToldByTerminal: a program in front of a person is not asked to end again
// after an interrupt, which its terminal has sent it; all others are asked.
func TestToldByTerminal(t *testing.T) {
	for _, test := range []struct {
		typing bool
		cause  error
		want   bool
	}{
		{true, signalled{os.Interrupt}, true},
		{true, signalled{syscall.SIGTERM}, false},
		{true, errWaited, false},
		{true, nil, false},
		{false, signalled{os.Interrupt}, false},
	} {
		parent, cancel := context.WithCancelCause(t.Context())
		ctx, stop := context.WithCancel(parent)
		cancel(test.cause)
		if got := (&command{world: world{typing: test.typing}}).toldByTerminal(ctx); got != test.want {
			t.Errorf("typing %v, %v: %v", test.typing, test.cause, got)
		}
		stop()
	}
	if err := error(signalled{os.Interrupt}); !errors.Is(err, context.Canceled) || exitCode(err) != exitInterrupted {
		t.Errorf("%v is no interrupt", err)
	}
}
