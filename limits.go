package awsjar

import "time"

// Limited is a [Store] that says which jobs it is not made for. The limits of a store
// that is wrapped are found through the Unwrap of its wrappers, see [Store].
type Limited interface {
	Store

	// Limits returns the limits of the store. It sends nothing, and returns
	// the same at each call.
	Limits() Limits
}

// Limits says which jobs a [Store] is not made for. The zero value is a store
// without such limits.
type Limits struct {
	// Poll is the shortest time between two reads of one [Jar.Watch]. Zero
	// means that the caller decides.
	Poll time.Duration

	// Lease is the reason why the store cannot carry a lease or a run-once
	// claim, with the next step. It wraps [ErrUnsupported]. Nil means
	// that it can.
	Lease error
}
