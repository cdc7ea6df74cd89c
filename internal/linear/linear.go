// Package linear checks that a store is linearizable: that every history of
// concurrent calls could also have happened one after another, each at some
// moment between its call and its return, on a single register. That is
// the meaning of "nothing lost, nothing twice".
//
// Clients make random calls on one place at once, and every call is recorded
// with its times and its outcome. porcupine then looks for an order that
// explains them all. An outcome of ErrUncertain enters as "happened once or
// not at all"; any other failure as "did not happen", so that a write that was
// stored although the call failed is found by the next client that reads it.
package linear

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/awsjar/awsjar"
)

// Config describes the histories to run.
type Config struct {
	// Stores are the clients' handles on one place, which is empty. Each
	// client has one; the same handle may be there twice.
	Stores []awsjar.Store
	// First is the number of the first client; others have those after it.
	First int
	// Ops is how many operations each client makes.
	Ops int
	// Seed makes the same choices again; the schedule differs.
	Seed uint64
	// Timeout bounds each call; 0: ten seconds.
	Timeout time.Duration
	// Flaky, if not nil, is the way of each client's requests. An
	// unconditional Put or Delete whose answer was lost may be repeated by
	// the SDK, or by the network at any later time, and nothing guards it;
	// so it may be applied as often besides as Flaky.Repeats says. And a
	// DeleteIf that saw a fault may find that the value is gone already.
	Flaky []*Flaky
	// Guarded leaves out the calls without a condition, Put and Delete, and
	// DeleteIf.
	Guarded bool
	// Without leaves out more calls: any of "put", "delete" and "deleteif".
	Without []string
	// LateWrites allows effects that no guard of S3 prevents, to calls that saw a
	// fault:
	//
	//   - a create that was stored, its answer lost, and deleted by another
	//     before it looked, finds nothing, as it did before, and is sent again;
	//     and a late duplicate of it matches once the value is deleted;
	//   - in a history in which the network sent some request twice, a late
	//     duplicate of a PUT with If-Match matches once a repeated Put has
	//     brought the same content back, for the same content has the same
	//     ETag; and a late duplicate of a Put brings back even the id of
	//     before, so that a write over it that was lost is sent again.
	//
	// Where no request is sent twice, a write over a value is never allowed to
	// be carried out again.
	LateWrites bool
	// Counter leaves only Get and Update, and lets different updates store
	// equal values, as counters do.
	Counter bool
	// Begun lets the first client make an update before the others begin, so
	// that there is a value to replace.
	Begun bool
	// OneJar lets the clients that have the same Store share a Jar, too. And
	// half of their Gets are updates that change nothing, or fail: the
	// value that such an update saw must be a stored one.
	OneJar bool
}

// Rounds checks that many histories, each by one call, and prints their
// totals. The first has the seed given, or a new one for 0, and each of the
// others the next. It ends with the first history that fails. A history that is
// undecided is replaced by another one. The test fails if more than one is, and more
// than one in ten.
func Rounds(t *testing.T, histories int, seed uint64, one func(seed uint64) Report) {
	t.Helper()
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	var total Report
	done, without := 0, 0
	for done-total.Undecided < max(1, histories) {
		total.Add(one(seed + uint64(done)))
		done++
		if t.Failed() {
			without++
			break
		}
		if total.Undecided > max(1, histories/10) {
			t.Errorf("%d of %d histories are undecided", total.Undecided, done)
			break
		}
	}
	t.Logf("seed %d: %d histories, %d without an order, %d undecided, %s", seed, done, without, total.Undecided, total)
	for text, n := range total.Errors {
		t.Logf("%6d x %s", n, text)
	}
}

// Report counts the events of histories.
type Report struct {
	Ops       int // that were checked
	Conflicts int // ErrConflict and ErrExists
	Uncertain int // ErrUncertain
	Failed    int // any other error: not stored
	Undecided int // histories for which the search for an order took too long
	Errors    map[string]int
	Faults    map[Fault]int // of requests
}

// Add sums up reports.
func (r *Report) Add(other Report) {
	r.Ops += other.Ops
	r.Conflicts += other.Conflicts
	r.Uncertain += other.Uncertain
	r.Failed += other.Failed
	r.Undecided += other.Undecided
	r.Errors = sum(r.Errors, other.Errors)
	r.Faults = sum(r.Faults, other.Faults)
}

// sum adds the counts of b to a, which may be nil.
func sum[K comparable](a, b map[K]int) map[K]int {
	for key, n := range b {
		if a == nil {
			a = map[K]int{}
		}
		a[key] += n
	}
	return a
}

// String returns the counts in one line.
func (r Report) String() string {
	text := fmt.Sprintf("%d operations, %d conflicts, %d uncertain, %d failed", r.Ops, r.Conflicts, r.Uncertain, r.Failed)
	if len(r.Faults) > 0 {
		text += fmt.Sprintf("; faults: %v", r.Faults)
	}
	return text
}

// checkTime bounds each search for an order. A history that takes longer is
// undecided.
const checkTime = 20 * time.Second

// Run lets the clients call and checks the history. A history without an order
// fails the test, and is saved as a page that shows it. The caller sees to it that
// not too many are undecided, as Rounds does.
func Run(t *testing.T, c Config) Report {
	t.Helper()
	history, report := c.Record(t.Context())
	if !Check(t, history, c.Seed) {
		report.Undecided++
	}
	return report
}

// Check fails the test if a history has no order. It reports whether that was
// decided.
func Check(t *testing.T, calls []Call, seed uint64) bool {
	t.Helper()
	history := operations(calls)
	if hasOrder(simpler(history)) {
		return true
	}
	verdict, info := porcupine.CheckOperationsVerbose(model, history, checkTime)
	if verdict != porcupine.Illegal {
		return verdict == porcupine.Ok
	}
	if os.Getenv("LINEAR_PRINT") != "" {
		explain(t, history)
	}
	dir := os.Getenv("LINEAR_DIR")
	if dir == "" {
		dir = os.TempDir()
	}
	page := filepath.Join(dir, fmt.Sprintf("history-%d-%d.html", seed, time.Now().UnixNano()))
	if err := porcupine.VisualizePath(model, info, page); err != nil {
		t.Log(err)
	}
	t.Errorf("the history of %d operations (seed %d) has no order; see %s", len(history), seed, page)
	return true
}

// Holds lets the clients call and reports whether there is an order. It is for
// stores that are broken on purpose.
func Holds(ctx context.Context, c Config) (Report, bool) {
	history, report := c.Record(ctx)
	ops := operations(history)
	return report, hasOrder(simpler(ops)) || hasOrder(ops)
}

func hasOrder(history []porcupine.Operation) bool {
	return porcupine.CheckOperationsTimeout(model, history, checkTime) == porcupine.Ok
}

// simpler returns the history with at most one repetition of each operation.
// A repetition may always be left out of an order, so that an order of the simpler
// history is one of the whole. To look for it takes a thousandth of the time where
// a write was repeated five times.
func simpler(history []porcupine.Operation) []porcupine.Operation {
	type repetition struct {
		client int
		called int64
		in     any
	}
	seen := map[repetition]bool{}
	return slices.DeleteFunc(slices.Clone(history), func(o porcupine.Operation) bool {
		r := repetition{o.ClientId, o.Call, o.Input}
		if o.Output.(output).Result != repeated {
			return false
		}
		before := seen[r]
		seen[r] = true
		return before
	})
}

// explain prints the history, and which single operation it is that no order
// explains.
func explain(t *testing.T, history []porcupine.Operation) {
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	for i, o := range history {
		without := slices.Delete(slices.Clone(history), i, i+1)
		mark := " "
		if porcupine.CheckOperationsTimeout(model, without, time.Second) == porcupine.Ok {
			mark = ">"
		}
		t.Logf("%s %9.3f %9.3f client %d %s", mark, float64(o.Call)/1e6, float64(o.Return)/1e6, o.ClientId, model.DescribeOperation(o.Input, o.Output))
	}
}

// Call is one recorded call. Calls of several processes of one machine make
// one history: the times are nanoseconds of the machine's clock.
type Call struct {
	Client           int
	In               input
	Out              output
	Called, Returned int64
}

func operations(calls []Call) []porcupine.Operation {
	var ops []porcupine.Operation
	for _, c := range calls {
		ops = append(ops, porcupine.Operation{ClientId: c.Client, Input: c.In, Output: c.Out, Call: c.Called, Return: c.Returned})
	}
	return ops
}

// Record runs the clients and returns their calls.
func (c Config) Record(ctx context.Context) ([]Call, Report) {
	var report Report
	var history []Call
	var mu sync.Mutex
	var wg sync.WaitGroup
	clients := make([]*client, len(c.Stores))
	jars := map[awsjar.Store]*awsjar.Jar[Value]{}
	for id, store := range c.Stores {
		if jars[store] == nil || !c.OneJar {
			jars[store] = awsjar.New[Value](store)
		}
		clients[id] = &client{Config: c, ctx: ctx, id: c.First + id, jar: jars[store], rng: rand.New(rand.NewPCG(c.Seed, uint64(c.First+id)))}
	}
	for c.Begun && clients[0].report.Ops == clients[0].report.Failed {
		clients[0].update(Value{By: "begin"})
	}
	for _, cl := range clients {
		wg.Go(func() {
			for n := range c.Ops {
				cl.one(fmt.Sprintf("%d.%d", cl.id, n))
			}
			mu.Lock()
			defer mu.Unlock()
			history = append(history, cl.history...)
			report.Add(cl.report)
		})
	}
	wg.Wait()
	for _, flaky := range c.Flaky {
		report.Add(Report{Faults: flaky.Count()})
	}
	return history, report
}
