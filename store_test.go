package awsjar_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

func TestAge(t *testing.T) {
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		meta awsjar.Meta
		want time.Duration
	}{
		"by the store's clock":   {awsjar.Meta{Modified: noon, Now: noon.Add(time.Minute)}, time.Minute},
		"a clock that went back": {awsjar.Meta{Modified: noon, Now: noon.Add(-time.Minute)}, 0},
		"no clock":               {awsjar.Meta{Modified: noon}, 0},
		"not known when stored":  {awsjar.Meta{Now: noon}, 0},
	} {
		if got := test.meta.Age(); got != test.want {
			t.Errorf("%s: the age is %v; want %v", name, got, test.want)
		}
	}
}

func TestAgeInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := awsjar.New[int](memjar.New())
		if err := jar.Put(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		if entry, err := jar.Load(t.Context()); err != nil || entry.Age() != time.Hour {
			t.Errorf("the age is %v, %v; want an hour", entry.Age(), err)
		}
	})
}

// wrapper is a store that wraps another one, as the contract of a store says.
type wrapper struct{ awsjar.Store }

func (w wrapper) Unwrap() awsjar.Store { return w.Store }

// Load makes errors that name no place.
func (w wrapper) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	data, meta, err := w.Store.Load(ctx)
	if err != nil {
		err = awsjar.ErrNotFound
	}
	return data, meta, err
}

// titled is a wrapper with a name of its own.
type titled struct{ wrapper }

func (titled) String() string { return "my place" }

// TestWrapper: a wrapper's errors name the place of the store that it wraps, unless it
// has a name. Its versions are its own.
func TestWrapper(t *testing.T) {
	for want, store := range map[string]awsjar.Store{
		"mem:":     wrapper{wrapper{memjar.New()}},
		"my place": wrapper{titled{wrapper{memjar.New()}}},
		"jar":      wrapper{wrapper{(*memjar.Store)(nil)}},
	} {
		jar := awsjar.New[int](store)
		_, err := jar.Load(t.Context())
		if e, ok := errors.AsType[*awsjar.Error](err); !ok || e.Target != want || jar.String() != want {
			t.Errorf("the error is %v, and the Jar is %v; want %v", err, jar, want)
		}
	}
	_, err := awsjar.New[int](wrapper{memjar.New()}).Undelete(t.Context())
	if !errors.Is(err, awsjar.ErrUnsupported) || !strings.Contains(awsjar.Hint(err), "wraps") {
		t.Errorf("Undelete through a wrapper without versions: %v, hint %q", err, awsjar.Hint(err))
	}
}
