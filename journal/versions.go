package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/awsjar/awsjar"
)

// Versions yields the current state of the store first, and then the other
// entries of its history, newest first. An entry is read by one request when
// the loop comes to it. Entries whose writes were refused are left out, where a
// later entry says so.
func (s *Store) Versions(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
	return func(yield func(awsjar.Meta, error) bool) {
		l := &listing{store: s, over: make(map[string]bool), void: make(map[string]bool)}
		now, err := l.current(ctx)
		if err != nil {
			yield(awsjar.Meta{}, err)
			return
		}
		for meta, err := range inFront(now, s.history.Versions(ctx)) {
			if err == nil && !meta.Latest {
				meta, err = l.describe(ctx, meta)
			}
			switch {
			case err != nil:
				yield(awsjar.Meta{}, s.fail(err))
				return
			case meta.VersionID == "" || meta.VersionID == now.VersionID && !meta.Latest:
				continue
			case !yield(meta, nil):
				return
			}
		}
	}
}

// inFront yields the current state, with the time of its entry where the store
// does not know one, and then the entries, none of which is Latest. The entries
// that are newer than that of the state are few: their writes were refused, or are
// on the way.
func inFront(now awsjar.Meta, entries iter.Seq2[awsjar.Meta, error]) iter.Seq2[awsjar.Meta, error] {
	return func(yield func(awsjar.Meta, error) bool) {
		var newer []awsjar.Meta
		first := now.Latest
		if first && !now.Modified.IsZero() {
			if first = false; !yield(now, nil) {
				return
			}
		}
		begin := func() bool { // reports whether the loop goes on
			first = false
			if !yield(now, nil) {
				return false
			}
			return !slices.ContainsFunc(newer, func(meta awsjar.Meta) bool { return !yield(meta, nil) })
		}
		for meta, err := range entries {
			meta.Latest = false
			found := err == nil && meta.VersionID == now.VersionID
			if first && err == nil && !found && now.VersionID != "" && len(newer) < maxListed {
				newer = append(newer, meta)
				continue
			}
			if found && first {
				now.Modified = meta.Modified
			}
			if first && !begin() || !yield(meta, err) {
				return
			}
		}
		if first {
			begin()
		}
	}
}

// listing reads a history from its newest entry to its oldest. The text that it
// keeps of the newer entries is bounded.
type listing struct {
	store *Store
	over  map[string]bool // digests of values that were replaced, so were in the store
	void  map[string]bool // ids of entries whose writes were refused
}

// maxListed bounds the digests and ids of newer entries: an entry is confirmed
// or refused by one of those that follow it soon.
const maxListed = 4096

// current returns the Meta of the state that is in the store, a deletion
// included; without Latest if there never was a value.
func (l *listing) current(ctx context.Context) (awsjar.Meta, error) {
	s := l.store
	data, now, err := s.Load(ctx)
	switch {
	case isAbsent(err):
		version, _ := s.remembered(absence)
		l.over[absence] = true
		return awsjar.Meta{VersionID: version, Now: now.Now, Deleted: true, Latest: version != ""}, nil
	case err != nil && !errors.Is(err, awsjar.ErrCorrupt):
		return awsjar.Meta{}, err
	}
	l.over[digestOf(data)] = true
	now.Revision, now.Latest = awsjar.None, true
	return now, nil
}

// describe returns the Meta of one entry, with an empty VersionID for an entry
// that is left out.
func (l *listing) describe(ctx context.Context, meta awsjar.Meta) (awsjar.Meta, error) {
	s := l.store
	if meta.Deleted {
		return awsjar.Meta{}, nil // somebody deleted the object that holds the history
	}
	data, _, err := s.history.LoadVersion(ctx, meta.VersionID)
	if errors.Is(err, awsjar.ErrNotFound) {
		return awsjar.Meta{}, nil // removed meanwhile
	}
	if err != nil {
		return awsjar.Meta{}, &historyError{err}
	}
	e, err := s.decode(data)
	if err != nil {
		return awsjar.Meta{}, err
	}
	void, confirmed := l.void[e.ID], e.Seen || l.over[e.Digest]
	if len(l.over) < maxListed && e.Over != "" {
		l.over[e.Over] = true
	}
	for _, id := range e.Void {
		if len(l.void) < maxListed {
			l.void[id] = true
		}
	}
	if void {
		return awsjar.Meta{}, nil
	}
	meta.Revision, meta.Latest = awsjar.None, false
	meta.Deleted = e.Digest == absence
	meta.Size = int64(len(e.value))
	meta.Unconfirmed = !confirmed
	return meta, nil
}

// LoadVersion returns the value of one entry of the history.
func (s *Store) LoadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	if err := s.ready(); err != nil {
		return nil, awsjar.Meta{}, err
	}
	data, meta, err := s.history.LoadVersion(ctx, id)
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	e, err := s.decode(data)
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	if e.Digest == absence {
		return nil, awsjar.Meta{}, s.fail(fmt.Errorf("%w: this version is a deletion", awsjar.ErrNotFound))
	}
	meta.Revision, meta.Latest, meta.Size = awsjar.None, false, int64(len(e.value))
	return e.value, meta, nil
}

// DeleteVersion removes one entry of the history for ever. The entry whose
// value is in the store is refused with [awsjar.ErrConflict].
func (s *Store) DeleteVersion(ctx context.Context, id string) error {
	_, now, err := s.Load(ctx)
	switch {
	case err == nil && now.VersionID == id:
		return s.fail(fmt.Errorf("%w: it is the current version", awsjar.ErrConflict))
	case isAbsent(err):
		if version, ok := s.remembered(absence); ok && version == id {
			return s.fail(fmt.Errorf("%w: it is the current version", awsjar.ErrConflict))
		}
	case err != nil && !errors.Is(err, awsjar.ErrCorrupt):
		return err
	}
	s.withKnown(func(k *known) {
		maps.DeleteFunc(k.entries, func(_, version string) bool { return version == id }) // its value may come back
	})
	return s.history.DeleteVersion(ctx, id)
}
