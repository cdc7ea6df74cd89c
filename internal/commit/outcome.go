// Package commit stores one write exactly once, for every store.
//
// A store supplies two requests, Send and Look. This package decides by the
// table in decide.go whether the write was stored, waits, sends it again or stops.
// No other loop decides the outcome of a write.
package commit

import (
	"context"
	"time"
)

// Outcome is the meaning of the answer to one Send, for the write. Each store maps
// the answers of its service by a table of its own. The zero Outcome is the
// careful one.
type Outcome int

// The outcomes of a Send.
const (
	Lost      Outcome = iota // no answer, or one that leaves it open: the write may be stored, now or later
	Accepted                 // stored
	Refused                  // not stored, and the next Send would be refused too
	Mismatch                 // not stored: the service says that the condition does not hold
	Busy                     // not stored: the service asks for another attempt
	Throttled                // not stored: the service takes no more requests for now
	Unsent                   // no request left this program; also the Outcome before the first Send
	outcomes  = iota
)

// String returns the name of the outcome, for logs.
func (o Outcome) String() string {
	return [outcomes]string{"lost", "accepted", "refused", "mismatch", "busy", "throttled", "unsent"}[o]
}

// Answer is the result of one Send.
type Answer struct {
	Outcome    Outcome
	RetryAfter time.Duration // the wait that the service asks for; or 0
	Err        error         // nil if Accepted
}

// Sight is the result of one Look, for the write.
type Sight int

// The sights of a Look.
const (
	Unseen    Sight = iota // the read failed: nothing was learned, and the next read may show more
	Unclear                // the state was read and cannot prove whether the write was stored: no later read will
	Stored                 // the write was stored, and may have been replaced since
	Unchanged              // the state that the write replaces is still there
	Overtaken              // another write replaced that state first
	sights    = iota
)

// String returns the name of the sight, for logs.
func (s Sight) String() string {
	return [sights]string{"unseen", "unclear", "stored", "unchanged", "overtaken"}[s]
}

// View is the result of one Look.
type View struct {
	Sight      Sight
	Over       bool          // no earlier Send can arrive any more: if it is Unchanged or Overtaken, that ends all doubt
	Lasting    bool          // Unseen, and another read would fail too, for want of a permission for instance
	RetryAfter time.Duration // the wait that the service asks for; or 0
	Err        error         // why it is Unseen
}

// Write is one write of a store. Its methods are called one after another. The
// Write itself keeps the things that a Send or a Look learned, such as the revision.
type Write interface {
	// Send sends the write by one request, which nothing below it may repeat.
	// A write with a condition has the same id each time that it is sent.
	Send(ctx context.Context) Answer

	// Look reads the state by one request and compares it with the write.
	// With doubt an earlier Send may have been stored, and only a proof may
	// count as Unchanged or Overtaken. Without doubt another state than the
	// one that is to be replaced may count as Overtaken, but only if it also
	// proves that the write is not in it: a proxy may have sent it twice.
	Look(ctx context.Context, doubt bool) View
}
