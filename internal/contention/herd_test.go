package contention

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
)

// herd lets 1,000 writers make one update each at once.
func herd(t *testing.T, down [2]time.Duration) (*register, result) {
	r := newRegister()
	r.down = down
	stores := slices.Repeat([]awsjar.Store{r}, 1000)
	return r, compete(t.Context(), t, stores, 1, &r.requests)
}

// TestHerd: 1,000 writers that start in the same instant.
func TestHerd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, res := herd(t, [2]time.Duration{})
		row(t, "writers", "1,000, 1 update each", "a model of an S3 key, 15 ms a read, 30 ms a write", res.perUpdate(), res.unfairness(), res.each())
		res.within(t, 100, 6)
		bounded(t, r.second[:1], 16_000) // all at once, and six more attempts
		bounded(t, r.second[1:], 3_500)
	})
}

// bounded fails the test if there are more requests in a second. S3 takes
// 3,500 writes and 5,500 reads a second under one prefix (user guide, "Best
// practices design patterns: optimizing Amazon S3 performance").
func bounded(t *testing.T, second []int, most int) {
	t.Helper()
	if n := slices.Max(second); n > most {
		t.Errorf("%d requests in a second; want at most %d", n, most)
	}
}

// TestHerdAfterOutage: all requests of 1,000 writers hang for ten seconds and
// are then answered together.
func TestHerdAfterOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const end = 12
		r, res := herd(t, [2]time.Duration{2 * time.Second, end * time.Second})
		row(t, "outage", "1,000 writers, whose requests all hang for ten seconds and are then answered together", firsts(r.second[end:]))
		res.within(t, 100, 6)
		bounded(t, r.second[end:], 3_500)
	})
}

// firsts writes the first numbers of a list.
func firsts(list []int) string {
	const most = 5
	text := strings.Trim(strings.ReplaceAll(fmt.Sprint(list[:min(most, len(list))]), " ", ", "), "[]")
	if len(list) > most {
		text += ", ..."
	}
	return text
}

// TestWaits measures the waits between attempts: writers of the model of an S3
// key, 4 updates each, and 1,000 of them with one.
func TestWaits(t *testing.T) {
	var requests []string
	for _, writers := range []int{2, 8, 64} {
		synctest.Test(t, func(t *testing.T) {
			r := newRegister()
			stores := slices.Repeat([]awsjar.Store{r}, writers)
			requests = append(requests, few(compete(t.Context(), t, stores, 4, &r.requests).perUpdate()))
		})
	}
	synctest.Test(t, func(t *testing.T) {
		r, res := herd(t, [2]time.Duration{})
		requests = append(requests, few(res.perUpdate()))
		row(t, "waits", strings.Join(requests, " / "), r.second[0], slices.Max(r.second[1:]), res.elapsed)
	})
}

// refusing is a store in which somebody else is always first.
type refusing struct{ saves []time.Time }

func (*refusing) Load(context.Context) ([]byte, awsjar.Meta, error) {
	return []byte("1"), awsjar.Meta{Revision: "1"}, nil
}

func (r *refusing) Save(context.Context, []byte, awsjar.Revision) (awsjar.Meta, error) {
	r.saves = append(r.saves, time.Now())
	return awsjar.Meta{}, awsjar.ErrConflict
}

func (*refusing) Delete(context.Context, awsjar.Revision) error { return nil }

// TestFullJitter: each wait is anywhere between nothing and its ceiling, which
// doubles from 20 ms to 2 s, and the context ends the last one at once.
func TestFullJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const runs, limit = 400, time.Minute
		waits := make([][]time.Duration, 12)
		for range runs {
			r := &refusing{}
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			start := time.Now()
			_, err := awsjar.New[int](r).Update(ctx, func(n *int) error { *n++; return nil })
			cancel()
			if took := time.Since(start); took != limit || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, awsjar.ErrConflict) {
				t.Fatalf("Update ended after %v: %v; want both errors after %v", took, err, limit)
			}
			for i := range waits {
				waits[i] = append(waits[i], r.saves[i+1].Sub(r.saves[i]))
			}
		}
		for i, w := range waits {
			ceiling := min(20*time.Millisecond<<i, 2*time.Second)
			slices.Sort(w)
			for _, q := range []float64{0, 0.25, 0.5, 0.75, 1} {
				got := float64(w[int(q*float64(runs-1))]) / float64(ceiling)
				if got < q-0.15 || got > q+0.15 || got > 1 {
					t.Errorf("wait %d: the quantile %.2f is %.2f of %v", i+1, q, got, ceiling)
				}
			}
		}
	})
}
