package failure_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// TestSaid: the text is ours, and every cause is reachable.
func TestSaid(t *testing.T) {
	err := failure.Said("ours", awsjar.ErrNotFound, nil, fmt.Errorf("of the SDK: %w", io.EOF))
	if err.Error() != "ours" || !errors.Is(err, awsjar.ErrNotFound) || !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

// TestOptions: the error names the option, and the hint the values that it takes.
func TestOptions(t *testing.T) {
	if err := failure.Negative("Options.TTL", time.Duration(0)); err != nil {
		t.Error(err)
	}
	for want, err := range map[string]error{
		"invalid argument: Options.TTL is -1s": failure.Negative("Options.TTL", -time.Second),
		"invalid argument: there is no Mode 7": failure.NoConstant("Mode", 7, "A and B"),
	} {
		if err == nil || err.Error() != want || !errors.Is(err, awsjar.ErrInvalid) || awsjar.Hint(err) == "" {
			t.Errorf("got %v, want %q with a hint", err, want)
		}
	}
}

// TestHintOfTheOutermost: however deep an error with a hint is wrapped, its
// hint is found; of several the outermost counts.
func TestHintOfTheOutermost(t *testing.T) {
	inner := failure.Hinted("inner", io.EOF)
	for want, err := range map[string]error{
		"inner": fmt.Errorf("again: %w", &awsjar.Error{Err: fmt.Errorf("then: %w", inner)}),
		"outer": failure.Hinted("outer", inner),
		"":      fmt.Errorf("%w: %w", awsjar.ErrUncertain, inner),
		"then":  failure.Hinted("then", fmt.Errorf("%w: %w", awsjar.ErrUncertain, inner)),
	} {
		if got := failure.Hint(err); got != want {
			t.Errorf("the hint of %v is %q; want %q", err, got, want)
		}
	}
	if inner.Error() != io.EOF.Error() {
		t.Errorf("a hint changed the text to %q", inner)
	}
}

// TestPlaceIsNamedOnce: and the error that was given stays as it is.
func TestPlaceIsNamedOnce(t *testing.T) {
	if err := failure.At("here", nil); err != nil {
		t.Errorf("nil became %v", err)
	}
	hinted := &awsjar.Error{Hint: "do", Err: awsjar.ErrNotFound}
	for _, err := range []error{
		hinted, fmt.Errorf("now: %w", hinted),
		&awsjar.Error{Target: "here", Hint: "do", Err: awsjar.ErrNotFound},
		failure.At("here", hinted),
	} {
		got := failure.At("there", failure.At("here", err))
		known, ok := got.(*awsjar.Error)
		if !ok || known.Target != "here" || known.Hint != "do" || !errors.Is(got, awsjar.ErrNotFound) {
			t.Errorf("%v became %#v", err, got)
		}
	}
	if hinted.Target != "" {
		t.Error("the error given was changed")
	}
}

func TestKnown(t *testing.T) {
	for _, kind := range []error{awsjar.ErrNoStore, awsjar.ErrExists, awsjar.ErrUncertain, awsjar.ErrTooLarge, awsjar.ErrCorrupt, awsjar.ErrAccessDenied, awsjar.ErrUnsupported, awsjar.ErrInvalid} {
		if !failure.Known(fmt.Errorf("x: %w", kind)) {
			t.Errorf("%v is not known", kind)
		}
	}
	if failure.Known(io.EOF) {
		t.Error("io.EOF is known")
	}
}
