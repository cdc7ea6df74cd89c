package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/awsjar/awsjar"
)

// writers is how many write at once.
const writers = 16

// together runs write in as many goroutines as there are writers, half of
// them on each handle, and fails the test with their errors.
func together(t *testing.T, a, b awsjar.Store, write func(s awsjar.Store, writer int) error) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for i := range writers {
		s := a
		if i%2 == 1 {
			s = b
		}
		wg.Go(func() { errs[i] = write(s, i) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func secondHandle(t *testing.T, a, b awsjar.Store) {
	mustBeMissing(t, b)
	meta := mustSave(t, a, `"from the first"`, awsjar.None)
	seen := mustLoad(t, b, `"from the first"`)
	if seen.Revision != meta.Revision {
		t.Fatalf("the second handle sees the revision %q, the first saved %q", seen.Revision, meta.Revision)
	}
	mustSave(t, b, `"from the second"`, seen.Revision)
	mustLoad(t, a, `"from the second"`)
	mustRefuse(t, a, `"from the first, late"`, meta.Revision, awsjar.ErrConflict)
	if err := b.Delete(within(t), awsjar.Any); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	mustBeMissing(t, a)
}

// counter: concurrent increments are all counted, and every value that was
// reached was reached by one writer only.
func counter(t *testing.T, a, b awsjar.Store, increments int) {
	var mu sync.Mutex
	var reached []int
	together(t, a, b, func(s awsjar.Store, _ int) error {
		jar := awsjar.New[int](s)
		for range increments {
			n, err := jar.Update(within(t), func(n *int) error { *n++; return nil })
			if err != nil {
				return err
			}
			mu.Lock()
			reached = append(reached, n)
			mu.Unlock()
		}
		return nil
	})
	slices.Sort(reached)
	for i, n := range reached {
		if n != i+1 {
			t.Fatalf("%d updates reached %v; want 1 to %d once each", len(reached), reached, len(reached))
		}
	}
	mustLoad(t, a, fmt.Sprint(writers*increments))
}

// oneCreator: of many that create at once exactly one does.
func oneCreator(t *testing.T, a, b awsjar.Store) {
	winner := race(t, a, b, awsjar.ErrExists, saveOver(t, awsjar.None))
	mustLoad(t, a, winner)
}

// oneReplacer: of many that replace the same revision exactly one does.
func oneReplacer(t *testing.T, a, b awsjar.Store) {
	meta := mustSave(t, a, `"start"`, awsjar.None)
	winner := race(t, a, b, awsjar.ErrConflict, saveOver(t, meta.Revision))
	mustLoad(t, a, winner)
}

func saveOver(t *testing.T, replaces awsjar.Revision) func(awsjar.Store, []byte) error {
	return func(s awsjar.Store, data []byte) error {
		_, err := s.Save(within(t), data, replaces)
		return err
	}
}

// race lets all writers write a value of their own over the same state and
// returns the value of the one that succeeded.
func race(t *testing.T, a, b awsjar.Store, refused error, write func(s awsjar.Store, data []byte) error) string {
	t.Helper()
	var mu sync.Mutex
	var won []string
	together(t, a, b, func(s awsjar.Store, writer int) error {
		value := fmt.Sprintf(`"writer %d"`, writer)
		err := write(s, []byte(value))
		switch {
		case err == nil:
			mu.Lock()
			won = append(won, value)
			mu.Unlock()
		case !errors.Is(err, refused):
			return fmt.Errorf("writer %d: %w; want %w", writer, err, refused)
		}
		return nil
	})
	if len(won) != 1 {
		t.Fatalf("%d writers succeeded (%v); want exactly one", len(won), won)
	}
	return won[0]
}

// cancelled returns a context that has ended.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	return ctx
}
