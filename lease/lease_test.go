package lease_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/lease"
	"github.com/awsjar/awsjar/memjar"
)

// flaky is a store in memory whose answers a test may change.
type flaky struct {
	*memjar.Store
	load func() error            // an error in place of the value
	save func(stored bool) error // an error for a write, asked before and after it was stored
	send func()                  // runs before each write
	away atomic.Bool             // no write reaches the store
}

func (f *flaky) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if f.load != nil {
		if err := f.load(); err != nil {
			return nil, awsjar.Meta{}, err
		}
	}
	return f.Store.Load(ctx)
}

func (f *flaky) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if f.send != nil {
		f.send()
	}
	if f.away.Load() {
		return awsjar.Meta{}, errors.New("no answer")
	}
	if f.save != nil {
		if err := f.save(false); err != nil {
			return awsjar.Meta{}, err
		}
	}
	meta, err := f.Store.Save(ctx, data, replaces)
	if f.save != nil && err == nil {
		err = f.save(true)
	}
	return meta, err
}

// lost returns a save that loses the answer of the next write that is stored.
func lost() func(bool) error {
	done := false
	return func(stored bool) error {
		if !stored || done {
			return nil
		}
		done = true
		return awsjar.ErrUncertain
	}
}

func acquire(t *testing.T, lock *lease.Lock) *lease.Held {
	t.Helper()
	held, err := lock.TryAcquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// TestHeld: the second program learns who holds the lease, since when and for
// how long, and the next step.
func TestHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memjar.New()
		acquire(t, lease.New(store, func(o *lease.Options) { o.Owner = "first" }))
		time.Sleep(10 * time.Second)
		_, err := lease.New(store).TryAcquire(t.Context())
		held, ok := errors.AsType[*lease.HeldError](err)
		if !ok || !errors.Is(err, lease.ErrHeld) || !errors.Is(err, awsjar.ErrConflict) {
			t.Fatalf("got %v, want a HeldError", err)
		}
		if held.Owner != "first" || held.Left != 55*time.Second || time.Since(held.Since) != 10*time.Second {
			t.Errorf("got %+v", held)
		}
		var described *awsjar.Error
		if !errors.As(err, &described) || described.Op != "acquire" || described.Target != "mem:" || !strings.Contains(described.Hint, "awsjar delete 'mem:'") {
			t.Errorf("got %+v", described)
		}
	})
}

// TestDeadHolder: a holder that is silent is replaced after its TTL, 5 % and
// the rounding, and knows that it lost the lease.
func TestDeadHolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memjar.New()
		first := acquire(t, lease.New(store))
		time.Sleep(time.Minute - time.Second)
		if !first.Valid() {
			t.Error("the lease is not valid before its TTL has passed")
		}
		time.Sleep(time.Second)
		if first.Valid() {
			t.Error("the lease is valid after its TTL")
		}
		if _, err := lease.New(store).TryAcquire(t.Context()); !errors.Is(err, lease.ErrHeld) {
			t.Errorf("within the margin: %v", err)
		}
		time.Sleep(5 * time.Second)
		second := acquire(t, lease.New(store))
		if second.Token() <= first.Token() {
			t.Errorf("token %d after %d", second.Token(), first.Token())
		}
		if err := first.Renew(t.Context()); !errors.Is(err, lease.ErrLost) {
			t.Errorf("Renew: %v, want ErrLost", err)
		}
		if err := first.Release(t.Context()); !errors.Is(err, lease.ErrLost) || !second.Valid() {
			t.Errorf("Release: %v", err)
		}
	})
}

// TestFence: the guarded state refuses the write of an earlier holder.
func TestFence(t *testing.T) {
	store := memjar.New()
	lock := lease.New(store)
	first := acquire(t, lock)
	if err := first.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	second := acquire(t, lock)
	var fence uint64
	if err := second.Fence(&fence); err != nil || fence != second.Token() {
		t.Fatal(fence, err)
	}
	if err := first.Fence(&fence); !errors.Is(err, lease.ErrLost) || fence != second.Token() {
		t.Errorf("the fence let an earlier holder pass: %v", err)
	}
}

// TestRelease: a released lease is free at once, not valid, and its token stays.
func TestRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memjar.New()
		first := acquire(t, lease.New(store))
		if err := first.Release(t.Context()); err != nil || first.Valid() {
			t.Fatal(err, first.Valid())
		}
		data, _, err := store.Load(t.Context())
		var stored map[string]any
		if err != nil || json.Unmarshal(data, &stored) != nil || stored["id"] != nil {
			t.Errorf("a released lease is stored as %s (%v)", data, err)
		}
		if second := acquire(t, lease.New(store)); second.Token() <= first.Token() {
			t.Errorf("token %d after %d", second.Token(), first.Token())
		}
	})
}

// TestLostAnswers: a write that was stored counts, though its answer was lost.
func TestLostAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{Store: memjar.New(), save: lost()}
		held := acquire(t, lease.New(store))
		store.save = lost()
		if err := held.Renew(t.Context()); err != nil {
			t.Error("Renew:", err)
		}
		store.save = lost()
		if err := held.Release(t.Context()); err != nil {
			t.Error("Release:", err)
		}
	})
}

// TestRenewalInDoubt: a renewal was stored, but neither its answer nor the
// claim could be read. That is no loss, and the next renewal counts from its
// own write, not from that one.
func TestRenewalInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{Store: memjar.New()}
		held := acquire(t, lease.New(store))
		store.save = lost()
		store.load = func() error { return awsjar.ErrAccessDenied }
		err := held.Renew(t.Context())
		if !errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, lease.ErrLost) {
			t.Fatalf("got %v, want ErrUncertain", err)
		}
		if !held.Valid() {
			t.Error("an answer that was lost made the lease invalid")
		}
		store.load, store.save = nil, nil
		time.Sleep(50 * time.Second)
		if err := held.Renew(t.Context()); err != nil {
			t.Fatal("the claim is still ours:", err)
		}
		_, meta, err := store.Load(t.Context())
		if err != nil || meta.Age() != 0 {
			t.Errorf("the renewal counts from a write that is %v old (%v)", meta.Age(), err)
		}
	})
}

// TestConflictInDoubt: a renewal met a conflict and the claim could not be
// read. The lease is not valid until a renewal has succeeded.
func TestConflictInDoubt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{Store: memjar.New()}
		held := acquire(t, lease.New(store))
		store.save = func(stored bool) error {
			if stored {
				return nil
			}
			return awsjar.ErrConflict
		}
		store.load = func() error { return awsjar.ErrAccessDenied }
		if err := held.Renew(t.Context()); !errors.Is(err, awsjar.ErrUncertain) || errors.Is(err, lease.ErrLost) {
			t.Fatalf("got %v, want ErrUncertain", err)
		}
		if held.Valid() {
			t.Error("the lease is valid though another program may hold it")
		}
		store.load, store.save = nil, nil
		if err := held.Renew(t.Context()); err != nil || !held.Valid() {
			t.Error(err, held.Valid())
		}
	})
}

// TestSlowAnswer: the lease counts from before its request was sent.
func TestSlowAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{Store: memjar.New()}
		store.send = func() { time.Sleep(59 * time.Second) }
		held := acquire(t, lease.New(store))
		time.Sleep(time.Second)
		if held.Valid() {
			t.Error("the lease counts from the answer")
		}
		if err := held.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		store.send = func() { time.Sleep(time.Minute) }
		if _, err := lease.New(store).TryAcquire(t.Context()); !errors.Is(err, lease.ErrLost) {
			t.Errorf("an acquisition that took its whole TTL: %v, want ErrLost", err)
		}
	})
}

// TestForeignValue: a value that is no claim is never overwritten, nor taken
// for a free lease.
func TestForeignValue(t *testing.T) {
	for _, stored := range []string{`{"cursor":"a"}`, `{"kind":"once","token":1}`, `[]`, ``} {
		store := memjar.New()
		if _, err := store.Save(t.Context(), []byte(stored), awsjar.Any); err != nil {
			t.Fatal(err)
		}
		_, err := lease.New(store).TryAcquire(t.Context())
		if !errors.Is(err, awsjar.ErrInvalid) && !errors.Is(err, awsjar.ErrCorrupt) {
			t.Errorf("over %q: %v", stored, err)
		}
		if data, _, _ := store.Load(t.Context()); string(data) != stored {
			t.Errorf("%q became %q", stored, data)
		}
	}
}

// TestForeignValueWhileHeld: somebody stores another value in place of the
// claim: the lease is lost, and the value stays.
func TestForeignValueWhileHeld(t *testing.T) {
	store := memjar.New()
	held := acquire(t, lease.New(store))
	if _, err := store.Save(t.Context(), []byte(`{"cursor":"a"}`), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if err := held.Renew(t.Context()); !errors.Is(err, lease.ErrLost) || held.Valid() {
		t.Errorf("got %v, want ErrLost", err)
	}
	if data, _, _ := store.Load(t.Context()); string(data) != `{"cursor":"a"}` {
		t.Errorf("the value became %q", data)
	}
}

// wrapper is a store that wraps another one, as the contract of a store says.
type wrapper struct{ awsjar.Store }

func (w wrapper) Unwrap() awsjar.Store { return w.Store }

// TestRefusedStores: a lease that can never be acquired says why.
func TestRefusedStores(t *testing.T) {
	function := lambdajar.New(nil, "sams-lambda")
	for name, c := range map[string]struct {
		lock *lease.Lock
		want error
		text string
	}{
		"a function's environment": {lease.New(function), awsjar.ErrUnsupported, "deployment"},
		"the same, wrapped":        {lease.New(wrapper{wrapper{function}}), awsjar.ErrUnsupported, "deployment"},
		"the same, in a journal":   {lease.New(journal.New(function, memjar.New())), awsjar.ErrUnsupported, "deployment"},
		"no store":                 {lease.New(nil), awsjar.ErrInvalid, ""},
		"a TTL of a second":        {lease.New(memjar.New(), func(o *lease.Options) { o.TTL = time.Second }), awsjar.ErrInvalid, "5s"},
	} {
		_, err := c.lock.TryAcquire(t.Context())
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAcquireWaits: Acquire returns when the holder releases, and ends with its
// context.
func TestAcquireWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memjar.New()
		first := acquire(t, lease.New(store))
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		_, err := lease.New(store).Acquire(ctx)
		if !errors.Is(err, lease.ErrHeld) || !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 20*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		time.AfterFunc(10*time.Second, func() { _ = first.Release(t.Context()) })
		began = time.Now()
		if _, err := lease.New(store).Acquire(t.Context()); err != nil || time.Since(began) > 25*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}

// TestRefusedRenewals: the store refuses each renewal, as S3 does by a 409
// while others write, and the claim that is there is still ours. That is no
// loss.
func TestRefusedRenewals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{Store: memjar.New()}
		held := acquire(t, lease.New(store))
		store.save = func(bool) error { return awsjar.ErrConflict }
		if err := held.Renew(t.Context()); err == nil || errors.Is(err, lease.ErrLost) || !held.Valid() {
			t.Errorf("got %v, and the lease is valid: %v", err, held.Valid())
		}
		store.save = nil
		if err := held.Renew(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestAcquireEndsDuringARequest: the context ends while a request has no answer.
// The error still says that the lease is held.
func TestAcquireEndsDuringARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		store := &flaky{Store: memjar.New()}
		acquire(t, lease.New(store))
		reads := 0
		store.load = func() error {
			if reads++; reads == 1 {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}
		_, err := lease.New(store).Acquire(ctx)
		if !errors.Is(err, lease.ErrHeld) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
