package awsjar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
)

// Options of a [Jar]. The zero value is the default.
type Options struct {
	// Codec turns values into bytes and back. Default: JSON{}, compact.
	Codec Codec

	// Logger hears, at debug level, of every write that had to be repeated.
	// It never hears a stored value. Default: nil, no logging.
	Logger *slog.Logger
}

// Jar keeps one value of type T in a [Store]. It holds no connection and
// needs no closing. All methods are safe for concurrent use; no goroutine
// outlives a call.
type Jar[T any] struct {
	store Store
	opts  Options
}

// New returns the Jar of a store. It makes no request: a store that cannot
// work, a nil one included, is told by the first call.
func New[T any](store Store, optFns ...func(*Options)) *Jar[T] {
	var opts Options
	for _, fn := range optFns {
		fn(&opts)
	}
	if opts.Codec == nil {
		opts.Codec = JSON{}
	}
	return &Jar[T]{store: store, opts: opts}
}

// Entry is a value and what its store knows about it.
type Entry[T any] struct {
	Value T
	Meta
}

// Get returns the value, or the zero T if nothing is stored yet.
func (j *Jar[T]) Get(ctx context.Context) (T, error) {
	entry, err := j.load(ctx)
	if absent(err) {
		err = nil
	}
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
	_, err := j.load(ctx)
	if absent(err) {
		err = nil
	}
	return j.fail("warm", err)
}

// Put stores the value, whatever is there.
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

// Update loads the value, lets change edit it, and stores the result if
// nobody else wrote in between. If somebody did, it starts again with their
// value, after a random wait that grows, until the context ends. It returns
// the value as stored. The change is applied exactly once.
//
// If nothing is stored, change gets a zero T. It may run several times, so it
// must do nothing but edit. If it returns an error, nothing is stored and
// Update returns that error as it is. If it leaves the value as it was,
// nothing is written. Members of the stored JSON that T does not have are not
// written back.
//
// Where it cannot be told whether the change was stored the error is
// [ErrUncertain].
func (j *Jar[T]) Update(ctx context.Context, change func(*T) error) (T, error) {
	var zero T
	if change == nil {
		return zero, j.fail("update", fmt.Errorf("%w: Update was given no function", ErrInvalid))
	}
	for attempt := 0; ; attempt++ {
		entry, err := j.load(ctx)
		if err != nil && !absent(err) {
			return zero, j.fail("update", err)
		}
		before, err := j.encode(entry.Value)
		if err != nil {
			return zero, j.fail("update", err)
		}
		if err := change(&entry.Value); err != nil {
			return zero, err
		}
		after, err := j.encode(entry.Value)
		if err != nil {
			return zero, j.fail("update", err)
		}
		if bytes.Equal(before, after) {
			return entry.Value, nil
		}
		if _, err = j.store.Save(ctx, after, entry.Revision); err == nil {
			return entry.Value, nil
		}
		if !errors.Is(err, ErrConflict) {
			return zero, j.fail("update", err)
		}
		j.log(ctx, "another writer was first; trying again", "attempt", attempt+1)
		if waitErr := backOff(ctx, attempt); waitErr != nil {
			return zero, j.fail("update", fmt.Errorf("%w, %d times: %w", ErrConflict, attempt+1, waitErr))
		}
	}
}

// Delete removes the value. Deleting what is absent is no error.
func (j *Jar[T]) Delete(ctx context.Context) error {
	return j.DeleteIf(ctx, Any)
}

// DeleteIf removes the value if the store is still at the revision; else the
// error is [ErrConflict] and the value stays.
func (j *Jar[T]) DeleteIf(ctx context.Context, revision Revision) error {
	err := j.ready()
	if err == nil {
		err = j.store.Delete(ctx, revision)
	}
	return j.fail("delete", err)
}

// String returns the URL of the store, such as "s3://bucket/key".
func (j *Jar[T]) String() string {
	if s, ok := j.store.(fmt.Stringer); ok && j.ready() == nil {
		return s.String()
	}
	return "jar"
}

func (j *Jar[T]) load(ctx context.Context) (Entry[T], error) {
	if err := j.ready(); err != nil {
		return Entry[T]{}, err
	}
	data, meta, err := j.store.Load(ctx)
	return j.entry(data, meta, err)
}

// entry decodes what a store returned; without a value it keeps the Meta.
func (j *Jar[T]) entry(data []byte, meta Meta, err error) (Entry[T], error) {
	entry := Entry[T]{Meta: meta}
	if err != nil {
		return entry, err
	}
	if err := j.opts.Codec.Unmarshal(data, &entry.Value); err != nil {
		var zero T
		entry.Value = zero
		return entry, &Error{
			Hint: "read it as it is with the codec awsjar.Bytes, or replace it with a Put",
			Err:  fmt.Errorf("%w: %w", ErrCorrupt, err),
		}
	}
	return entry, nil
}

func (j *Jar[T]) save(ctx context.Context, value T, revision Revision) (Meta, error) {
	if err := j.ready(); err != nil {
		return Meta{}, err
	}
	data, err := j.encode(value)
	if err != nil {
		return Meta{}, err
	}
	return j.store.Save(ctx, data, revision)
}

func (j *Jar[T]) encode(value T) ([]byte, error) {
	data, err := j.opts.Codec.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCannotWrite, err)
	}
	return data, nil
}

var (
	errCannotWrite error = &kind{"invalid argument", ErrInvalid}
	errNoStore     error = &kind{"invalid argument: the Jar was made with a nil Store", ErrInvalid}
)

// ready refuses a Jar without a store before it can panic.
func (j *Jar[T]) ready() error {
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
	if wrapped.Hint == "" {
		wrapped.Hint = advice(err)
	}
	return &wrapped
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
