package lease_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lease"
	"github.com/awsjar/awsjar/memjar"
)

// TestDo: one function runs at a time, however long it takes, and the lease is
// free afterwards.
func TestDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memjar.New()
		var running sync.WaitGroup
		inside, runs := 0, 0
		for range 6 {
			running.Go(func() {
				err := lease.New(store).Do(t.Context(), func(ctx context.Context, held *lease.Held) error {
					if inside++; inside > 1 {
						t.Error("two functions run at once")
					}
					time.Sleep(5 * time.Minute)
					if ctx.Err() != nil || !held.Valid() {
						t.Error("the lease was not renewed:", context.Cause(ctx))
					}
					inside--
					runs++
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		if runs != 6 {
			t.Errorf("%d runs, want 6", runs)
		}
		acquire(t, lease.New(store))
	})
}

// TestDoLoses: the function's context ends before anybody can take the lease
// over, whether the store is silent or the claim is another's.
func TestDoLoses(t *testing.T) {
	for name, lose := range map[string]func(*flaky){
		"the store is out of reach": func(f *flaky) { f.away.Store(true) },
		"the claim is another's": func(f *flaky) {
			_, _ = f.Store.Save(context.Background(), []byte(`{"kind":"lease","token":9,"id":"x","ttl_ms":60000}`), awsjar.Any)
		},
		"the claim was deleted": func(f *flaky) { _ = f.Store.Delete(context.Background(), awsjar.Any) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &flaky{Store: memjar.New()}
				err := lease.New(store).Do(t.Context(), func(ctx context.Context, _ *lease.Held) error {
					began := time.Now()
					lose(store)
					<-ctx.Done()
					if context.Cause(ctx) != lease.ErrLost || time.Since(began) > time.Minute {
						t.Errorf("after %v the context ended with %v", time.Since(began), context.Cause(ctx))
					}
					return nil
				})
				if !errors.Is(err, lease.ErrLost) {
					t.Errorf("Do returned %v, want ErrLost", err)
				}
			})
		})
	}
}

// TestDoReturnsTheError: the function's own error is returned as it is.
func TestDoReturnsTheError(t *testing.T) {
	want := errors.New("mine")
	store := memjar.New()
	err := lease.New(store).Do(t.Context(), func(context.Context, *lease.Held) error { return want })
	if err != want {
		t.Errorf("got %v", err)
	}
	acquire(t, lease.New(store))
}

// TestDoPanics: a function that panics leaves a free lease and no goroutine.
func TestDoPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memjar.New()
		func() {
			defer func() {
				if recover() != "mine" {
					t.Error("the panic was lost")
				}
			}()
			_ = lease.New(store).Do(t.Context(), func(context.Context, *lease.Held) error { panic("mine") })
		}()
		acquire(t, lease.New(store))
	})
}

// TestTryDo does not wait.
func TestTryDo(t *testing.T) {
	store := memjar.New()
	acquire(t, lease.New(store))
	err := lease.New(store).TryDo(t.Context(), func(context.Context, *lease.Held) error {
		t.Error("the function runs without the lease")
		return nil
	})
	if !errors.Is(err, lease.ErrHeld) {
		t.Errorf("got %v, want ErrHeld", err)
	}
}

// TestDoReturnsWithoutAnAnswer: once the context has ended, Do does not wait
// for long for a store that does not answer to the release.
func TestDoReturnsWithoutAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		store := &hanging{Store: memjar.New()}
		lock := lease.New(store, func(o *lease.Options) { o.TTL = time.Hour })
		var ended time.Time
		err := lock.Do(ctx, func(context.Context, *lease.Held) error {
			store.hangs.Store(true)
			cancel()
			ended = time.Now()
			return nil
		})
		if took := time.Since(ended); took > 10*time.Second || err != nil {
			t.Errorf("Do returned after %v: %v", took, err)
		}
	})
}

// hanging is a store that may not answer to a write before its context ends.
type hanging struct {
	*memjar.Store
	hangs atomic.Bool
}

func (h *hanging) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if h.hangs.Load() {
		<-ctx.Done()
		return awsjar.Meta{}, ctx.Err()
	}
	return h.Store.Save(ctx, data, replaces)
}

// TestTokenDuringRenewal: the function may ask for the token while the lease is
// renewed.
func TestTokenDuringRenewal(t *testing.T) {
	held := acquire(t, lease.New(memjar.New()))
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for range 100 {
			if err := held.Renew(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	var fence uint64
	for range 100 {
		if err := held.Fence(&fence); err != nil || fence != held.Token() {
			t.Error(fence, err)
		}
	}
	renewing.Wait()
}
