package awsjar_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

// TestHint: the next step is that of the outermost error of awsjar, however
// that is wrapped, and never that of a cause below it.
func TestHint(t *testing.T) {
	inner := &awsjar.Error{Op: "get", Hint: "inner", Err: awsjar.ErrNotFound}
	for want, err := range map[string]error{
		"":      &awsjar.Error{Op: "update", Err: fmt.Errorf("%w: %w", awsjar.ErrUncertain, inner)},
		"inner": errors.Join(errors.New("mine"), fmt.Errorf("too: %w", inner)),
		"outer": &awsjar.Error{Hint: "outer", Err: inner},
	} {
		if got := awsjar.Hint(err); got != want {
			t.Errorf("the hint of %v is %q, want %q", err, got, want)
		}
	}
	for _, err := range []error{nil, errors.New("a stranger's"), (*awsjar.Error)(nil)} {
		if got := awsjar.Hint(err); got != "" {
			t.Errorf("a hint from nowhere: %q", got)
		}
	}
	jar := awsjar.New[int](memjar.New())
	if err := jar.Create(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got, want := awsjar.Hint(jar.Create(t.Context(), 2)), "load what is there, or overwrite it with Put"; got != want {
		t.Errorf("the hint of a store's error is %q, want %q", got, want)
	}
}
