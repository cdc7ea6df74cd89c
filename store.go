package awsjar

import (
	"context"
	"iter"
	"time"
)

// Revision names the state of a store at one moment, for the next
// conditional write. It is opaque: compare it for equality, keep it, pass it
// on, but do not take it apart. It holds no stored value.
type Revision string

const (
	// None is the revision of a store that holds nothing. A write that
	// replaces None creates the value, or fails with [ErrExists].
	None Revision = ""

	// Any stands for every state, a value or nothing. A write that
	// replaces Any overwrites.
	Any Revision = "*"
)

// DefaultMaxSize is the largest value, in bytes, that a store of this module reads
// or writes where its options name no other: 16 MiB. A [Jar.Update] holds up to 5
// times its value in memory, which fits a Lambda function of 128 MB.
const DefaultMaxSize = 16 << 20

// Meta is all that a store knows about one stored version, besides its bytes.
//
// Of the methods of a store, Load and Save alone set Revision, and Versions alone
// sets Latest, Deleted and Unconfirmed. Every version of a history has the Revision
// None, also the newest: a conditional write needs the revision of a Load.
type Meta struct {
	Revision  Revision  // for the next conditional write; None in a history
	VersionID string    // names this version for [Jar.At] and [Jar.Restore]; empty if the store keeps none
	Modified  time.Time // when it was stored; zero if the store does not know
	Now       time.Time // the store's own clock when it answered, the clock of Modified; zero if it has none
	Size      int64     // bytes of the encoded value, before any packing by the store
	Latest    bool      // in a history: the newest version of all
	Deleted   bool      // in a history: a delete marker, which has no value

	// Unconfirmed marks, in the history of a package journal's store, a version
	// that was written ahead and of which nothing proves that the store took it.
	Unconfirmed bool
}

// Age returns how old the value was when the store answered: Now minus
// Modified, both by the store's own clock, so that a wrong clock on this
// machine changes nothing. It is zero where the store has no clock or does not
// know when the value was stored, and is never negative.
func (m Meta) Age() time.Duration {
	if m.Now.IsZero() || m.Modified.IsZero() {
		return 0
	}
	return max(0, m.Now.Sub(m.Modified))
}

// Store keeps one value as bytes. It is the contract for those who write a
// store; users hold a [Jar]. Package storetest checks an implementation
// against it, but for the errors of a place that is missing, closed, full or
// damaged. It fails a store for a MUST, and checks no SHOULD.
//
// All methods MUST be safe for concurrent use, by goroutines and by other
// processes that use the same place.
//
// Contexts: a method MUST return soon after its context ends, with an error
// that wraps the context's error, and MUST NOT leave a goroutine behind.
// With a context that has already ended it MUST change nothing. A call that
// its context ends leaves either the old value or the new one.
//
// Time: Meta.Now SHOULD be set by Load, LoadVersion and Save where the answer
// holds the time of the clock that Modified comes from. It MUST NOT be the time
// of any other clock.
//
// Slices: a store MUST NOT keep or change the slice that it is given, and
// MUST NOT use the slice that it returned again.
//
// Names: a store MUST have a String method that returns the URL of the place,
// without secrets, or the Unwrap of a wrapper. The Jar names the place by it in
// each error that does not.
//
// Errors: SHOULD be an *Error with Target, the text of String, and, where there is
// something to do, Hint; Op is set by the Jar. The Target of an ErrNotFound MUST NOT
// be another text. An error, like a log line, MUST NOT hold stored bytes. A failure
// that the sentences below give a sentinel for MUST wrap it. If the place itself
// (function, bucket, directory) is not there, the error MUST wrap ErrNoStore; if the
// caller may not use it, ErrAccessDenied.
//
// Wrappers: a store that wraps another one, to change its bytes or to count its
// calls, SHOULD have the method
//
//	Unwrap() Store
//
// which returns the other one, as the Unwrap of an error does. The methods that
// describe the place, String and the Limits of a [Limited], are then taken from it
// where the wrapper has none. Those that pass bytes never are, for the wrapper may
// change the bytes: to keep versions, a wrapper needs the methods of [Versioned]
// itself, and those of [Reviver].
type Store interface {
	// Load returns the bytes and the Meta of the current value. The bytes MUST be
	// those that were saved, of any kind. The Meta MUST hold their Size, the
	// revision and, if the store keeps versions, the version id: those that the Save
	// returned, at each Load, as long as nothing is stored since.
	//
	// If nothing is stored it MUST return an error that wraps ErrNotFound
	// and not ErrNoStore, and the revision None. An empty value is a value: it is
	// not ErrNotFound.
	// If something is stored that the store cannot unpack, the error MUST
	// wrap ErrCorrupt, and the Meta MUST hold the revision, so that a
	// conditional write can replace it.
	//
	// A Load that begins after a Save has returned nil MUST see that value
	// or a later one.
	Load(ctx context.Context) ([]byte, Meta, error)

	// Save stores data if the store is still at the revision it replaces:
	// a revision that an earlier Load or Save returned, None for "nothing
	// must be there", or Any for "any value or none".
	//
	// nil MUST mean that the value was stored, in full and durably, exactly
	// once, though another write may have replaced it since; a service that
	// accepts a write before it puts it into force, as AWS Lambda does, may
	// still undo it, and the store MUST then return an error for it, once, and
	// have an option to wait instead; the Meta MUST
	// then hold the revision and, if the store keeps versions, the version
	// id of what was stored.
	//
	// If replaces is None and there is a value, the error MUST wrap
	// ErrExists. If replaces is a revision that is not the current one,
	// because of another value, or of none, the error MUST wrap
	// ErrConflict. Both MUST mean that data was not stored, and MUST NOT be
	// returned for the caller's own write: an answer that was lost on the
	// way must be resolved by reading back. If it cannot be resolved, the
	// error MUST wrap ErrUncertain. Any other error MUST mean that the data
	// was not stored and will not be.
	//
	// An ErrConflict MAY have an error in its chain with the method
	//
	//	Current(of Store) ([]byte, Meta, error)
	//
	// which returns the result that a Load of that store would have had, at a
	// moment after the call of Save. Update then begins again with that, and
	// spares a Load. For any other store than the one whose Save returned the
	// error, such as one around it, Current MUST fail with ErrUnsupported: the
	// other store may give the bytes another form. The bytes MUST NOT be in a field
	// of the error, which prints them with %#v.
	//
	// A value that does not fit MUST fail with ErrTooLarge, and leave what
	// was there.
	//
	// Two conditional writes of equal JSON text MUST have different
	// revisions if something else was stored between them, so that a
	// request that was delayed on the way cannot be taken for a new one.
	// For other bytes this SHOULD hold.
	Save(ctx context.Context, data []byte, replaces Revision) (Meta, error)

	// Delete removes the value if the store is still at the revision it
	// replaces, or unconditionally for Any. It MUST remove nothing else.
	//
	// With Any, deleting an absent value MUST NOT be an error. With a
	// revision that is not the current one, because of another value or of
	// none, the error MUST wrap ErrConflict and nothing may have been
	// removed. None MUST fail with ErrInvalid.
	//
	// Where the answer of a conditional delete was lost and the value is
	// gone afterwards, nil is right: the wish is fulfilled.
	Delete(ctx context.Context, replaces Revision) error
}

// Versioned is a Store that keeps earlier versions. A Jar finds out by
// itself whether its store is one.
type Versioned interface {
	Store

	// Versions yields the versions of this value, and of no other, newest
	// first, delete markers included. It MUST use bounded memory however
	// many there are, and MUST stop when the loop does. An error MUST end it.
	// If nothing was ever stored it MUST yield nothing.
	//
	// Every version MUST have its VersionID, that which Save returned, and the
	// Revision None. Latest MUST be set for the newest one alone, and Deleted for
	// delete markers alone.
	Versions(ctx context.Context) iter.Seq2[Meta, error]

	// LoadVersion returns the bytes and the Meta of one version. The Meta MUST hold
	// the VersionID and the Size. The Revision MUST be None and Latest MUST NOT be
	// set, also for the current version. If there is no version of that id, or it
	// is a delete marker, the error MUST wrap ErrNotFound; a malformed id, the empty
	// one too, MUST be an ErrInvalid or an ErrNotFound.
	LoadVersion(ctx context.Context, id string) ([]byte, Meta, error)

	// DeleteVersion removes one version for ever, and MUST remove nothing else. It
	// MUST refuse the newest version, a value or a delete marker, with ErrConflict as
	// far as it can tell. To remove an absent version MUST NOT be an error; for a
	// malformed id it may be one, as that of LoadVersion.
	DeleteVersion(ctx context.Context, id string) error
}

// Reviver is a [Versioned] whose values have properties, such as the type, the
// metadata and the tags of an object. [Jar.Undelete], and [Jar.Restore] where nothing
// is stored, then call Revive in place of Save, so that a value comes back as it
// was. It is optional: a store whose values have no properties needs none.
//
// A store that wraps a Reviver loses the properties unless it is one too.
type Reviver interface {
	Versioned

	// Revive stores data, the bytes that LoadVersion returned, where nothing is
	// stored, with the properties of that version. All that is said of a Save that
	// replaces None MUST hold: over a value the error MUST wrap ErrExists. If
	// there is no version of that id, or it is a delete marker, the error MUST
	// wrap ErrNotFound; a malformed id MUST be an ErrInvalid or an ErrNotFound.
	Revive(ctx context.Context, data []byte, id string) (Meta, error)
}
