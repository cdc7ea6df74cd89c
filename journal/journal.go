// Package journal gives a Store that keeps no versions the history of another
// one: a function's environment gets History, Restore, Undelete and Prune, kept
// in an object of a bucket with versioning or in a file.
//
//	history := s3jar.NewBucket(s3Client, "my-bucket").Object("history/sams-lambda")
//	jar := awsjar.New[State](journal.New(lambdajar.New(lambdaClient, "sams-lambda"), history))
//
// The store decides; the history only remembers. Every value is written to the
// history before it is written to the store, so that after any accident of
// the store (a deploy tool that resets the variable, a person in the
// console), the value can be brought back. A value that somebody else stored is
// added to the history by the first Load that sees it.
//
// # A write that ends in the middle
//
//	step of a Save                        if it ends there
//	1. read the store, if its state is    nothing has changed
//	   not known; add a foreign value
//	2. add the new value to the history   the old value; an entry that is Unconfirmed
//	3. write to the store                 refused: the old value; the entry is left out of the
//	                                      history once this handle has written again, and is
//	                                      Unconfirmed until then
//	                                      uncertain: the old or the new value; the entry is
//	                                      Unconfirmed until a later write replaces the value
//
// An entry is confirmed when its value is in the store, or when a later entry
// says that it replaced that value. [awsjar.Meta].Unconfirmed marks the others;
// they can be restored too. The last value before somebody else's reset is one
// of them, for nobody read it before it went.
//
// A write whose history cannot be written fails, and leaves the store as it is.
// A Load whose foreign value cannot be added to the history returns the value
// and logs the failure.
//
// # Requests
//
// Besides those of the store:
//
//	write                     1 PUT
//	first call of a handle,   1 GET
//	or another program wrote
//	Put, if the handle knows  1 Load of the store
//	no current revision
//	Versions                  1 GET for each version
//
// The history must keep versions, and belongs to one store: a history that
// holds anything else is refused with [awsjar.ErrInvalid] before anything is
// written.
package journal

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/unwrap"
)

// Options of a [Store]. The zero value means the defaults.
type Options struct {
	// Logger gets a line, at warning level, for each foreign value that could not
	// be added to the history. No line has a stored value. Default: nil, no
	// logging.
	Logger *slog.Logger
}

// Store is an [awsjar.Versioned] that joins a store with a history.
type Store struct {
	store   awsjar.Store
	history awsjar.Versioned
	opts    Options

	mu    sync.Mutex
	known known
}

// New returns a Store whose values are in store and whose versions are in
// history. It sends nothing: where one of the two is nil the first call fails with
// [awsjar.ErrInvalid].
func New(store awsjar.Store, history awsjar.Versioned, optFns ...func(*Options)) *Store {
	s := &Store{store: store, history: history}
	for _, fn := range optFns {
		fn(&s.opts)
	}
	return s
}

// String returns the URL of the store that holds the value.
func (s *Store) String() string {
	if named, ok := unwrap.As[fmt.Stringer](s.Unwrap()); ok {
		return named.String()
	}
	return "journal"
}

// Unwrap returns the store that holds the value. Its limits are those of the journal:
// a lease or a claim is refused where that store refuses it.
func (s *Store) Unwrap() awsjar.Store {
	if s == nil {
		return nil
	}
	return s.store
}

// ready refuses a Store without a store or a history before it can panic.
func (s *Store) ready() error {
	missing := ""
	switch {
	case s == nil:
		missing = "a nil *Store"
	case s.store == nil:
		missing = "the journal was made with a nil Store"
	case s.history == nil:
		missing = "the journal was made without a history"
	default:
		return nil
	}
	return &awsjar.Error{
		Target: s.String(),
		Hint:   "make it with journal.New, a Store and a history",
		Err:    fmt.Errorf("%w: %s", awsjar.ErrInvalid, missing),
	}
}

// state is a state of the store: its revision, and the digest of its value, or
// absence.
type state struct {
	revision awsjar.Revision
	digest   string
}

// known is the knowledge of a handle about its store and history without
// asking. It saves requests and decides nothing.
type known struct {
	checked bool              // the history was read once and is ours
	current state             // that the last Load or Save saw; its digest is empty if there was none
	entries map[string]string // digest of a value in the history: the version's id
	void    []string          // ids of entries whose writes were refused
}

// maxKnown bounds the entries that a handle remembers, and the refused writes
// that it reports.
const maxKnown = 64

func (s *Store) withKnown(f func(*known)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.known)
}

// remember notes that a value is in the history.
func (s *Store) remember(digest, version string) {
	s.withKnown(func(k *known) {
		if k.entries == nil || len(k.entries) >= maxKnown {
			k.entries = make(map[string]string)
		}
		k.entries[digest] = version
	})
}

// remembered returns the version of a value that is known to be in the history.
func (s *Store) remembered(digest string) (version string, ok bool) {
	s.withKnown(func(k *known) { version, ok = k.entries[digest] })
	return version, ok
}

// saw notes the state of the store.
func (s *Store) saw(now state) { s.withKnown(func(k *known) { k.current = now }) }

// fail gives an error the place of the store.
func (s *Store) fail(err error) error {
	if _, ok := err.(*awsjar.Error); ok || err == nil {
		return err
	}
	return failure.At(s.String(), err)
}

// warn logs a failure that the caller does not see.
func (s *Store) warn(ctx context.Context, text string, err error) {
	if s.opts.Logger != nil {
		s.opts.Logger.WarnContext(ctx, "awsjar: "+text, "target", s.String(), "error", err)
	}
}
