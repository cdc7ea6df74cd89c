package awsjar_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// TestHintOfMistakes: the hint names what to change in the program, not what the
// program does already.
func TestHintOfMistakes(t *testing.T) {
	type twins struct {
		A int
		B int `json:"A"`
	}
	jar := awsjar.New[int](memjar.New())
	_, noChange := jar.Update(t.Context(), nil)
	for want, err := range map[string]error{
		"a JSON name of its own": awsjar.New[twins](memjar.New()).Put(t.Context(), twins{}),
		"exported fields":        awsjar.New[struct{ a int }](memjar.New()).Put(t.Context(), struct{ a int }{}),
		"a field with a name":    awsjar.New[dated](memjar.New()).Put(t.Context(), dated{}),
		"give it the change":     noChange,
	} {
		if got := awsjar.Hint(err); !errors.Is(err, awsjar.ErrInvalid) || !strings.Contains(got, want) {
			t.Errorf("%v has the hint %q; want %q", err, got, want)
		}
	}
}

// dated is written by the method of time.Time, without N.
type dated struct {
	time.Time
	N int
}

// TestHintOfEndlessUpdate: an Update whose change writes the value itself never ends
// before its context. Its hint does not say to use Update.
func TestHintOfEndlessUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := awsjar.New[int](memjar.New())
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := jar.Update(ctx, func(n *int) error {
			*n++
			return jar.Put(ctx, *n+1)
		})
		if got := awsjar.Hint(err); !errors.Is(err, awsjar.ErrConflict) || !strings.Contains(got, "edit the value and nothing else") || strings.Contains(got, "or use Update") {
			t.Errorf("%v has the hint %q", err, got)
		}
	})
}
