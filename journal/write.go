package journal

import (
	"context"
	"errors"
	"slices"

	"github.com/awsjar/awsjar"
)

// Load returns the current value of the store. A value that is not in the
// history yet, because somebody else stored it, is added. VersionID is empty if
// that failed.
func (s *Store) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if err := s.ready(); err != nil {
		return nil, awsjar.Meta{}, err
	}
	data, meta, err := s.store.Load(ctx)
	digest := digestOf(data)
	if isAbsent(err) {
		digest = absence
	}
	if err != nil && digest != absence {
		return data, meta, err
	}
	s.saw(state{meta.Revision, digest})
	version, addErr := s.ensure(ctx, digest, data)
	if addErr != nil {
		if err := ctx.Err(); err != nil {
			return nil, awsjar.Meta{}, s.fail(err)
		}
		s.warn(ctx, "a value that somebody else stored could not be added to the history", addErr)
	}
	if err == nil {
		meta.VersionID = version
	}
	return data, meta, err
}

func isAbsent(err error) bool {
	return errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore)
}

// ensure returns the version of the value that is in the store, and adds it to
// the history if it is not there. The absence of a value that never was is no
// entry.
func (s *Store) ensure(ctx context.Context, digest string, value []byte) (version string, err error) {
	if version, ok := s.remembered(digest); ok {
		return version, nil
	}
	if err := s.readNewest(ctx); err != nil {
		return "", err
	}
	if version, ok := s.remembered(digest); ok {
		return version, nil
	}
	if digest == absence && s.empty() {
		return "", nil
	}
	written, err := s.add(ctx, entry{header: header{Digest: digest, Seen: true}, value: value})
	return written.version, err
}

// empty reports whether the history, once checked, held nothing, and this
// handle added nothing.
func (s *Store) empty() (empty bool) {
	s.withKnown(func(k *known) { empty = len(k.entries) == 0 })
	return empty
}

// Save adds the value to the history, and stores it if the store is still at
// the revision that it replaces.
func (s *Store) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if err := s.ready(); err != nil {
		return awsjar.Meta{}, err
	}
	now, err := s.at(ctx, replaces)
	if err != nil {
		return awsjar.Meta{}, s.fail(err)
	}
	digest := digestOf(data)
	written, err := s.add(ctx, entry{header: header{Digest: digest, Over: now.digest}, value: data})
	if err != nil {
		return awsjar.Meta{}, s.fail(err)
	}
	meta, err := s.store.Save(ctx, data, replaces)
	if err != nil {
		s.refused(written, err)
		return meta, err
	}
	s.saw(state{meta.Revision, digest})
	meta.VersionID = written.version
	return meta, nil
}

// Delete notes the deletion in the history, and removes the value if the store
// is still at the revision that it replaces.
func (s *Store) Delete(ctx context.Context, replaces awsjar.Revision) error {
	if err := s.ready(); err != nil {
		return err
	}
	if replaces == awsjar.None {
		return s.store.Delete(ctx, replaces) // which refuses it
	}
	now, err := s.at(ctx, replaces)
	if err != nil {
		return s.fail(err)
	}
	if now.digest == absence {
		return s.store.Delete(ctx, replaces)
	}
	written, err := s.add(ctx, entry{header: header{Digest: absence, Over: now.digest}})
	if err != nil {
		return s.fail(err)
	}
	if err := s.store.Delete(ctx, replaces); err != nil {
		s.refused(written, err)
		return err
	}
	s.saw(state{awsjar.None, absence})
	return nil
}

// at returns the state that a write replaces. If the handle does not know it,
// the store is read. A state that is another one by now is a conflict, before
// anything is written.
func (s *Store) at(ctx context.Context, replaces awsjar.Revision) (state, error) {
	if replaces == awsjar.None {
		return state{awsjar.None, absence}, nil
	}
	var now state
	s.withKnown(func(k *known) { now = k.current })
	if now.digest != "" && now.revision == replaces {
		return now, nil
	}
	data, meta, err := s.Load(ctx)
	digest := digestOf(data)
	switch {
	case isAbsent(err):
		digest = absence
	case errors.Is(err, awsjar.ErrCorrupt):
		digest = "" // it cannot be read, so it cannot be kept
	case err != nil:
		return state{}, err
	}
	if replaces != awsjar.Any && replaces != meta.Revision {
		return state{}, awsjar.ErrConflict
	}
	return state{meta.Revision, digest}, nil
}

// refused notes a write that the store did not take, so that the next entry
// says that this one is void. A write that may have been stored is not.
func (s *Store) refused(written added, err error) {
	s.withKnown(func(k *known) {
		k.current = state{}
		if errors.Is(err, awsjar.ErrUncertain) {
			return
		}
		delete(k.entries, written.digest)
		k.void = append(k.void, written.id)
		k.void = slices.Delete(k.void, 0, max(0, len(k.void)-maxKnown))
	})
}
