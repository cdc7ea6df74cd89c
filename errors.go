package awsjar

import (
	"context"
	"errors"

	"github.com/awsjar/awsjar/internal/exactjson"
)

// The kinds of failure that every store and every method of a Jar tells
// apart. Test for them with [errors.Is]; the error of the AWS SDK, where
// there is one, stays reachable with [errors.As].
var (
	// ErrNotFound: nothing is stored. [Jar.Get] and [Jar.Update] take it as
	// the zero value; [Jar.Load] returns it.
	ErrNotFound error = &kind{"nothing is stored", nil}

	// ErrNoStore: the function or the bucket itself does not exist. It is
	// also an ErrNotFound, but never taken for an empty state.
	ErrNoStore error = &kind{"the function or bucket does not exist", ErrNotFound}

	// ErrConflict: somebody else wrote in between. The value was not stored.
	ErrConflict error = &kind{"changed by another writer", nil}

	// ErrExists: a value is already there, and the call was to create it.
	// It is also an ErrConflict. The value was not stored.
	ErrExists error = &kind{"already exists", ErrConflict}

	// ErrUncertain: the answer was lost and nothing that could be read
	// afterwards tells whether the write was stored. Load the value and
	// decide; a blind repetition may apply a change twice.
	ErrUncertain error = &kind{"the write may or may not have been stored", nil}

	// ErrTooLarge: the value does not fit, and nothing was stored; or a stored value
	// is larger than the store may read, which is ErrCorrupt too.
	ErrTooLarge error = &kind{"too large", nil}

	// ErrCorrupt: the stored bytes cannot be read as the value they should be.
	// Nothing was changed; [Bytes] reads it as it is.
	ErrCorrupt error = &kind{"the stored bytes cannot be read", nil}

	// ErrAccessDenied: the caller may not do this.
	ErrAccessDenied error = &kind{"access denied", nil}

	// ErrUnsupported: this store, or the service behind it, cannot do this.
	ErrUnsupported error = &kind{"not supported by this store", nil}

	// ErrInvalid: the call can never succeed as it is: a malformed name, a
	// value that its codec cannot write, a nil Store. Nothing was stored.
	ErrInvalid error = &kind{"invalid argument", nil}
)

// advice returns the hint for an error for which its store has none.
// Versioned says whether the store keeps earlier versions.
func advice(err error, versioned bool) string {
	cause, known := errors.AsType[*exactjson.Error](err)
	switch {
	case errors.Is(err, ErrCorrupt):
		return repair(cause, versioned)
	case known && cause.Hint != "":
		return cause.Hint
	case errors.Is(err, ErrExists):
		return "load what is there, or overwrite it with Put"
	case errors.Is(err, ErrConflict) && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)):
		return "give the context more time; if no other program writes this value, the function that Update runs does so itself: let it edit the value and nothing else"
	case errors.Is(err, ErrConflict):
		return "load the value again and decide, or use Update, which does that by itself"
	case errors.Is(err, ErrUncertain):
		return "load the value and see whether it is the one written before writing it again"
	case errors.Is(err, errCannotWrite):
		return "change the value, or use a Codec that can write it"
	case errors.Is(err, errNoStore):
		return "give New the store of a constructor, such as lambdajar.New"
	}
	return ""
}

// repair returns the hint for a value that cannot be read. The cause may be
// nil.
func repair(cause *exactjson.Error, versioned bool) string {
	first := ""
	switch {
	case cause == nil:
	case cause.Kind == exactjson.Empty:
		first = "a full disk leaves an empty file or object; "
	case cause.Hint != "":
		first = cause.Hint + "; or "
	}
	if versioned {
		return first + "LastGood returns the newest version that can be read, and Restore makes it the current one; a Put starts anew"
	}
	return first + "read it as it is with the codec awsjar.Bytes; a Put starts anew"
}

// kind is a sentinel that may be a narrower case of another one.
type kind struct {
	text string
	of   error
}

func (k *kind) Error() string { return k.text }
func (k *kind) Unwrap() error { return k.of }

// Error names the call, the place and the next step. Every
// error of a [Jar] is an *Error, except those that the caller's own function
// returned to [Jar.Update]. Its text never holds a stored value.
type Error struct {
	Op     string // the call: "get", "put", "create", "update", "delete", ...
	Target string // the place: "lambda://sams-lambda", "s3://bucket/key", ...
	Hint   string // the next step in one sentence, often a command to type; may be empty
	Err    error  // the cause; wraps one of the sentinels where one applies
}

// Error returns "op target: cause". The hint is not part of it; [Hint] returns that.
func (e *Error) Error() string {
	text := "unknown error"
	if e.Err != nil {
		text = e.Err.Error()
	}
	switch {
	case e.Op == "" && e.Target == "":
		return text
	case e.Op == "":
		return e.Target + ": " + text
	case e.Target == "":
		return e.Op + ": " + text
	}
	return e.Op + " " + e.Target + ": " + text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint returns the next step that an error names, such as "make the bucket with: aws
// s3 mb s3://my-bucket", or "" if it names none. It is that of the outermost [*Error]
// in err: the hint of a cause may be wrong for the whole, such as to try again where
// a write may have been stored.
func Hint(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && e != nil {
		return e.Hint
	}
	return ""
}
