package awsjar_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

// far is a store whose versions take a second to load.
type far struct {
	*memjar.Store
	now, most, loads atomic.Int64
}

func (f *far) LoadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	f.loads.Add(1)
	f.most.Store(max(f.most.Load(), f.now.Add(1)))
	defer f.now.Add(-1)
	select {
	case <-time.After(time.Second):
		return f.Store.LoadVersion(ctx, id)
	case <-ctx.Done():
		return nil, awsjar.Meta{}, ctx.Err()
	}
}

// TestHistoryReadsAhead: many versions are loaded at once, in their order; a loop
// that ends early has loaded few, and leaves none under way.
func TestHistoryReadsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const versions = 320
		store := &far{Store: memjar.New()}
		jar := awsjar.New[int](store)
		for i := range versions {
			if err := jar.Put(t.Context(), i); err != nil {
				t.Fatal(err)
			}
		}
		start, next := time.Now(), versions
		for entry, err := range jar.History(t.Context()) {
			if next--; err != nil || entry.Value != next {
				t.Fatalf("%d, %v; want %d", entry.Value, err, next)
			}
		}
		if took := time.Since(start); next != 0 || took > 40*time.Second || store.most.Load() != 16 {
			t.Errorf("it ended at %d after %v, %d at once; want 16", next, took, store.most.Load())
		}
		for _, c := range []struct{ stop, most int64 }{{1, 1}, {3, 7}, {100, 116}} {
			store.loads.Store(0)
			seen := int64(0)
			for range jar.History(t.Context()) {
				if seen++; seen == c.stop {
					break
				}
			}
			if n := store.loads.Load(); n > c.most || store.now.Load() != 0 {
				t.Errorf("a loop that ends after %d loads %d; %d are under way", seen, n, store.now.Load())
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		var last error
		for _, last = range jar.History(ctx) {
			if last != nil {
				break
			}
		}
		if !errors.Is(last, context.DeadlineExceeded) {
			t.Errorf("got %v", last)
		}
	})
}

// TestHistoryEndsByAPanic: a loop that panics, or that t.Fatal ends, does not wait
// for the versions that it will not see.
func TestHistoryEndsByAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &far{Store: memjar.New()}
		jar := awsjar.New[int](store)
		for i := range 20 {
			if err := jar.Put(t.Context(), i); err != nil {
				t.Fatal(err)
			}
		}
		var began time.Time
		defer func() {
			if took := time.Since(began); recover() == nil || took > 0 || store.now.Load() != 0 {
				t.Errorf("it ended after %v; %d are under way", took, store.now.Load())
			}
		}()
		seen := 0
		for range jar.History(t.Context()) {
			if seen++; seen == 5 {
				began = time.Now()
				panic("by the loop")
			}
		}
	})
}
