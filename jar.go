package awsjar

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/awsjar/awsjar/internal/unwrap"
)

// Options of a [Jar]. The zero value is the default.
type Options struct {
	// Codec turns values into bytes and back. Default: JSON{}, compact.
	Codec Codec

	// MustExist makes Get, Warm and Update fail with [ErrNotFound] where nothing
	// is stored, so that a misspelt name is not taken for a new state. Create
	// and Put store the first value. Default: false, they start with the zero T.
	MustExist bool

	// Logger gets a line, at debug level, for each write that had to be repeated,
	// and for each Update that could not keep the members that T does not have. No
	// line has a stored value. Default: nil, no logging.
	Logger *slog.Logger
}

// Jar keeps one value of type T in a [Store]. It holds no connection and
// needs no closing. All methods are safe for concurrent use; no goroutine
// outlives a call.
type Jar[T any] struct {
	store  Store
	opts   Options
	gate   gate[T]
	recent recent
	turns  turns
	guess  guess
}

// New returns the Jar of a store. It makes no request: an unusable
// store, such as nil, makes the first call fail.
func New[T any](store Store, optFns ...func(*Options)) *Jar[T] {
	var opts Options
	for _, fn := range optFns {
		fn(&opts)
	}
	if opts.Codec == nil {
		opts.Codec = JSON{}
	}
	return &Jar[T]{store: store, opts: opts, gate: newGate[T](opts.Codec), turns: make(turns, 1)}
}

// Entry is a value and its Meta.
type Entry[T any] struct {
	Value T
	Meta
}

// Get returns the value, or the zero T if nothing is stored yet.
func (j *Jar[T]) Get(ctx context.Context) (T, error) {
	entry, err := j.get(ctx)
	return entry.Value, j.fail("get", err)
}

// Load returns the value with its revision, for [Jar.PutIf]. If nothing is
// stored the error is [ErrNotFound] and the revision is [None]. If what is
// stored cannot be read the error is [ErrCorrupt] and the revision is set.
func (j *Jar[T]) Load(ctx context.Context) (Entry[T], error) {
	entry, err := j.load(ctx)
	return entry, j.fail("load", err)
}

// Warm makes the first read, so that the connection and the TLS handshake are
// there before the first Get: call it in the init phase of a Lambda function,
// where the CPU is not yet throttled. Nothing stored is no error.
func (j *Jar[T]) Warm(ctx context.Context) error {
	_, err := j.get(ctx)
	return j.fail("warm", err)
}

// Put stores the value, over any other.
func (j *Jar[T]) Put(ctx context.Context, value T) error {
	_, err := j.save(ctx, value, Any)
	return j.fail("put", err)
}

// Create stores the value if nothing is stored yet; else the error is
// [ErrExists].
func (j *Jar[T]) Create(ctx context.Context, value T) error {
	_, err := j.save(ctx, value, None)
	return j.fail("create", err)
}

// PutIf stores the value if the store is still at the revision, as
// [Jar.Load] or an earlier PutIf returned it; else the error is
// [ErrConflict]. With [None] it creates, with [Any] it overwrites. The Meta
// tells where the value went: its new revision and version id.
func (j *Jar[T]) PutIf(ctx context.Context, value T, revision Revision) (Meta, error) {
	meta, err := j.save(ctx, value, revision)
	return meta, j.fail("put", err)
}

// Delete removes the value. Deleting an absent value is no error.
func (j *Jar[T]) Delete(ctx context.Context) error {
	return j.DeleteIf(ctx, Any)
}

// DeleteIf removes the value if the store is still at the revision; else the
// error is [ErrConflict] and the value stays.
func (j *Jar[T]) DeleteIf(ctx context.Context, revision Revision) error {
	err := j.ready()
	if err == nil {
		j.recent.writing()
		defer j.recent.writing()
		j.guess.keep(nil, None)
		err = j.store.Delete(ctx, revision)
	}
	return j.fail("delete", err)
}

// String returns the URL of the store, such as "s3://bucket/key".
func (j *Jar[T]) String() string {
	if j.ready() != nil {
		return "jar"
	}
	if s, ok := unwrap.As[fmt.Stringer](j.store); ok {
		return s.String()
	}
	return "jar"
}

func (j *Jar[T]) load(ctx context.Context) (Entry[T], error) {
	_, entry, err := j.read(ctx)
	return entry, err
}

// read returns the stored bytes, and the value in them.
func (j *Jar[T]) read(ctx context.Context) ([]byte, Entry[T], error) {
	if err := j.ready(); err != nil {
		return nil, Entry[T]{}, err
	}
	begun := j.recent.begin()
	data, meta, err := j.store.Load(ctx)
	j.recent.end(begun, data, meta, err)
	entry, err := j.entry(data, meta, err)
	return data, entry, err
}

// get returns the entry, which is a zero one where nothing needs to be stored.
func (j *Jar[T]) get(ctx context.Context) (Entry[T], error) {
	entry, err := j.load(ctx)
	if err != nil && j.startsAnew(err) {
		err = nil
	}
	return entry, err
}

// startsAnew reports whether an error of load means the zero value.
func (j *Jar[T]) startsAnew(err error) bool { return absent(err) && !j.opts.MustExist }

// entry decodes the bytes that a store returned; without a value it keeps the
// Meta.
func (j *Jar[T]) entry(data []byte, meta Meta, err error) (Entry[T], error) {
	entry := Entry[T]{Meta: meta}
	if err == nil {
		if entry.Value, err = j.gate.decode(data); err != nil {
			err = fmt.Errorf("%w: %w", unread(err), err)
		}
	}
	return entry, err
}

// unread returns the kind of an error of a Codec that does not read.
func unread(err error) error {
	if own, ok := errors.AsType[*exactjson.Error](err); ok && own.Kind == exactjson.Misused {
		return ErrInvalid
	}
	return ErrCorrupt
}

func (j *Jar[T]) save(ctx context.Context, value T, revision Revision) (Meta, error) {
	if err := j.ready(); err != nil {
		return Meta{}, err
	}
	data, err := j.gate.pass(value)
	if err != nil {
		return Meta{}, err
	}
	return j.send(ctx, data, revision)
}

// send stores bytes that have passed the gate.
func (j *Jar[T]) send(ctx context.Context, data []byte, replaces Revision) (Meta, error) {
	j.recent.writing()
	defer j.recent.writing()
	meta, err := j.store.Save(ctx, data, replaces)
	if err != nil {
		j.guess.keep(nil, None)
		return meta, err
	}
	j.guess.keep(data, meta.Revision)
	return meta, nil
}

var (
	errCannotWrite error = &kind{"invalid argument", ErrInvalid}
	errNoStore     error = &kind{"invalid argument: the Jar was made with a nil Store", ErrInvalid}
)

// ready refuses a Jar without a store before it can panic.
func (j *Jar[T]) ready() error {
	if j == nil {
		return &Error{Hint: "make it with New", Err: fmt.Errorf("%w: the Jar is nil", ErrInvalid)}
	}
	store := reflect.ValueOf(j.store)
	if !store.IsValid() || store.Kind() == reflect.Pointer && store.IsNil() {
		return errNoStore
	}
	return nil
}

// fail gives an error its Op and Target, in one *Error.
func (j *Jar[T]) fail(op string, err error) error {
	if err == nil {
		return nil
	}
	wrapped := Error{Op: op, Err: err}
	if inner, ok := err.(*Error); ok {
		wrapped = *inner
		wrapped.Op = op
	}
	if wrapped.Target == "" {
		wrapped.Target = j.String()
	}
	if wrapped.Hint == "" && j != nil {
		wrapped.Hint = j.advice(err)
	}
	return &wrapped
}

// advice returns the hint for an error for which its store has none.
func (j *Jar[T]) advice(err error) string {
	_, versioned := j.store.(Versioned)
	switch {
	case !absent(err) || !j.opts.MustExist:
		return advice(err, versioned)
	case versioned:
		return "check the name of the store; Undelete brings back a value that was deleted, and Create stores a first one"
	}
	return "check the name of the store; Create stores a first value"
}

func (j *Jar[T]) log(ctx context.Context, text string, args ...any) {
	if j.opts.Logger != nil {
		j.opts.Logger.DebugContext(ctx, "awsjar: "+text, append(args, "target", j.String())...)
	}
}

// absent reports whether a Load found nothing where there could be something.
func absent(err error) bool {
	return errors.Is(err, ErrNotFound) && !errors.Is(err, ErrNoStore)
}
