package awsjar

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/awsjar/awsjar/internal/ahead"
	"github.com/awsjar/awsjar/internal/unwrap"
)

// Versions yields the Meta of every version, newest first,
// delete markers included, without loading the values. The Revision is [None] in
// each: [Jar.Load] returns that of the current value. An error ends it. A
// store that keeps no versions yields [ErrUnsupported].
func (j *Jar[T]) Versions(ctx context.Context) iter.Seq2[Meta, error] {
	return func(yield func(Meta, error) bool) {
		store, err := j.versioned()
		if err != nil {
			yield(Meta{}, j.fail("history", err))
			return
		}
		for meta, err := range store.Versions(ctx) {
			if !yield(meta, j.fail("history", err)) || err != nil {
				return
			}
		}
	}
}

// readAhead bounds the versions that History loads before the loop comes to
// them.
var readAhead = ahead.Limit[Meta]{Count: 16, Slow: true, Bytes: 4 << 20, Size: func(m Meta) int64 { return m.Size }}

// History yields every version with its value, newest first. A delete marker
// is an entry with Deleted set and a zero value. Each value is loaded by one
// request; [Jar.Versions] is cheaper where the values are not needed. A version
// that cannot be read is yielded with [ErrCorrupt], and one that was removed
// meanwhile with [ErrNotFound]; the loop may go on after either.
//
// The first value is loaded when the loop begins; after that values are loaded
// ahead, more and more of them, up to 16 at once and 4 MiB. When the loop ends
// early, requests under way are cancelled.
func (j *Jar[T]) History(ctx context.Context) iter.Seq2[Entry[T], error] {
	return func(yield func(Entry[T], error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		type version struct {
			Meta
			data []byte
			err  error
		}
		load := func(meta Meta) (version, error) {
			v := version{Meta: meta}
			if store, err := j.versioned(); err == nil && !meta.Deleted {
				v.data, _, v.err = store.LoadVersion(ctx, meta.VersionID)
			}
			return v, nil
		}
		each := func(v version, err error) (goesOn bool) {
			defer func() {
				if !goesOn { // also by a panic
					cancel() // before Each waits
				}
			}()
			entry := Entry[T]{Meta: v.Meta}
			if err == nil && !v.Deleted {
				var loaded Entry[T]
				loaded, err = j.entry(v.data, v.Meta, v.err) // here, where a panic of a codec can be caught
				entry.Value, err = loaded.Value, j.fail("load", err)
			}
			return yield(entry, err)
		}
		for v, err := range ahead.Each(j.Versions(ctx), readAhead, load) {
			if !each(v, err) {
				return
			}
		}
	}
}

// At returns one version. If there is none of that id, or it is a delete
// marker, the error is [ErrNotFound]; a malformed id is an [ErrInvalid]. The
// Revision is [None], and Latest is not set, also for the current version.
func (j *Jar[T]) At(ctx context.Context, versionID string) (Entry[T], error) {
	store, err := j.versioned()
	if err != nil {
		return Entry[T]{}, j.fail("load", err)
	}
	entry, err := j.entry(store.LoadVersion(ctx, versionID))
	if absent(err) {
		err = chooseAnother(err)
	}
	return entry, j.fail("load", err)
}

// LastGood returns the newest version that this Jar's type and codec can read:
// the current one, unless it is damaged or deleted. Its VersionID is the
// argument of [Jar.Restore], and Latest says whether it is the newest of all; the
// Revision is [None]. If there is none the error is [ErrNotFound]. It loads one
// version after the other, by one request each.
func (j *Jar[T]) LastGood(ctx context.Context) (Entry[T], error) {
	entry, err := j.lastGood(ctx)
	return entry, j.fail("load", err)
}

func (j *Jar[T]) lastGood(ctx context.Context) (Entry[T], error) {
	store, err := j.versioned()
	if err != nil {
		return Entry[T]{}, err
	}
	damaged := 0
	for meta, err := range store.Versions(ctx) {
		if err != nil {
			return Entry[T]{}, err
		}
		if meta.Deleted {
			continue
		}
		entry, err := j.entry(store.LoadVersion(ctx, meta.VersionID))
		switch {
		case err == nil:
			entry.Latest, entry.Unconfirmed = meta.Latest, meta.Unconfirmed
			return entry, nil
		case errors.Is(err, ErrCorrupt):
			damaged++
		case !absent(err): // another process may have removed it meanwhile
			return Entry[T]{}, err
		}
	}
	if damaged > 0 {
		return Entry[T]{}, fmt.Errorf("%w that can be read: %d versions cannot", ErrNotFound, damaged)
	}
	return Entry[T]{}, ErrNotFound
}

// Restore makes the value of an earlier version the current one again. It
// writes a new version and removes none. If somebody else writes meanwhile
// the error is [ErrConflict]; a version that this Jar's type and codec cannot
// read is refused with [ErrCorrupt]. Restoring the current version changes
// nothing.
func (j *Jar[T]) Restore(ctx context.Context, versionID string) (Meta, error) {
	store, err := j.versioned()
	if err != nil {
		return Meta{}, j.fail("restore", err)
	}
	_, now, err := store.Load(ctx)
	if err != nil && !absent(err) && !errors.Is(err, ErrCorrupt) {
		return Meta{}, j.fail("restore", err)
	}
	data, old, err := store.LoadVersion(ctx, versionID)
	if data, err = j.readable(data, err); err != nil {
		return Meta{}, j.fail("restore", chooseAnother(err))
	}
	if old.VersionID == now.VersionID && now.Revision != None {
		return now, nil
	}
	meta, err := j.bringBack(ctx, data, versionID, now.Revision)
	return meta, j.fail("restore", err)
}

// bringBack stores the value of a version, and where nothing is stored now also
// the properties that it had.
func (j *Jar[T]) bringBack(ctx context.Context, data []byte, versionID string, replaces Revision) (Meta, error) {
	store, ok := j.store.(Reviver)
	if !ok || replaces != None {
		return j.send(ctx, data, replaces)
	}
	j.recent.writing()
	defer j.recent.writing()
	j.guess.keep(nil, None)
	return store.Revive(ctx, data, versionID)
}

// readable returns bytes that this Jar's type and codec can read, and that
// nobody else holds.
func (j *Jar[T]) readable(data []byte, err error) ([]byte, error) {
	_, err = j.entry(data, Meta{}, err)
	return data, err
}

// chooseAnother gives the error of a version that is not there, or that cannot be
// read, the hint that fits there.
func chooseAnother(err error) error {
	hinted := Error{Err: err}
	if inner, ok := err.(*Error); ok {
		hinted = *inner
	}
	switch {
	case errors.Is(err, ErrCorrupt):
		hinted.Hint = "choose another version: LastGood returns the newest one that can be read"
	case absent(err) && hinted.Hint == "":
		hinted.Hint = "choose another version: Versions lists them"
	default:
		return err
	}
	return &hinted
}

// Undelete brings back the value that a Delete removed: the newest version
// that is not a delete marker. If there is a current value the error is
// [ErrExists], if there is no earlier one [ErrNotFound]; one that this Jar's type
// and codec cannot read is refused with [ErrCorrupt].
func (j *Jar[T]) Undelete(ctx context.Context) (Meta, error) {
	store, err := j.versioned()
	if err != nil {
		return Meta{}, j.fail("undelete", err)
	}
	for meta, err := range store.Versions(ctx) {
		switch {
		case err != nil:
			return Meta{}, j.fail("undelete", err)
		case meta.Deleted:
			continue
		case meta.Latest:
			return Meta{}, j.fail("undelete", ErrExists)
		}
		data, _, err := store.LoadVersion(ctx, meta.VersionID)
		if data, err = j.readable(data, err); err != nil {
			return Meta{}, j.fail("undelete", chooseAnother(err))
		}
		restored, err := j.bringBack(ctx, data, meta.VersionID, None)
		return restored, j.fail("undelete", err)
	}
	return Meta{}, j.fail("undelete", &Error{Hint: "check the name of the store; Create stores a first value", Err: ErrNotFound})
}

// Prune removes all but the newest keep versions, the current one among them, for
// ever, and returns how many it removed. Delete markers count as versions. The
// current version is never removed, and a version that the store protects is left;
// if no version could be removed for that reason, the error is [ErrAccessDenied].
// keep must be at least 1. After an error some may have been removed.
func (j *Jar[T]) Prune(ctx context.Context, keep int) (removed int, err error) {
	store, err := j.versioned()
	if err != nil {
		return 0, j.fail("prune", err)
	}
	if keep < 1 {
		return 0, j.fail("prune", fmt.Errorf("%w: keep is %d, and at least 1 version must stay", ErrInvalid, keep))
	}
	seen := 0
	var refused error
	for meta, err := range store.Versions(ctx) {
		if err != nil {
			return removed, j.fail("prune", err)
		}
		if seen++; seen <= keep || meta.Latest {
			continue
		}
		err := store.DeleteVersion(ctx, meta.VersionID)
		switch {
		case err == nil:
			removed++
		case errors.Is(err, ErrAccessDenied):
			refused = err
		case !errors.Is(err, ErrConflict):
			return removed, j.fail("prune", err)
		}
	}
	if removed > 0 {
		refused = nil
	}
	return removed, j.fail("prune", refused)
}

func (j *Jar[T]) versioned() (Versioned, error) {
	if err := j.ready(); err != nil {
		return nil, err
	}
	store, ok := j.store.(Versioned)
	if ok {
		return store, nil
	}
	hint := "keep the state in a Bucket with versioning, or in a file"
	if _, ok := unwrap.As[Versioned](j.store); ok { // for the hint alone: its bytes are not those of the wrapper
		hint = "the store that this one wraps keeps versions: give the wrapper the methods of awsjar.Versioned"
	}
	return nil, &Error{Hint: hint, Err: fmt.Errorf("%w: it keeps no earlier versions", ErrUnsupported)}
}
