// Package expirytest is a simulated world for claims that run out: machines
// whose clocks are wrong, and a network that cannot be trusted. It is made for
// the virtual time of package synctest.
package expirytest

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/expiry"
	"github.com/awsjar/awsjar/memjar"
)

const (
	// Failures is the share of requests that fail unstored, and of writes whose
	// answer is lost.
	Failures = 0.05

	// Slowest is the longest time of each way of a request.
	Slowest = 20 * time.Second

	storeSkew = -3 * time.Hour
)

// Machine has two clocks of its own: both run up to 2 % too fast or too slow,
// and its wall clock is up to an hour off.
type Machine struct {
	rate   float64       // of both clocks
	offset time.Duration // of the wall clock
	began  time.Time
	frozen time.Duration // that the monotonic clock missed
}

// NewMachine returns a machine that starts now.
func NewMachine(rng *rand.Rand) *Machine {
	return &Machine{
		rate:   0.98 + 0.04*rng.Float64(),
		offset: time.Duration(rng.Int64N(int64(2*time.Hour))) - time.Hour,
		began:  time.Now(),
	}
}

// Now reads both clocks.
func (m *Machine) Now() expiry.Instant {
	run := func(d time.Duration) time.Duration { return time.Duration(float64(d) * m.rate) }
	passed := time.Since(m.began)
	return expiry.Instant{Monotonic: run(passed - m.frozen), Wall: m.began.Add(m.offset + run(passed))}
}

// Freeze lets time pass that the monotonic clock does not count, as Lambda does
// between two invocations.
func (m *Machine) Freeze(d time.Duration) {
	time.Sleep(d)
	m.frozen += d
}

// Network is a store in memory behind a network that is slow, fails, and loses
// answers.
type Network struct {
	*memjar.Store
	clock bool

	mu  sync.Mutex
	rng *rand.Rand
}

// NewNetwork returns one program's way to a store. With a clock, the store tells
// the time in whole seconds, as S3 does.
func NewNetwork(store *memjar.Store, rng *rand.Rand, clock bool) *Network {
	return &Network{Store: store, clock: clock, rng: rand.New(rand.NewPCG(rng.Uint64(), 1))}
}

// luck returns the fate of one request and the times of its two ways.
func (n *Network) luck() (fate float64, there, back time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	way := func() time.Duration {
		if n.rng.IntN(20) == 0 {
			return time.Duration(n.rng.Int64N(int64(Slowest)))
		}
		return time.Duration(n.rng.Int64N(int64(200 * time.Millisecond)))
	}
	return n.rng.Float64(), way(), way()
}

// seen returns a Meta by the store's clock, which is hours off and of whole
// seconds, or without a clock.
func (n *Network) seen(meta awsjar.Meta) awsjar.Meta {
	if !n.clock {
		meta.Now, meta.Modified = time.Time{}, time.Time{}
		return meta
	}
	meta.Now = time.Now().Add(storeSkew).Truncate(time.Second)
	if !meta.Modified.IsZero() {
		meta.Modified = meta.Modified.Add(storeSkew).Truncate(time.Second)
	}
	return meta
}

// Load answers late, or not at all.
func (n *Network) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	fate, there, back := n.luck()
	time.Sleep(there)
	if fate < Failures {
		return nil, awsjar.Meta{}, errors.New("no answer")
	}
	data, meta, err := n.Store.Load(ctx)
	meta = n.seen(meta)
	time.Sleep(back)
	return data, meta, err
}

// Save answers late, or not at all: then the value may be stored.
func (n *Network) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	fate, there, back := n.luck()
	time.Sleep(there)
	if fate < Failures {
		return awsjar.Meta{}, errors.New("refused")
	}
	meta, err := n.Store.Save(ctx, data, replaces)
	meta = n.seen(meta)
	time.Sleep(back)
	if fate < 2*Failures {
		return awsjar.Meta{}, awsjar.ErrUncertain
	}
	return meta, err
}
