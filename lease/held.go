package lease

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/expiry"
	"github.com/awsjar/awsjar/internal/failure"
)

// Held is a lease that was acquired. All methods are safe for concurrent use.
type Held struct {
	lock *Lock

	writing sync.Mutex // one write at a time
	mu      sync.Mutex // for the fields below; never held during a request

	claim    claim           // as it was last written
	revision awsjar.Revision // of that claim
	sent     expiry.Instant  // before the last write that was stored
	ended    bool            // released, lost, or somebody else may hold it
	doubt    bool            // a write met another claim, which could not be read
}

// ready refuses a Held that no acquisition returned.
func (h *Held) ready() error {
	if h != nil && h.lock != nil {
		return nil
	}
	return failure.Hinted("look at the error of Acquire first", fmt.Errorf("%w: the Held is nil or zero: no lease was acquired", awsjar.ErrInvalid))
}

// Token returns the fencing token. It is greater than the token of every
// earlier holder. Hand it to the thing that the lease guards.
func (h *Held) Token() uint64 {
	if h.ready() != nil {
		return 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.claim.Token
}

// Valid reports whether nobody can have taken the lease over yet. It sends
// nothing. It is false after [Held.Release], and while it is unknown who wrote
// last.
func (h *Held) Valid() bool { return h.remaining() > 0 }

// remaining returns how long the lease is surely held.
func (h *Held) remaining() time.Duration {
	if h.ready() != nil {
		return 0
	}
	now := h.lock.opts.clock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || h.doubt {
		return 0
	}
	return h.claim.ttl() - now.Longest(h.sent)
}

// Fence puts the token into a field of the guarded state: call it first in the
// function that Update runs. If the token of a later holder is there, the error
// is [ErrLost] and the state must not be written; no clock decides that.
func (h *Held) Fence(fence *uint64) error {
	if err := h.ready(); err != nil {
		return err
	}
	if *fence > h.Token() {
		return fmt.Errorf("%w: a later holder has written: its token is %d, ours is %d", ErrLost, *fence, h.Token())
	}
	*fence = h.Token()
	return nil
}

// Renew makes the lease last its TTL from now on. After an error that is not
// [ErrLost], such as one of the network, the lease lasts as long as before,
// and another Renew may succeed. Where another program may have written and
// its claim could not be read, the error is an [awsjar.ErrUncertain], and the
// lease is not valid until a Renew has succeeded.
func (h *Held) Renew(ctx context.Context) error {
	if err := h.ready(); err != nil {
		return err
	}
	h.writing.Lock()
	defer h.writing.Unlock()
	if h.over() {
		return h.lock.fail("renew", ErrLost)
	}
	return h.lock.fail("renew", h.lostIf(h.write(ctx, h.claim, h.revision)))
}

// Release gives the lease back, so that others can acquire it at once. The
// claim stays in the store, free, for the sake of its token. If the lease was
// lost before, the error is [ErrLost]. After any error the lease expires by
// itself.
func (h *Held) Release(ctx context.Context) error {
	if err := h.ready(); err != nil {
		return err
	}
	h.writing.Lock()
	defer h.writing.Unlock()
	if h.over() {
		return h.lock.fail("release", ErrLost)
	}
	free := claim{Kind: claimKind, Token: h.claim.Token}
	err := h.lostIf(h.write(ctx, free, h.revision))
	h.end()
	return h.lock.fail("release", err)
}

func (h *Held) over() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ended
}

func (h *Held) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
}

// lostIf ends the lease if a write met the claim of another program, or a value
// that is no claim.
func (h *Held) lostIf(err error) error {
	if !errors.Is(err, awsjar.ErrConflict) && !errors.Is(err, awsjar.ErrInvalid) {
		return err
	}
	h.end()
	return fmt.Errorf("%w: %w", ErrLost, err)
}

// takenError says that a write met the claim of another program, or no claim.
type takenError struct {
	found awsjar.Entry[claim]
}

func (*takenError) Error() string { return "another claim is stored, or none" }
func (*takenError) Unwrap() error { return awsjar.ErrConflict }

// tries bounds how often one call writes when each write meets an earlier one
// of its own.
const tries = 4

// write stores next over a revision. Where the answer does not show the fate
// of it, the store does: the claim is read back.
//
// Each attempt has an id of its own. An attempt that finds its predecessor in
// the store must not count from its own start: by the store's clock the claim
// is older, and others may take it over sooner.
func (h *Held) write(ctx context.Context, next claim, replaces awsjar.Revision) error {
	mine := h.claim // whose claim may be met: that of this acquisition
	for attempt := 1; ; attempt++ {
		next.Try = newID()
		sent := h.lock.opts.clock()
		meta, err := h.lock.jar.PutIf(ctx, next, replaces)
		if err == nil {
			h.stored(next, meta.Revision, sent)
			return nil
		}
		conflict := errors.Is(err, awsjar.ErrConflict)
		if !conflict && !errors.Is(err, awsjar.ErrUncertain) {
			return err
		}
		found, lookErr := h.lock.load(ctx)
		switch {
		case errors.Is(lookErr, awsjar.ErrInvalid):
			return lookErr
		case lookErr != nil:
			h.inDoubt(conflict)
			// The conflict is not wrapped: it may be one with our own write.
			return fmt.Errorf("%w: after %q the claim could not be read: %w", awsjar.ErrUncertain, err, lookErr)
		case next.written(found.Value):
			h.stored(next, found.Revision, sent)
			return nil
		case found.Revision == awsjar.None || !mine.same(found.Value):
			return &takenError{found}
		case attempt == tries && conflict:
			// It is not wrapped: nobody else has written.
			return fmt.Errorf("the store refused the write %d times, and the claim is still this holder's: %q", tries, err)
		case attempt == tries:
			return err
		}
		replaces = found.Revision // an earlier write of this acquisition, which nobody confirmed
	}
}

// stored notes a write that was stored.
func (h *Held) stored(written claim, revision awsjar.Revision, sent expiry.Instant) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.claim, h.revision, h.sent, h.doubt = written, revision, sent, false
}

// inDoubt notes that another program may have written.
func (h *Held) inDoubt(conflict bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.doubt = h.doubt || conflict
}
