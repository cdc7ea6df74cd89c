// Package lease lets one of many programs do a job at a time: a lock over any
// [awsjar.Store] with conditional writes, which a holder that died loses by
// itself.
//
//	lock := lease.New(bucket.Object("nightly.lease"))
//	err := lock.Do(ctx, func(ctx context.Context, held *lease.Held) error {
//		_, err := report.Update(ctx, func(r *Report) error {
//			if err := held.Fence(&r.Fence); err != nil {
//				return err // a later holder has written
//			}
//			r.Total++
//			return nil
//		})
//		return err
//	})
//
// A lease is not "this job runs once": when a short run has released it, the
// next program acquires it and runs the job again. Package once is for that.
//
// # Promises
//
// [Held.Valid] is true for one holder at most at the same moment, as long as the
// clocks of two machines run equally fast within 5 %. Their wall clocks may be hours
// apart, and a machine may freeze. The lease cannot promise that a request which a
// holder sent while the lease was valid arrives while it is valid: for that, let the
// guarded state itself refuse it, with [Held.Fence].
//
// The age of a claim is measured by the store's own clock where it has one
// ([awsjar.Meta].Now: S3, memory, files on a disk of this machine). Thus a program
// that starts anew for each try, as an invocation of a Lambda function does, sees
// at once that a holder has died. The clock of files is that of the machine: nobody
// may set it forward and back again while a lease is held. Without such a clock, as
// on a network file system, a claim must be watched for its whole time to live by
// one [Lock] that is kept.
//
// Tokens grow from holder to holder, through release and expiry. They also
// grow when somebody deletes the claim, for the first token of a new claim is
// the time in milliseconds by the store's clock. A store without a clock does
// not promise that, and neither does a claim that was deleted within the same
// second in which it was made.
//
// A function's environment cannot carry a lease: every renewal would be a
// deployment of that function. [New] accepts such a store, and every call
// fails with [awsjar.ErrUnsupported].
//
// # Requests
//
//	TryAcquire   1 GET, 1 PUT; refused: 1 GET
//	Renew        1 PUT
//	Release      1 PUT
package lease

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/expiry"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/unwrap"
)

// DefaultTTL is the time to live of a lease whose Options say nothing else.
const DefaultTTL = time.Minute

// MinTTL is the shortest time to live: below it, the whole seconds of a
// store's clock and the time of a request leave nothing to hold.
const MinTTL = 5 * time.Second

// Options of a [Lock]. The zero value means the defaults.
type Options struct {
	// TTL is how long a holder that is silent keeps the lease. A dead holder
	// is replaced after TTL, 5 % more, and 2 seconds. Default: 1 minute; a
	// shorter one than 5 seconds is an [awsjar.ErrInvalid].
	TTL time.Duration

	// Owner is the name that others see in a [HeldError]. It is stored in
	// plain text. Default: the host's name and the process id.
	Owner string

	clock expiry.Clock // of a simulated machine; nil means this one
}

// Lock is a lease that can be acquired. It holds no connection, and is safe
// for concurrent use. Keep one per process: over a store without a clock a
// Lock must be kept to see that a holder is silent.
type Lock struct {
	jar      *awsjar.Jar[claim]
	limits   error // why the store cannot carry a lease
	opts     Options
	observer expiry.Observer
}

// New returns the Lock of a store, which keeps the claim and nothing else.
// New sends nothing; an unusable store or option makes the first call fail.
func New(store awsjar.Store, optFns ...func(*Options)) *Lock {
	l := &Lock{jar: awsjar.New[claim](store), limits: refused(store)}
	for _, fn := range optFns {
		fn(&l.opts)
	}
	if l.opts.TTL == 0 {
		l.opts.TTL = DefaultTTL
	}
	if l.opts.Owner == "" {
		host, _ := os.Hostname()
		l.opts.Owner = fmt.Sprintf("%s:%d", host, os.Getpid())
	}
	if l.opts.clock == nil {
		l.opts.clock = expiry.Started()
	}
	return l
}

// String returns the URL of the store.
func (l *Lock) String() string {
	if l == nil || l.jar == nil {
		return "lease"
	}
	return l.jar.String()
}

// ready refuses a Lock that can never be acquired.
func (l *Lock) ready() error {
	switch {
	case l == nil || l.jar == nil:
		return failure.Hinted("make it with New", fmt.Errorf("%w: the Lock is nil or zero", awsjar.ErrInvalid))
	case l.limits != nil:
		return l.limits
	case l.opts.TTL < MinTTL:
		return failure.Hinted("let a minute be the TTL, or leave it zero for the default",
			fmt.Errorf("%w: a TTL of %v is shorter than %v", awsjar.ErrInvalid, l.opts.TTL, MinTTL))
	}
	return nil
}

// refused returns why a store cannot carry a lease.
func refused(store awsjar.Store) error {
	limited, ok := unwrap.As[awsjar.Limited](store)
	if !ok {
		return nil
	}
	return limited.Limits().Lease
}

// claimKind marks a stored value as a lease, so that no other value is taken
// for a free one and overwritten.
const claimKind = "lease"

// claim is the value that is stored, as JSON.
type claim struct {
	Kind  string    `json:"kind"`
	Token uint64    `json:"token"`
	ID    string    `json:"id,omitempty"`     // of the acquisition; empty: the lease is free
	Try   string    `json:"try,omitempty"`    // of one attempt to write, which tells when a write was sent
	Owner string    `json:"owner,omitempty"`  // for people
	TTL   int64     `json:"ttl_ms,omitempty"` // milliseconds
	Since time.Time `json:"since,omitzero"`   // the acquisition, by the holder's wall clock, for people
}

func (c claim) ttl() time.Duration {
	const most = int64(1<<63-1) / int64(time.Millisecond)
	return time.Duration(min(max(c.TTL, 0), most)) * time.Millisecond
}

// written reports whether other is the very claim that this attempt wrote.
func (c claim) written(other claim) bool { return c.same(other) && c.Try == other.Try }

// same reports whether other belongs to the same acquisition.
func (c claim) same(other claim) bool { return c.ID == other.ID && c.Token == other.Token }

func newID() string { return rand.Text() }

// fail gives an error its Op and, where a store gave none, its Target.
func (l *Lock) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	wrapped := awsjar.Error{Op: op, Target: l.String(), Err: err}
	if inner, ok := err.(*awsjar.Error); ok {
		wrapped = *inner
		wrapped.Op = op
		if wrapped.Target == "" {
			wrapped.Target = l.String()
		}
	}
	if held, ok := errors.AsType[*HeldError](err); ok && wrapped.Hint == "" {
		wrapped.Hint = held.hint(l.String())
	}
	return &wrapped
}
