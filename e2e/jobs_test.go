package e2e

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/linear"
	"github.com/awsjar/awsjar/journal"
	"github.com/awsjar/awsjar/lease"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/once"
	"github.com/awsjar/awsjar/s3jar"
)

// TestClock: the Date of each server and the times of its objects come from one
// clock, on which leases stand: a value that was just stored is not older than
// the rounding allows, and its age grows.
func TestClock(t *testing.T) {
	eachPlain(t, func(t *testing.T, l launcher) {
		s := l.start(t)
		object := s3jar.NewBucket(s.s3Client(), newBucket(t, s.s3Client(), false)).Object("state.json")
		_, meta, err := object.Load(t.Context())
		if !errors.Is(err, awsjar.ErrNotFound) || time.Since(meta.Now).Abs() > 5*time.Second {
			t.Errorf("the time of an absent value is %v: %v", meta.Now, err)
		}
		if _, err := object.Save(t.Context(), []byte("1"), awsjar.None); err != nil {
			t.Fatal(err)
		}
		_, meta, err = object.Load(t.Context())
		if age := meta.Now.Sub(meta.Modified); err != nil || age < -time.Second || age > 3*time.Second {
			t.Errorf("a new value has the age %v: Now %v, Modified %v, %v", age, meta.Now, meta.Modified, err)
		}
	})
}

// TestLease: programs compete for a lease with faults on the way; one works at
// a time, tokens grow, and a holder that died is replaced.
func TestLease(t *testing.T) {
	eachPlain(t, func(t *testing.T, l launcher) {
		t.Parallel()
		s := l.start(t)
		p := newPlace(t, s)
		lock := func(i uint64) *lease.Lock {
			flaky := linear.NewFlaky(s.httpClient(), 0.1, i)
			return lease.New(p.open(s, flaky), func(o *lease.Options) { o.TTL = lease.MinTTL })
		}
		if _, err := lock(99).Acquire(t.Context()); err != nil { // and dies
			t.Fatal(err)
		}
		var inside, runs, newest atomic.Int64
		var running sync.WaitGroup
		for i := range uint64(4) {
			running.Go(func() {
				for range 3 {
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					err := lock(i).Do(ctx, func(_ context.Context, held *lease.Held) error {
						if inside.Add(1) > 1 {
							t.Error("two programs work at once")
						}
						if token := int64(held.Token()); newest.Swap(token) >= token {
							t.Error("a token did not grow")
						}
						time.Sleep(50 * time.Millisecond)
						inside.Add(-1)
						runs.Add(1)
						return nil
					})
					cancel()
					if err != nil && !errors.Is(err, awsjar.ErrUncertain) && !errors.Is(err, lease.ErrHeld) {
						t.Logf("a call failed: %v", err)
					}
				}
			})
		}
		running.Wait()
		t.Logf("%d of 12 runs", runs.Load())
		if runs.Load() < 6 {
			t.Errorf("%d of 12 runs", runs.Load())
		}
	})
}

// TestOnce: many calls for few messages, with faults on the way: each message
// runs once.
func TestOnce(t *testing.T) {
	eachPlain(t, func(t *testing.T, l launcher) {
		t.Parallel()
		s := l.start(t)
		bucket := newBucket(t, s.s3Client(), false)
		const messages = 30
		var runs [messages]atomic.Int64
		var results atomic.Int64
		var running sync.WaitGroup
		for program := range uint64(4) {
			client := s.s3ClientOver(linear.NewFlaky(s.httpClient(), 0.1, program))
			running.Go(func() {
				for i := range messages {
					object := s3jar.NewBucket(client, bucket).Object(fmt.Sprintf("messages/%d", i))
					n, err := once.Do(t.Context(), object, func(context.Context) (int64, error) { return runs[i].Add(1), nil },
						func(o *once.Options) { o.Mode = once.AtMostOnce })
					if err == nil && n != 1 {
						t.Errorf("message %d: the result of run %d", i, n)
					}
					if err == nil {
						results.Add(1)
					}
				}
			})
		}
		running.Wait()
		for i := range runs {
			if n := runs[i].Load(); n != 1 {
				t.Errorf("message %d ran %d times", i, n)
			}
		}
		t.Logf("%d of %d calls got a result", results.Load(), 4*messages)
	})
}

// TestJournal: the history of a store without versions, in a real bucket.
func TestJournal(t *testing.T) {
	eachPlain(t, func(t *testing.T, l launcher) {
		s := l.start(t)
		history := s3jar.NewBucket(s.s3Client(), newBucket(t, s.s3Client(), true)).Object("history/f")
		store := memjar.New()
		jar := awsjar.New[int](journal.New(struct{ awsjar.Store }{store}, history))
		for n := range 3 {
			if err := jar.Put(t.Context(), n+1); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.Delete(t.Context(), awsjar.Any); err != nil { // a deploy tool
			t.Fatal(err)
		}
		if _, err := jar.Undelete(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := jar.Get(t.Context()); n != 3 || err != nil {
			t.Errorf("after Undelete: %d, %v", n, err)
		}
		var values []int
		for entry, err := range jar.History(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if !entry.Deleted {
				values = append(values, entry.Value)
			}
		}
		if fmt.Sprint(values) != "[3 3 2 1]" {
			t.Errorf("the history holds %v", values)
		}
	})
}
