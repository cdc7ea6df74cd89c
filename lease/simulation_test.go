package lease

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/expiry"
	"github.com/awsjar/awsjar/internal/expiry/expirytest"
	"github.com/awsjar/awsjar/memjar"
)

var seeds = flag.Int("seeds", 3, "how many simulations of each kind to run")

// The simulated world: programs compete for one lease for two virtual hours.
const (
	programs = 5
	duration = 2 * time.Hour
	longNap  = 15 * time.Second // between two tries
)

// scenario is one kind of world.
type scenario struct {
	name  string
	ttl   time.Duration
	clock bool // the store has a clock, of whole seconds
	short bool // each try is made by a program that remembers nothing, as an invocation of a Lambda function
	erase eraser
}

// eraser says which claims somebody deletes now and then.
type eraser int

const (
	erasesNothing eraser = iota
	erasesFree           // free claims
	erasesAny            // also claims that are held: then two programs hold the lease, and only the fence helps
)

// tally is the result of a simulation.
type tally struct {
	acquired, deaths, takeovers int
	overlaps                    int // a holder believed to hold the lease after a later acquisition
	tokensBack                  int // in the store, a token was not greater than that of an earlier acquisition
	erased                      int // claims that were deleted
	falseLosses                 int // ErrLost while the claim was still that of the holder
	fenced, unfenced            int // writes of earlier holders that the fence refused, and that it let pass
	worstWait                   time.Duration
}

// world is the state that the programs of one simulation share.
type world struct {
	scenario
	store   *memjar.Store
	guarded *awsjar.Jar[uint64] // its value is the fence
	end     time.Time

	mu     sync.Mutex
	newest uint64    // token of the last acquisition
	died   time.Time // when the newest holder died; zero if it lives
	tally
}

func (w *world) note(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// simulate runs one world of virtual time.
func simulate(t *testing.T, s scenario, seed uint64) (result tally) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{scenario: s, store: memjar.New(), guarded: awsjar.New[uint64](memjar.New()), end: time.Now().Add(duration)}
		var running sync.WaitGroup
		for i := range programs {
			running.Go(func() { w.program(t.Context(), rand.New(rand.NewPCG(seed, uint64(i))), fmt.Sprint(i)) })
		}
		if s.erase != erasesNothing {
			running.Go(func() { w.eraser(t.Context(), rand.New(rand.NewPCG(seed, programs))) })
		}
		running.Wait()
		w.tokensBack = tokensBack(t.Context(), w.store)
		result = w.tally
	})
	return result
}

// tokensBack counts, in everything that was ever stored, the acquisitions whose
// token is not greater than that of the acquisition before.
func tokensBack(ctx context.Context, store *memjar.Store) (count int) {
	var later claim
	for found, err := range awsjar.New[claim](store).History(ctx) { // newest first
		switch {
		case err != nil || found.Deleted || found.Value.ID == "":
			continue
		case later.ID != "" && later.ID != found.Value.ID && later.Token <= found.Value.Token:
			count++
		}
		later = found.Value
	}
	return count
}

// program acquires the lease and works under it, again and again.
func (w *world) program(ctx context.Context, rng *rand.Rand, owner string) {
	m := expirytest.NewMachine(rng)
	net := expirytest.NewNetwork(w.store, rng, w.clock)
	open := func() *Lock {
		return New(net, func(o *Options) { o.TTL, o.Owner, o.clock = w.ttl, owner, m.Now })
	}
	lock := open()
	for time.Now().Before(w.end) {
		if w.short {
			lock = open()
		}
		held, err := lock.TryAcquire(ctx)
		if err != nil {
			time.Sleep(time.Duration(rng.Int64N(int64(longNap))))
			continue
		}
		w.note(func() {
			w.acquired++
			w.newest = max(w.newest, held.Token())
			if !w.died.IsZero() {
				w.takeovers++
				w.worstWait = max(w.worstWait, time.Since(w.died))
				w.died = time.Time{}
			}
		})
		w.work(ctx, rng, m, held)
	}
}

// work holds the lease for a while: it renews, stalls, freezes, dies, writes.
func (w *world) work(ctx context.Context, rng *rand.Rand, m *expirytest.Machine, held *Held) {
	for range 1 + rng.IntN(6) {
		time.Sleep(time.Duration(rng.IntN(20000)) * time.Millisecond)
		switch rng.IntN(12) {
		case 0:
			w.note(func() {
				w.deaths++
				if held.Token() == w.newest {
					w.died = time.Now()
				}
			})
			return
		case 1:
			m.Freeze(time.Duration(rng.IntN(200)) * time.Second)
		case 2:
			time.Sleep(time.Duration(rng.IntN(120)) * time.Second)
		}
		valid := held.Valid()
		w.note(func() {
			if valid && w.newest > held.Token() {
				w.overlaps++
			}
		})
		if rng.IntN(4) == 0 { // between Valid and the write any time may pass
			time.Sleep(time.Duration(rng.IntN(90)) * time.Second)
		}
		w.writeGuarded(ctx, held)
		if !w.renew(ctx, held) {
			return
		}
	}
	_ = held.Release(ctx)
}

// writeGuarded writes the guarded state with the fence.
func (w *world) writeGuarded(ctx context.Context, held *Held) {
	var before uint64
	_, err := w.guarded.Update(ctx, func(fence *uint64) error {
		before = *fence
		return held.Fence(fence)
	})
	w.note(func() {
		switch {
		case errors.Is(err, ErrLost):
			w.fenced++
		case before > held.Token():
			w.unfenced++
		}
	})
}

// renew reports whether the lease is still held.
func (w *world) renew(ctx context.Context, held *Held) bool {
	was := held.Valid()
	err := held.Renew(ctx)
	if !errors.Is(err, ErrLost) {
		return true
	}
	stored, loadErr := awsjar.New[claim](w.store).Load(ctx)
	w.note(func() {
		if loadErr == nil && was && stored.Value.same(held.claim) {
			w.falseLosses++
		}
	})
	return false
}

// eraser deletes the claim now and then, as a lifecycle rule or a person does.
func (w *world) eraser(ctx context.Context, rng *rand.Rand) {
	jar := awsjar.New[claim](w.store)
	for time.Now().Before(w.end) {
		pause := 10 * time.Minute
		if w.erase == erasesFree { // a claim is seldom free, and not for long
			pause = 10 * time.Second
		}
		time.Sleep(time.Duration(rng.Int64N(int64(pause))))
		found, err := jar.Load(ctx)
		if err == nil && (w.erase == erasesAny || found.Value.ID == "") && jar.DeleteIf(ctx, found.Revision) == nil {
			w.note(func() { w.erased++ })
		}
	}
}

// TestSimulation: with any faults of clocks, network and programs no two
// programs hold a valid lease at once, tokens grow, and a dead holder is
// replaced in time.
func TestSimulation(t *testing.T) {
	for _, s := range []scenario{
		{name: "a store with a clock, short programs", ttl: time.Minute, clock: true, short: true},
		{name: "a store with a clock, short programs, a TTL below the slowest request", ttl: 10 * time.Second, clock: true, short: true},
		{name: "a store with a clock, long-lived programs", ttl: time.Minute, clock: true},
		{name: "a store without a clock, long-lived programs", ttl: time.Minute},
		{name: "free claims are deleted", ttl: time.Minute, clock: true, short: true, erase: erasesFree},
		{name: "held claims are deleted", ttl: time.Minute, clock: true, short: true, erase: erasesAny},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var sum tally
			for seed := range *seeds {
				sum.add(simulate(t, s, uint64(seed)))
			}
			t.Logf("%+v", sum)
			sum.check(t, s)
		})
	}
}

func (sum *tally) add(one tally) {
	sum.acquired += one.acquired
	sum.deaths += one.deaths
	sum.takeovers += one.takeovers
	sum.overlaps += one.overlaps
	sum.tokensBack += one.tokensBack
	sum.erased += one.erased
	sum.falseLosses += one.falseLosses
	sum.fenced += one.fenced
	sum.unfenced += one.unfenced
	sum.worstWait = max(sum.worstWait, one.worstWait)
}

func (sum *tally) check(t *testing.T, s scenario) {
	if sum.overlaps > 0 && s.erase != erasesAny {
		t.Errorf("%d overlaps", sum.overlaps)
	}
	if sum.tokensBack > 0 {
		t.Errorf("%d tokens were not greater than the one before", sum.tokensBack)
	}
	if sum.falseLosses > 0 && s.erase != erasesAny {
		t.Errorf("%d times a holder took its own claim for that of another", sum.falseLosses)
	}
	if sum.unfenced > 0 {
		t.Errorf("the fence let %d writes of earlier holders pass", sum.unfenced)
	}
	// A try every longNap, each with two slow requests.
	limit := s.ttl + s.ttl/20 + expiry.Rounding + 2*longNap + 6*expirytest.Slowest
	if sum.worstWait > limit {
		t.Errorf("a dead holder was replaced after %v, want %v at most", sum.worstWait, limit)
	}
	if s.erase != erasesNothing && sum.erased < *seeds*2 {
		t.Errorf("only %d claims were deleted", sum.erased)
	}
	if sum.acquired < *seeds*20 || sum.takeovers < sum.deaths/2 {
		t.Errorf("the simulation stands still: %+v", *sum)
	}
}
