package once

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/awsjar/awsjar"
)

// claimKind marks a stored value as a claim of this package, so that no other
// value is taken for one and overwritten.
const claimKind = "once"

// The states of a claim.
const (
	inProgress = "running"
	endedWell  = "done"
	hasFailed  = "failed" // the function returned an error: the id is free
)

// claim is the value that is stored, as JSON.
type claim struct {
	Kind   string          `json:"kind"`
	State  string          `json:"state"`
	ID     string          `json:"id,omitempty"`     // of the run
	Try    string          `json:"try,omitempty"`    // of one attempt to write
	Owner  string          `json:"owner,omitempty"`  // for people
	TTL    int64           `json:"ttl_ms,omitempty"` // milliseconds
	Since  time.Time       `json:"since,omitzero"`   // the begin of the run, by its own wall clock, for people
	Input  string          `json:"input,omitempty"`  // SHA-256, in hexadecimal digits
	Result json.RawMessage `json:"result,omitempty"` // absent if it was not kept
}

func (c claim) ttl() time.Duration {
	const most = int64(1<<63-1) / int64(time.Millisecond)
	return time.Duration(min(max(c.TTL, 0), most)) * time.Millisecond
}

func inputHash(input []byte) string {
	if input == nil {
		return ""
	}
	sum := sha256.Sum256(input)
	return hex.EncodeToString(sum[:])
}

// failed returns the claim after the function returned an error.
func (r *run) failed() claim {
	return claim{Kind: claimKind, State: hasFailed, ID: r.claim.ID, Input: r.claim.Input}
}

// completed returns the claim after the function ended well. A result that is
// too large is left out: the effect has happened, so the fact must be stored in
// any case.
func (r *run) completed(result json.RawMessage) claim {
	done := r.claim
	done.State, done.TTL = endedWell, 0
	if len(result) <= r.opts.MaxResult {
		done.Result = result
	}
	return done
}

// tries bounds how often one call writes when its writes meet others.
const tries = 8

// begin stores the claim of this run. If an earlier run ended well it returns
// that run's claim instead.
func (r *run) begin(ctx context.Context) (done *claim, err error) {
	replaces := awsjar.None
	r.began = time.Now()
	for range tries {
		r.claim.Try = rand.Text()
		meta, err := r.jar.PutIf(ctx, r.claim, replaces)
		if err == nil {
			r.revision = meta.Revision
			return nil, nil
		}
		if !errors.Is(err, awsjar.ErrConflict) && !errors.Is(err, awsjar.ErrUncertain) {
			return nil, err
		}
		found, err := r.look(ctx, err)
		if err != nil {
			return nil, err
		}
		if found.Value.ID == r.claim.ID { // it was stored, and nobody took over
			r.claim, r.revision = found.Value, found.Revision
			return nil, nil
		}
		if done, err := r.judge(found); done != nil || err != nil {
			return done, err
		}
		replaces = found.Revision
	}
	return nil, &HeldError{Owner: "other programs", Left: r.opts.TTL}
}

// judge decides whether the function may run over the claim that was found:
// neither a claim nor an error means that it may.
func (r *run) judge(found awsjar.Entry[claim]) (done *claim, err error) {
	earlier := found.Value
	if found.Revision == awsjar.None || earlier.State == endedWell && r.expired(found.Meta) {
		return nil, nil
	}
	if earlier.Input != r.claim.Input {
		return nil, ErrOtherInput
	}
	switch earlier.State {
	case endedWell:
		return &earlier, nil
	case hasFailed:
		return nil, nil
	}
	left := r.observer.Left(r.opts.clock(), earlier.ttl(), found.Meta)
	switch {
	case left > 0:
		return nil, &HeldError{Owner: earlier.Owner, Since: earlier.Since, Left: left}
	case r.opts.Mode == AtMostOnce:
		return nil, ErrInDoubt
	}
	return nil, nil
}

// expired reports whether a result is older than Keep, by the store's clock.
func (r *run) expired(meta awsjar.Meta) bool {
	return r.opts.Keep > 0 && meta.Age() > r.opts.Keep
}

// look returns the claim that is stored, or the zero claim if there is none.
// A conflict may carry the claim that it met, which saves a request.
func (r *run) look(ctx context.Context, conflict error) (awsjar.Entry[claim], error) {
	found, ok := r.carried(conflict)
	if !ok {
		var err error
		found, err = r.jar.Load(ctx)
		if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) {
			return awsjar.Entry[claim]{}, nil
		}
		if err != nil {
			return found, err
		}
	}
	switch found.Value.State {
	case inProgress, endedWell, hasFailed:
		if found.Value.Kind == claimKind {
			return found, nil
		}
	}
	return found, &awsjar.Error{
		Hint: "give each id a key of its own",
		Err:  fmt.Errorf("%w: the value that is stored there is not one that once writes", awsjar.ErrInvalid),
	}
}

// carried returns the claim that a conflict carries.
func (r *run) carried(conflict error) (found awsjar.Entry[claim], ok bool) {
	current, ok := errors.AsType[interface {
		error
		Current(of awsjar.Store) ([]byte, awsjar.Meta, error)
	}](conflict)
	if !ok {
		return found, false
	}
	data, meta, err := current.Current(r.store)
	if err != nil || (awsjar.JSON{}).Unmarshal(data, &found.Value) != nil {
		return found, false
	}
	found.Meta = meta
	return found, true
}

// end stores how the run ended, over its own claim and nothing else. If another
// run has begun meanwhile the error is [ErrLost].
func (r *run) end(ctx context.Context, ended claim) error {
	for attempt := 1; ; attempt++ {
		ended.Try = rand.Text()
		_, err := r.jar.PutIf(ctx, ended, r.revision)
		if ended.Result != nil && (errors.Is(err, awsjar.ErrTooLarge) || errors.Is(err, awsjar.ErrInvalid)) {
			ended.Result = nil // the store cannot take it, and the fact must be stored in any case
			continue
		}
		if err == nil || !errors.Is(err, awsjar.ErrConflict) && !errors.Is(err, awsjar.ErrUncertain) {
			return err
		}
		found, lookErr := r.look(ctx, err)
		switch {
		case errors.Is(lookErr, awsjar.ErrInvalid):
			return fmt.Errorf("%w: %w", ErrLost, lookErr)
		case lookErr != nil && attempt == tries:
			return fmt.Errorf("%w: the claim could not be read: %w", awsjar.ErrUncertain, lookErr)
		case lookErr != nil:
			continue
		case found.Value.ID == ended.ID && found.Value.State == ended.State:
			return nil
		case found.Value.ID != ended.ID:
			return fmt.Errorf("%w: another run began meanwhile, or the claim was deleted", ErrLost)
		case attempt == tries:
			return fmt.Errorf("the claim still says that the function runs: %w", err)
		}
		r.revision = found.Revision // our own claim, in progress
	}
}
