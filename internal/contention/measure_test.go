package contention

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
)

// result is the cost of a number of writers for each other.
type result struct {
	updates, requests int
	elapsed           time.Duration
	median, slowest   time.Duration // of the writers, for all of their updates
}

func (r result) perUpdate() float64 { return float64(r.requests) / float64(r.updates) }

// unfairness is how many times longer than the median the slowest writer took.
func (r result) unfairness() float64 { return float64(r.slowest) / float64(r.median) }

func (r result) String() string {
	return fmt.Sprintf("%d updates by %.1f requests each, in %v; median writer %v, slowest %v (%.1f times)",
		r.updates, r.perUpdate(), r.elapsed.Round(time.Millisecond), r.median.Round(time.Millisecond), r.slowest.Round(time.Millisecond), r.unfairness())
}

// compete lets writers that start together count, each some times, in a store
// of its own on one place. The place must hold the sum afterwards.
func compete(ctx context.Context, t *testing.T, stores []awsjar.Store, each int, requests *atomic.Int64) result {
	t.Helper()
	jars := make([]*awsjar.Jar[int], len(stores))
	for i, store := range stores {
		jars[i] = awsjar.New[int](store)
	}
	return count(ctx, t, jars, each, requests)
}

// count is compete for the Jars of the writers.
func count(ctx context.Context, t *testing.T, jars []*awsjar.Jar[int], each int, requests *atomic.Int64) result {
	t.Helper()
	start, took := time.Now(), make([]time.Duration, len(jars))
	var wg sync.WaitGroup
	for i, jar := range jars {
		wg.Go(func() {
			for range each {
				if _, err := jar.Update(ctx, func(n *int) error { *n++; return nil }); err != nil {
					t.Errorf("writer %d: %v", i, err)
					return
				}
			}
			took[i] = time.Since(start)
		})
	}
	wg.Wait()
	r := result{updates: len(jars) * each, requests: int(requests.Load()), elapsed: time.Since(start)}
	slices.Sort(took)
	r.median, r.slowest = took[len(took)/2], took[len(took)-1]
	if n, err := jars[0].Get(ctx); err != nil || n != r.updates {
		t.Errorf("the count is %d, %v; want %d", n, err, r.updates)
	}
	t.Log(r)
	return r
}

// within fails the test if the writers cost each other more than that.
func (r result) within(t *testing.T, perUpdate, unfairness float64) {
	t.Helper()
	if r.perUpdate() > perUpdate {
		t.Errorf("%.1f requests for one update; want at most %.0f", r.perUpdate(), perUpdate)
	}
	if r.unfairness() > unfairness {
		t.Errorf("the slowest writer took %.1f times as long as the median; want at most %.0f", r.unfairness(), unfairness)
	}
}

// row prints a row of a table of docs/performance-contention.md, where the
// command perf of module bench puts it.
func row(t *testing.T, table string, cells ...any) {
	t.Helper()
	var b strings.Builder
	for _, cell := range cells {
		switch cell := cell.(type) {
		case float64:
			fmt.Fprintf(&b, " %s |", few(cell))
		case time.Duration:
			if cell < time.Second {
				fmt.Fprintf(&b, " %d ms |", cell.Milliseconds())
			} else {
				fmt.Fprintf(&b, " %s s |", few(cell.Seconds()))
			}
		default:
			fmt.Fprintf(&b, " %v |", cell)
		}
	}
	t.Logf("row of %s: |%s", table, b.String())
}

// few writes a number with two digits or all of those before the point.
func few(x float64) string {
	digits := 0
	if x < 9.95 {
		digits = 1
	}
	if x < 1.5 {
		digits = 2
	}
	return fmt.Sprintf("%.*f", digits, x)
}

// each is the time of one update, had they come one after another.
func (r result) each() time.Duration { return r.elapsed / time.Duration(r.updates) }
