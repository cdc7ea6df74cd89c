package lease_test

import (
	"context"
	"errors"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lease"
	"github.com/awsjar/awsjar/memjar"
)

// invalid checks that an error says what to do instead.
func invalid(t *testing.T, call string, err error) {
	t.Helper()
	if !errors.Is(err, awsjar.ErrInvalid) || awsjar.Hint(err) == "" {
		t.Errorf("%s: %v, want ErrInvalid with a hint", call, err)
	}
}

// TestNoFunction: a call without a function takes no lease.
func TestNoFunction(t *testing.T) {
	store := memjar.New()
	invalid(t, "Do", lease.New(store).Do(t.Context(), nil))
	invalid(t, "TryDo", lease.New(store).TryDo(t.Context(), nil))
	if _, _, err := store.Load(t.Context()); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("something is stored: %v", err)
	}
}

// TestZeroLock: a Lock that New did not make is refused.
func TestZeroLock(t *testing.T) {
	for _, lock := range []*lease.Lock{nil, {}} {
		work := func(context.Context, *lease.Held) error { t.Error("it runs"); return nil }
		invalid(t, "Do", lock.Do(t.Context(), work))
		invalid(t, "TryDo", lock.TryDo(t.Context(), work))
		held, err := lock.TryAcquire(t.Context())
		invalid(t, "TryAcquire", err)
		if held != nil {
			t.Errorf("it is held: %v", held)
		}
		_, err = lock.Acquire(t.Context())
		invalid(t, "Acquire", err)
		if name := lock.String(); name != "lease" {
			t.Errorf("its name is %q", name)
		}
	}
}

// TestZeroHeld: a lease that was not acquired is not valid, and nothing can be
// done with it.
func TestZeroHeld(t *testing.T) {
	for _, held := range []*lease.Held{nil, {}} {
		fence := uint64(7)
		invalid(t, "Fence", held.Fence(&fence))
		invalid(t, "Renew", held.Renew(t.Context()))
		invalid(t, "Release", held.Release(t.Context()))
		if held.Valid() || held.Token() != 0 || fence != 7 {
			t.Errorf("valid: %v, token %d, fence %d", held.Valid(), held.Token(), fence)
		}
	}
}
