package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lease"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/once"
)

// claimVector is the value in the key of a lease or of a run-once claim.
type claimVector struct {
	Name  string `json:"name"`
	Claim string `json:"claim"` // the text that is stored
	State string `json:"state"` // see the constants
	meaning
}

// meaning are the members that a reader must find, and only those of the state.
type meaning struct {
	Token  uint64          `json:"token,omitempty"` // of a lease
	Owner  string          `json:"owner,omitempty"`
	TTL    int64           `json:"ttl_ms,omitempty"`
	Input  string          `json:"input,omitempty"` // of a run: its SHA-256
	Result json.RawMessage `json:"result,omitempty"`
}

func (v claimVector) name() string { return v.Name }

// The states of a claim. A value of another kind must not be overwritten.
const (
	leaseHeld   = "lease, held"
	leaseFree   = "lease, free"
	runUnderWay = "run, running"
	runDone     = "run, done"
	runFailed   = "run, failed"
	otherKind   = "another kind"
)

const owner = "a vector"

// input is the input of the runs that have one.
var input = []byte("input")

// claimCase stores one claim.
type claimCase struct {
	label, state string
	store        func(context.Context, *memjar.Store) error
}

func (c claimCase) name() string { return c.label }

func claimCases() []claimCase {
	run := func(result any, err error, optFns ...func(*once.Options)) func(context.Context, *memjar.Store) error {
		return func(ctx context.Context, store *memjar.Store) error {
			_, got := once.Do(ctx, store, func(context.Context) (any, error) { return result, err }, append(optFns, byOwner)...)
			if err == nil {
				return got
			}
			return nil
		}
	}
	withInput := func(o *once.Options) { o.Input = input }
	text := func(text string) func(context.Context, *memjar.Store) error {
		return func(ctx context.Context, store *memjar.Store) error {
			_, err := store.Save(ctx, []byte(text), awsjar.None)
			return err
		}
	}
	return []claimCase{
		{"a lease that is held", leaseHeld, acquire(1)},
		{"a second holder", leaseHeld, acquire(2)},
		{"a lease that was released", leaseFree, func(ctx context.Context, store *memjar.Store) error {
			return lock(store).TryDo(ctx, func(context.Context, *lease.Held) error { return nil })
		}},
		{"a lease with a member of a later version", leaseHeld, text(
			`{"kind":"lease","token":7,"id":"A","try":"B","owner":"a vector","ttl_ms":60000,"since":"2026-01-02T03:04:05Z","later":[1]}`)},
		{"a run that is under way", runUnderWay, underWay},
		{"a run that ended", runDone, run(map[string]int{"sum": 5}, nil)},
		{"a run with an input that ended", runDone, run("text", nil, withInput)},
		{"a result that was not kept", runDone, run("too large", nil, func(o *once.Options) { o.MaxResult = 1 })},
		{"a run that failed", runFailed, run(nil, errors.New("failed"))},
		{"a run with an input that failed", runFailed, run(nil, errors.New("failed"), withInput)},
		{"another kind of claim", otherKind, text(`{"kind":"semaphore","token":1}`)},
		{"a value without a kind", otherKind, text(`{"n":1}`)},
		{"a value that is no JSON", otherKind, text("text")},
	}
}

func byOwner(o *once.Options) { o.Owner = owner }

func lock(store *memjar.Store) *lease.Lock {
	return lease.New(store, func(o *lease.Options) { o.Owner = owner })
}

// acquire returns a case with a lease that was acquired n times, and is held.
func acquire(n int) func(context.Context, *memjar.Store) error {
	return func(ctx context.Context, store *memjar.Store) error {
		for turn := range n {
			holder, err := lock(store).TryAcquire(ctx)
			if err != nil {
				return err
			}
			if turn < n-1 {
				if err := holder.Release(ctx); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// underWay stores the claim of a run that has not ended.
func underWay(ctx context.Context, store *memjar.Store) error {
	other := memjar.New()
	_, err := once.Do(ctx, other, func(ctx context.Context) (int, error) {
		data, _, err := other.Load(ctx)
		if err == nil {
			_, err = store.Save(ctx, data, awsjar.None)
		}
		return 0, err
	}, byOwner)
	return err
}

// write stores the claim, and returns it with its meaning.
func (c claimCase) write(ctx context.Context) (claimVector, error) {
	v, store := claimVector{Name: c.label, State: c.state}, memjar.New()
	if err := c.store(ctx, store); err != nil {
		return v, err
	}
	data, _, err := store.Load(ctx)
	if err != nil {
		return v, err
	}
	v.Claim = string(data)
	if c.state != otherKind {
		err = json.Unmarshal(data, &v.meaning)
	}
	return v, err
}
