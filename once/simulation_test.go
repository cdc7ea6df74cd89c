package once

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar/internal/expiry/expirytest"
	"github.com/awsjar/awsjar/memjar"
)

var messages = flag.Int("messages", 300, "how many messages each simulation delivers")

// The simulated queue delivers each message up to this often, to programs that
// work at the same time.
const (
	deliveries = 12
	programs   = 4
	runTime    = time.Minute // the TTL
)

// scenario is one kind of world.
type scenario struct {
	name    string
	mode    Mode
	outlive bool // some functions take longer than their time
}

// message is the story of one message.
type message struct {
	mu       sync.Mutex
	runs     int // how often the function began
	deaths   int
	running  int
	overlaps int
	lost     int         // ErrLost
	results  map[int]int // the results that were returned without an error, and how often
	afterEnd int         // runs that began after a result had been returned
}

// deliver lets a program handle the message once.
func (m *message) deliver(ctx context.Context, s scenario, store *memjar.Store, rng *rand.Rand) {
	machine := expirytest.NewMachine(rng)
	network := expirytest.NewNetwork(store, rng, true)
	defer func() { _ = recover() }() // the program dies
	result, err := Do(ctx, network, func(context.Context) (int, error) { return m.run(s, rng), nil }, func(o *Options) {
		o.TTL, o.Mode, o.clock = runTime, s.mode, machine.Now
	})
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err == nil:
		m.results[result]++
	case errors.Is(err, ErrLost):
		m.lost++
	}
}

// run is the function: its result is the number of the run.
func (m *message) run(s scenario, rng *rand.Rand) int {
	m.mu.Lock()
	m.runs++
	number := m.runs
	if m.running++; m.running > 1 {
		m.overlaps++
	}
	if len(m.results) > 0 {
		m.afterEnd++
	}
	m.mu.Unlock()
	took := time.Duration(rng.Int64N(int64(runTime / 4)))
	if s.outlive && rng.IntN(4) == 0 {
		took += 2 * runTime
	}
	time.Sleep(took)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.running--
	if rng.IntN(4) == 0 {
		m.deaths++
		panic("the program dies")
	}
	return number
}

// TestSimulation: with any faults of clocks, network and programs a
// message has one result, and with AtMostOnce one run.
func TestSimulation(t *testing.T) {
	for _, s := range []scenario{
		{name: "at least once", mode: AtLeastOnce},
		{name: "at most once", mode: AtMostOnce},
		{name: "at least once, runs outlive their time", mode: AtLeastOnce, outlive: true},
		{name: "at most once, runs outlive their time", mode: AtMostOnce, outlive: true},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			runs, repeated, results, lost, overlaps := 0, 0, 0, 0, 0
			for seed := range *messages {
				m := &message{results: map[int]int{}}
				synctest.Test(t, func(t *testing.T) { simulate(t.Context(), s, m, uint64(seed)) })
				m.check(t, s, seed)
				runs += m.runs
				lost += m.lost
				overlaps += m.overlaps
				if m.runs > 1 {
					repeated++
				}
				for _, n := range m.results {
					results += n
				}
			}
			t.Logf("%d messages: %d runs, %d ran more than once, %d overlapping runs, %d results, %d ErrLost", *messages, runs, repeated, overlaps, results, lost)
			if runs < *messages*9/10 || results < *messages*4 {
				t.Errorf("the simulation stands still")
			}
		})
	}
}

// simulate delivers one message, again and again.
func simulate(ctx context.Context, s scenario, m *message, seed uint64) {
	store := memjar.New()
	var running sync.WaitGroup
	for i := range programs {
		running.Go(func() {
			rng := rand.New(rand.NewPCG(seed, uint64(i)))
			for range deliveries / programs {
				time.Sleep(time.Duration(rng.Int64N(int64(5 * time.Minute))))
				m.deliver(ctx, s, store, rng)
			}
		})
	}
	running.Wait()
}

func (m *message) check(t *testing.T, s scenario, seed int) {
	if len(m.results) > 1 {
		t.Errorf("message %d has %d different results", seed, len(m.results))
	}
	if m.afterEnd > 0 {
		t.Errorf("message %d ran again after a result had been returned", seed)
	}
	if s.mode == AtMostOnce && m.runs > 1 {
		t.Errorf("message %d ran %d times", seed, m.runs)
	}
	if !s.outlive && m.overlaps > 0 {
		t.Errorf("message %d had two runs at once", seed)
	}
}
