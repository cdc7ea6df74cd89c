package linear_test

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/awsjar/awsjar/internal/linear"
)

var pairRounds = flag.Float64("pairs", 0.08, "how many histories each pair of faults gets; below 1, the part of the pairs that get one")

// kinds are all faults: single ones are often survived where two together are
// not, such as a request that is sent twice and a read that fails after it.
var kinds = slices.Concat(linear.Faults, linear.Lies, linear.Proxies)

// paired is a counter under two kinds of faults. Each call begins with a value,
// and the lineage is long enough for all of them.
func paired(a, b linear.Fault) scenario {
	return scenario{clients: 3, ops: 4, rate: 0.45, faults: []linear.Fault{a, b}, counter: true, begun: true}
}

// TestS3Pairs: pairs of faults, two times the same one too; all of them with
// -pairs 1.
func TestS3Pairs(t *testing.T) {
	pairs(t, func(t *testing.T, s scenario, seed uint64) linear.Report { return s.onS3(t, seed) })
}

// TestLambdaPairs: the same with a function's environment.
func TestLambdaPairs(t *testing.T) {
	pairs(t, func(t *testing.T, s scenario, seed uint64) linear.Report { return s.onLambda(t, seed) })
}

// atOnce is how many pairs run at a time: most of a history is waiting.
const atOnce = 24

// pairs runs histories of each pair and prints their totals.
func pairs(t *testing.T, run func(*testing.T, scenario, uint64) linear.Report) {
	if len(kinds) < 20 {
		t.Fatalf("%d kinds of faults", len(kinds))
	}
	if testing.Short() {
		t.Skip("pairs of faults wait for long")
	}
	t.Parallel()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var total linear.Report
	histories := 0
	first := cmp.Or(*seed, uint64(time.Now().UnixNano()))
	free := make(chan struct{}, atOnce)
	drawn := rand.New(rand.NewPCG(first, 0))
	for i, a := range kinds {
		for _, b := range kinds[i:] {
			if drawn.Float64() >= *pairRounds {
				continue
			}
			free <- struct{}{}
			wg.Go(func() {
				defer func() { <-free }()
				t.Run(fmt.Sprintf("%s+%s", a, b), func(t *testing.T) {
					for n := range max(1, int(*pairRounds)) {
						report := run(t, paired(a, b), first+uint64(n))
						if report.Undecided > 0 {
							t.Errorf("the history with seed %d is undecided", first+uint64(n))
						}
						mu.Lock()
						total.Add(report)
						histories++
						mu.Unlock()
					}
				})
			})
		}
	}
	wg.Wait()
	t.Logf("seed %d: %d histories of %d kinds of faults, %s", first, histories, len(kinds), total)
}
