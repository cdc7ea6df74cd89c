package filejar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"

	"github.com/awsjar/awsjar"
)

// Versions yields the versions, newest first. The first is the current one,
// also if somebody else wrote it and it is not in the history yet. Memory is
// bounded: the directory is read once for every 4,000 versions.
func (s *Store) Versions(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
	return func(yield func(awsjar.Meta, error) bool) {
		if err := s.versions(ctx, func(meta awsjar.Meta) bool { return yield(meta, nil) }); err != nil {
			yield(awsjar.Meta{}, s.fail(err))
		}
	}
}

// page is how many versions are listed at once.
const page = 4000

// versions calls yield until that returns false.
func (s *Store) versions(ctx context.Context, yield func(awsjar.Meta) bool) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	o, err := s.open()
	if err != nil {
		return err
	}
	defer o.close()
	now, err := o.look(ctx, sumOnly)
	if err != nil || now.version.number == 0 {
		return err
	}
	newest := now.meta()
	newest.Revision, newest.Latest, newest.Deleted = awsjar.None, true, !now.present
	if !now.present && !now.foreign {
		if marker, err := o.history.Lstat(now.version.file()); err == nil {
			newest.Modified = marker.ModTime()
		}
	}
	if o.unusable != nil {
		return o.unusable
	}
	if !yield(newest) {
		return nil
	}
	for position := now.version.position(); ; {
		older, err := o.before(ctx, position, page)
		if err != nil {
			return err
		}
		for _, v := range older {
			if err := ctx.Err(); err != nil {
				return err
			}
			info, err := o.history.Lstat(v.file())
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed meanwhile
			}
			if err != nil {
				return err
			}
			if !yield(awsjar.Meta{VersionID: v.String(), Modified: info.ModTime(), Size: info.Size(), Deleted: v.deleted()}) {
				return nil
			}
		}
		if len(older) < page {
			return nil
		}
		position = older[page-1].file()
	}
}

// LoadVersion returns one version. Its Meta does not say whether it is the
// current one. A file of the history that was changed is
// [awsjar.ErrCorrupt].
func (s *Store) LoadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	data, meta, err := s.loadVersion(ctx, id)
	return data, meta, s.fail(err)
}

func (s *Store) loadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, err
	}
	v, err := parseVersion(id)
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	if v.deleted() {
		return nil, awsjar.Meta{}, awsjar.ErrNotFound
	}
	o, err := s.open()
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	defer o.close()
	found, err := o.readVersion(ctx, v.file(), s.opts.MaxSize)
	if err == nil && !found.present {
		found, err = o.current(ctx, v)
	}
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	if found.sum != v.sum {
		return nil, awsjar.Meta{}, fmt.Errorf("%w: the file of version %v was changed", awsjar.ErrCorrupt, v)
	}
	meta := awsjar.Meta{VersionID: id, Modified: found.modified, Now: o.clock(), Size: found.size}
	return found.data, meta, s.checkSize(found.size)
}

// current returns the value if it is that version, which the history does not
// have yet: somebody else wrote it, or its writer was stopped.
func (o *opened) current(ctx context.Context, v version) (value, error) {
	now, err := o.look(ctx, o.opts.MaxSize)
	if err != nil {
		return value{}, err
	}
	if now.version == v {
		return now.value, nil
	}
	found, err := o.readVersion(ctx, v.file(), o.opts.MaxSize)
	if err == nil && !found.present { // nor was it added just now
		err = cmp.Or(o.unusable, awsjar.ErrNotFound)
	}
	return found, err
}

// DeleteVersion removes the file of one version. The current one, be it a
// value or a delete marker, is an [awsjar.ErrConflict].
func (s *Store) DeleteVersion(ctx context.Context, id string) error {
	return s.fail(s.deleteVersion(ctx, id))
}

func (s *Store) deleteVersion(ctx context.Context, id string) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	v, err := parseVersion(id)
	if err != nil {
		return err
	}
	o, err := s.open()
	if err != nil {
		return err
	}
	isNone, unusable := o.history == nil, o.unusable
	o.close()
	if isNone {
		return unusable // and it is not made
	}
	if o, err = s.openToWrite(); err != nil {
		return err
	}
	defer o.close()
	unlock, err := o.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if head, ok := o.readHead(); !ok || v.number >= head.number { // older ones are never current
		now, err := o.settle(ctx)
		if err != nil {
			return err
		}
		if v == now.version {
			return fmt.Errorf("%w: it is the current version", awsjar.ErrConflict)
		}
		if err := o.capture(ctx, now); err != nil { // its id follows from the newest version of the history
			return err
		}
	}
	return o.history.Remove(v.file())
}

// before returns the newest versions before a position, newest first, at most
// limit of them.
func (o *opened) before(ctx context.Context, position string, limit int) ([]version, error) {
	var newest []string
	cut := func() {
		slices.Sort(newest)
		slices.Reverse(newest)
		newest = newest[:min(len(newest), limit)]
	}
	err := o.eachName(ctx, func(name string) {
		if name >= position {
			return
		}
		if _, ok := parseFile(name); ok {
			newest = append(newest, name)
		}
		if len(newest)-limit > max(limit, page) {
			cut()
		}
	})
	cut()
	return versionsOf(newest), err
}

// versionsOf reads names of files that parseFile takes.
func versionsOf(names []string) []version {
	versions := make([]version, 0, len(names))
	for _, name := range names {
		v, _ := parseFile(name)
		versions = append(versions, v)
	}
	return versions
}
