package ahead_test

import (
	"errors"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar/internal/ahead"
)

// numbers yields 0 to n-1, and then an error, if there is one.
func numbers(n int, err error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

// TestEach: results come in order, no more are under way than the limit says,
// and none is when the loop has ended, however it ends.
func TestEach(t *testing.T) {
	boom := errors.New("boom")
	size := func(int) int64 { return 10 }
	for name, c := range map[string]struct {
		limit       ahead.Limit[int]
		stop        int // after that many
		most, begun int64
	}{
		"all":          {ahead.Limit[int]{Count: 4}, 99, 4, 50},
		"none":         {ahead.Limit[int]{}, 99, 1, 50},
		"early":        {ahead.Limit[int]{Count: 4}, 3, 4, 6},
		"slow":         {ahead.Limit[int]{Count: 8, Slow: true}, 99, 8, 50},
		"slow, first":  {ahead.Limit[int]{Count: 8, Slow: true}, 1, 1, 1},
		"slow, third":  {ahead.Limit[int]{Count: 8, Slow: true}, 3, 3, 6},
		"bytes":        {ahead.Limit[int]{Count: 8, Bytes: 25, Size: size}, 99, 3, 50},
		"large values": {ahead.Limit[int]{Count: 8, Bytes: 1, Size: size}, 99, 1, 50},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var now, most, begun atomic.Int64
				work := func(v int) (int, error) {
					begun.Add(1)
					most.Store(max(most.Load(), now.Add(1)))
					defer now.Add(-1)
					time.Sleep(time.Duration(50-v) * time.Second)
					return v, nil
				}
				var got []int
				var last error
				for v, err := range ahead.Each(numbers(50, boom), c.limit, work) {
					if last = err; err == nil {
						got = append(got, v)
					}
					if synctest.Wait(); len(got) == c.stop {
						break
					}
				}
				if n := now.Load(); n != 0 {
					t.Errorf("%d are under way after the loop", n)
				}
				if !slices.IsSorted(got) || len(got) != min(c.stop, 50) || c.stop > 50 && last != boom {
					t.Errorf("got %v, %v", got, last)
				}
				if most.Load() != c.most || begun.Load() != c.begun {
					t.Errorf("%d at once, %d begun; want %d and %d", most.Load(), begun.Load(), c.most, c.begun)
				}
			})
		})
	}
}
