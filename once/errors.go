package once

import (
	"errors"
	"fmt"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/lease"
)

var (
	// ErrHeld: another call runs the function at this moment. The error is a
	// [*HeldError]. Try again later: a queue does that by itself.
	ErrHeld = lease.ErrHeld

	// ErrLost: the run took longer than its time and another one began, or its
	// claim was deleted. The result is returned, and was not kept.
	ErrLost = lease.ErrLost

	// ErrOtherInput: the id was used with another input.
	ErrOtherInput = failure.Said("the id stands for another input", awsjar.ErrConflict)

	// ErrInDoubt: an earlier run began and never said how it ended, and
	// [AtMostOnce] refuses another one.
	ErrInDoubt = errors.New("an earlier run may or may not have had its effect")

	// ErrNoResult: the function ran before, and its result was not kept,
	// because it was too large, for MaxResult or for the store, or because JSON
	// would not have brought it back.
	ErrNoResult = errors.New("the function ran before, and its result was not kept")
)

// HeldError says who runs the function.
type HeldError = lease.HeldError

// fail gives an error its Op and, where a store gave none, its Target and Hint.
func (r *run) fail(err error) error {
	if err == nil {
		return nil
	}
	wrapped := awsjar.Error{Err: err}
	if inner, ok := err.(*awsjar.Error); ok {
		wrapped = *inner
	}
	wrapped.Op = "run once"
	if wrapped.Target == "" {
		wrapped.Target = r.jar.String()
	}
	if wrapped.Hint == "" {
		wrapped.Hint = hint(err, wrapped.Target)
	}
	return &wrapped
}

// hint returns the next step after an error of this package.
func hint(err error, target string) string {
	switch {
	case errors.Is(err, ErrInDoubt):
		return fmt.Sprintf("find out whether it had its effect; if it had none, let it run again: awsjar delete '%s'", target)
	case errors.Is(err, ErrOtherInput):
		return "give each input an id of its own"
	case errors.Is(err, ErrHeld):
		return "try again later"
	case errors.Is(err, ErrLost):
		return "let TTL be longer than the function takes"
	case errors.Is(err, ErrNoResult):
		return "raise MaxResult, return less, or return a type that JSON brings back"
	}
	return ""
}
