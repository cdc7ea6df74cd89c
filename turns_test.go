package awsjar_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

// slow is a store in memory whose requests take time, and are counted.
type slow struct {
	*memjar.Store
	took         time.Duration
	loads, saves atomic.Int64
	hang         atomic.Bool // the next Save never ends by itself
}

func (s *slow) wait(ctx context.Context) error {
	d := s.took/2 + rand.N(s.took)
	if s.hang.CompareAndSwap(true, false) {
		d = time.Hour
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *slow) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	s.loads.Add(1)
	if err := s.wait(ctx); err != nil {
		return nil, awsjar.Meta{}, err
	}
	return s.Store.Load(ctx)
}

func (s *slow) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	s.saves.Add(1)
	if err := s.wait(ctx); err != nil {
		return awsjar.Meta{}, err
	}
	return s.Store.Save(ctx, data, replaces)
}

func (s *slow) requests() int64 { return s.loads.Load() + s.saves.Load() }

func newSlow() *slow { return &slow{Store: memjar.New(), took: 20 * time.Millisecond} }

func plusOne(n *int) error { *n++; return nil }

// TestUpdatesTakeTurns: the Updates of one handle do not race each other, and
// each comes after those that came before it.
func TestUpdatesTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers, each = 64, 4
		store := newSlow()
		jar := awsjar.New[int](store)
		var wg sync.WaitGroup
		took := make([]time.Duration, callers)
		start := time.Now()
		for i := range callers {
			wg.Go(func() {
				for range each {
					if _, err := jar.Update(t.Context(), plusOne); err != nil {
						t.Error(err)
					}
				}
				took[i] = time.Since(start)
			})
		}
		wg.Wait()
		slices.Sort(took)
		if n, err := jar.Get(t.Context()); n != callers*each || err != nil {
			t.Errorf("the count is %d, %v", n, err)
		}
		if got := store.saves.Load(); got != callers*each {
			t.Errorf("%d writes for %d updates", got, callers*each)
		}
		if median, slowest := took[callers/2], took[callers-1]; slowest > 2*median {
			t.Errorf("the slowest caller took %v, the median %v", slowest, median)
		}
	})
}

// TestUpdateWaitsAsLongAsItsContext: the wait for a turn ends with the context,
// and the change has not run.
func TestUpdateWaitsAsLongAsItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := awsjar.New[int](newSlow())
		for range 3 {
			go jar.Update(t.Context(), func(*int) error { time.Sleep(400 * time.Millisecond); return nil })
		}
		synctest.Wait()
		for _, limit := range []time.Duration{time.Millisecond, 30 * time.Millisecond, 700 * time.Millisecond} {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			start := time.Now()
			_, err := jar.Update(ctx, func(*int) error { t.Error("the change ran"); return nil })
			cancel()
			if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, awsjar.ErrUncertain) || took != limit {
				t.Errorf("Update ended after %v: %v; want %v", took, err, limit)
			}
		}
		time.Sleep(time.Minute)
	})
}

// TestNestedUpdate: an Update inside the change of another one goes on, and so
// does one that a change waits for. Two levels deep, too.
func TestNestedUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jar := awsjar.New[int](newSlow())
		inner := sync.OnceValue(func() error {
			_, err := jar.Update(t.Context(), plusOne)
			return err
		})
		middle := sync.OnceValue(func() error {
			_, err := jar.Update(t.Context(), func(n *int) error { *n++; return inner() })
			return err
		})
		var others sync.WaitGroup
		for range 5 {
			others.Go(func() {
				if _, err := jar.Update(t.Context(), plusOne); err != nil {
					t.Error(err)
				}
			})
		}
		start := time.Now()
		n, err := jar.Update(t.Context(), func(n *int) error { *n++; return middle() })
		if err != nil {
			t.Fatal(err)
		}
		others.Wait()
		if total, err := jar.Get(t.Context()); total != 8 || err != nil || n > total {
			t.Errorf("the count is %d, %v; want 8", total, err)
		}
		if took := time.Since(start); took > 3*time.Second { // the usual time limit of a Lambda function
			t.Errorf("it took %v", took)
		}
	})
}

// TestTurnOfASlowRequest: a turn lasts as long as requests that take seconds.
func TestTurnOfASlowRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newSlow()
		store.took = 3 * time.Second
		jar := awsjar.New[int](store)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if _, err := jar.Update(t.Context(), plusOne); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := store.saves.Load(); got != 5 {
			t.Errorf("%d writes for 5 updates", got)
		}
	})
}

// TestTurnOfAHungRequest: a request that hangs holds nobody for ever, and no
// more than one other at a time races it.
func TestTurnOfAHungRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newSlow()
		jar := awsjar.New[int](store)
		store.hang.Store(true)
		ctx, cancel := context.WithCancel(t.Context())
		hung := make(chan error)
		go func() {
			_, err := jar.Update(ctx, plusOne)
			hung <- err
		}()
		synctest.Wait()
		start := time.Now()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := jar.Update(t.Context(), plusOne); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("the others took %v", took)
		}
		if got := store.saves.Load(); got != 20 {
			t.Errorf("%d writes for 20 updates", got)
		}
		cancel()
		if err := <-hung; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// TestTurnEnds: a change that panics or ends its goroutine gives the turn back.
func TestTurnEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newSlow()
		jar := awsjar.New[int](store)
		boom := errors.New("boom")
		ends := []func(*int) error{
			func(*int) error { panic(boom) },
			func(*int) error { return boom },
			func(*int) error { return nil },
			plusOne,
		}
		for i, change := range ends {
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer func() { recover() }()
				jar.Update(t.Context(), change)
			}()
			<-done
			start := time.Now()
			if _, err := jar.Update(t.Context(), plusOne); err != nil || time.Since(start) > 100*time.Millisecond {
				t.Errorf("change %d: the next one took %v, %v", i, time.Since(start), err)
			}
		}
	})
}

// TestFirstGuess: an Update that follows a write of the same handle makes one
// request.
func TestFirstGuess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newSlow()
		jar := awsjar.New[int](store)
		for i := range 10 {
			if n, err := jar.Update(t.Context(), plusOne); n != i+1 || err != nil {
				t.Fatalf("update %d: %d, %v", i, n, err)
			}
		}
		if got := store.requests(); got != 11 {
			t.Errorf("%d requests for 10 updates; want 11", got)
		}
		time.Sleep(2 * time.Second)
		if _, err := jar.Update(t.Context(), plusOne); err != nil || store.requests() != 13 {
			t.Errorf("after 2 seconds: %v, %d requests; want a read", err, store.requests())
		}
	})
}

// TestGuessIsProven: the value of another handle is never lost, and after a wrong
// guess the handle reads first.
func TestGuessIsProven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newSlow()
		jar, other := awsjar.New[int](store), awsjar.New[int](store)
		const rounds = 40
		for range rounds {
			for _, j := range []*awsjar.Jar[int]{jar, other} {
				if _, err := j.Update(t.Context(), plusOne); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n, err := jar.Get(t.Context()); n != 2*rounds || err != nil {
			t.Errorf("the count is %d, %v; want %d", n, err, 2*rounds)
		}
		if got := store.saves.Load(); got > 2*rounds+2 {
			t.Errorf("%d writes for %d updates: wrong guesses go on", got, 2*rounds)
		}
		time.Sleep(time.Minute)
		before := store.requests()
		for range 2 {
			if _, err := jar.Update(t.Context(), plusOne); err != nil {
				t.Fatal(err)
			}
		}
		if got := store.requests() - before; got != 3 {
			t.Errorf("%d requests for 2 updates, long after a wrong guess; want 3", got)
		}
	})
}

// aliased keeps the bytes that it is given, which json.Unmarshaler forbids.
type aliased struct{ text []byte }

func (a *aliased) UnmarshalJSON(text []byte) error { a.text = text; return nil }
func (a aliased) MarshalJSON() ([]byte, error)     { return a.text, nil }

// TestGuessIsItsOwn: a change that writes into the bytes of the value, and fails,
// does not change the next guess.
func TestGuessIsItsOwn(t *testing.T) {
	jar := awsjar.New[aliased](memjar.New())
	if err := jar.Put(t.Context(), aliased{[]byte(`"sea"`)}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err := jar.Update(t.Context(), func(a *aliased) error {
			if string(a.text) != `"sea"` {
				t.Errorf("the change got %s", a.text)
			}
			a.text[1] = 't'
			return errors.New("boom")
		})
		if err == nil {
			t.Error("Update succeeded")
		}
	}
}

// TestGuessDecidesNothing: a change that fails, that leaves the value alone or
// makes one that cannot be stored has seen the stored value.
func TestGuessDecidesNothing(t *testing.T) {
	boom := errors.New("boom")
	nothing, fails := func(*float64) error { return nil }, func(*float64) error { return boom }
	nan := func(n *float64) error { *n = math.NaN(); return nil }
	for name, c := range map[string]struct {
		change func(*float64) error
		gone   bool // another handle deletes the value; else it stores 2
		want   float64
		err    error
	}{
		"an error":       {change: fails, err: boom},
		"no change":      {change: nothing, want: 2},
		"a deletion":     {change: nothing, gone: true},
		"no such number": {change: nan, err: awsjar.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			store := memjar.New()
			jar, other := awsjar.New[float64](store), awsjar.New[float64](store)
			if err := jar.Put(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			now, err := 2.0, other.Put(t.Context(), 2)
			if c.gone {
				now, err = 0, other.Delete(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			var seen []float64
			n, err := jar.Update(t.Context(), func(n *float64) error {
				seen = append(seen, *n)
				return c.change(n)
			})
			if n != c.want || !errors.Is(err, c.err) {
				t.Errorf("Update returned %v, %v; want %v, %v", n, err, c.want, c.err)
			}
			if !slices.Equal(seen, []float64{1, now}) {
				t.Errorf("the change saw %v; want 1 and %v", seen, now)
			}
		})
	}
}

// limited is a store that takes no more than some bytes.
type limited struct {
	*memjar.Store
	most int
}

func (l limited) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if len(data) > l.most {
		return awsjar.Meta{}, awsjar.ErrTooLarge
	}
	return l.Store.Save(ctx, data, replaces)
}

// TestGuessIsTooLarge: a value that a guess made too large is judged by the
// stored value.
func TestGuessIsTooLarge(t *testing.T) {
	store := limited{memjar.New(), 20}
	jar, other := awsjar.New[string](store), awsjar.New[string](store)
	if err := jar.Put(t.Context(), "fifteen letters"); err != nil {
		t.Fatal(err)
	}
	if err := other.Put(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	s, err := jar.Update(t.Context(), func(s *string) error { *s += "ten more"; return nil })
	if s != "ten more" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
}

// TestGuessIsSmall: a large value is read again, so that a handle keeps little.
func TestGuessIsSmall(t *testing.T) {
	for size, want := range map[int]int64{60_000: 1, 70_000: 2} {
		synctest.Test(t, func(t *testing.T) {
			store := newSlow()
			jar := awsjar.New[string](store)
			if err := jar.Put(t.Context(), strings.Repeat("a", size)); err != nil {
				t.Fatal(err)
			}
			before := store.requests()
			if _, err := jar.Update(t.Context(), func(s *string) error { *s += "b"; return nil }); err != nil {
				t.Fatal(err)
			}
			if got := store.requests() - before; got != want {
				t.Errorf("%d bytes: %d requests, want %d", size, got, want)
			}
		})
	}
}
