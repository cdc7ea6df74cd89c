package filejar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/durable"
)

// errChanged: somebody who holds no lock changed the file during a write.
var errChanged = fmt.Errorf("%w: the file was changed during the write", awsjar.ErrConflict)

// attempts is how often a write begins again after errChanged.
const attempts = 3

// write holds the lock and lets change write the version after now, in which
// the store is at the revision to be replaced and the history is complete.
func (s *Store) write(ctx context.Context, replaces awsjar.Revision, change func(now state) error) error {
	if info, err := os.Lstat(s.place.value); err == nil && mustBeFile(info) != nil {
		return mustBeFile(info) // before anything is made beside it
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	for range attempts {
		if err = s.tryWrite(ctx, replaces, change); !errors.Is(err, errChanged) {
			break
		}
	}
	return err
}

func (s *Store) tryWrite(ctx context.Context, replaces awsjar.Revision, change func(now state) error) error {
	now, err := s.settle(ctx)
	if err != nil {
		return err
	}
	if err := now.allows(replaces); err != nil {
		return err
	}
	if err := s.capture(ctx, now); err != nil {
		return err
	}
	return change(now)
}

// settle finishes or undoes what a writer left that was stopped, and returns
// what there is then.
func (s *Store) settle(ctx context.Context) (state, error) {
	now, err := s.look(ctx, sumOnly)
	if err != nil {
		return state{}, err
	}
	damaged := now.hasHead && now.head == record{}
	if !now.hasNext && !damaged {
		return now, nil
	}
	switch {
	case !now.hasNext:
	case now.next != record{} && now.version == now.next.version:
		err = s.disk.Rename(s.place.next(), s.place.head())
	default:
		err = s.drop(now.next)
	}
	if err == nil && damaged {
		err = s.disk.Remove(s.place.head())
	}
	if err != nil {
		return state{}, err
	}
	return s.look(ctx, sumOnly)
}

// entry is a version to be added to the history.
type entry struct {
	record
	content  io.Reader // its bytes; nothing for a delete marker
	modified time.Time
}

// commit adds a version to the history and lets apply make the value's file
// what the version says: the steps that the package comment lists.
func (s *Store) commit(ctx context.Context, e entry, apply func() error) error {
	if err := s.prepare(ctx, e); err != nil {
		return err
	}
	if err := apply(); err != nil {
		now, lookErr := s.look(ctx, sumOnly)
		if lookErr != nil || now.version == e.version {
			return fmt.Errorf("%w: %w", awsjar.ErrUncertain, errors.Join(err, lookErr))
		}
		s.drop(e.record) // what cannot be dropped now, the next writer drops
		return err
	}
	if err := s.disk.Rename(s.place.next(), s.place.head()); err != nil {
		return fmt.Errorf("%w: %w", awsjar.ErrUncertain, err)
	}
	s.trim(e.version) // what cannot be removed now, a later write removes
	return nil
}

// capture completes the history before the value is replaced: it adds what
// somebody else wrote or removed, or a current version that is missing there.
func (s *Store) capture(ctx context.Context, now state) error {
	r := record{now.version, now.sum, !now.present}
	if now.version.number == 0 || !now.foreign && exists(s.place.version(r)) {
		return nil
	}
	e := entry{record: r, content: bytes.NewReader(nil), modified: time.Now()}
	if now.present {
		file, err := os.Open(s.place.value)
		if err != nil {
			return err
		}
		defer file.Close()
		e.content, e.modified = file, now.modified
	}
	if err := s.prepare(ctx, e); err != nil {
		return err
	}
	if err := s.mustBeUntouched(now); err != nil {
		s.drop(r)
		return err
	}
	return s.disk.Rename(s.place.next(), s.place.head())
}

// prepare writes next and the version's file. Nothing of it counts yet.
func (s *Store) prepare(ctx context.Context, e entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	next := durable.File{Name: s.place.next(), Temp: s.place.temp(), Perm: filePerm}
	err := s.disk.Replace(next, bytes.NewReader(e.bytes()))
	if err == nil {
		file := durable.File{Name: s.place.version(e.record), Temp: s.place.temp(), Perm: filePerm, Modified: e.modified}
		err = s.disk.Replace(file, e.content)
	}
	if err != nil {
		s.drop(e.record)
	}
	return err
}

// drop removes a version that never was the value, and then next, which
// names it.
func (s *Store) drop(r record) error {
	if r != (record{}) {
		if err := s.disk.Remove(s.place.version(r)); err != nil {
			return err
		}
	}
	return s.disk.Remove(s.place.next())
}

// replaceValue writes the value's file, if it is still the one that was seen.
func (s *Store) replaceValue(seen state, data []byte, modified time.Time) error {
	file := durable.File{Name: s.place.value, Temp: s.place.temp(), Perm: filePerm, Modified: modified}
	if err := s.disk.Write(file, bytes.NewReader(data)); err != nil {
		return err
	}
	if err := s.mustBeUntouched(seen); err != nil {
		return err
	}
	return s.disk.Rename(s.place.temp(), s.place.value)
}

// removeValue removes the value's file, if it is still the one that was seen.
func (s *Store) removeValue(seen state) error {
	if err := s.mustBeUntouched(seen); err != nil {
		return err
	}
	return s.disk.Remove(s.place.value)
}

// mustBeUntouched is a last look, just before the file is replaced.
func (s *Store) mustBeUntouched(seen state) error {
	info, err := os.Lstat(s.place.value)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if seen.present {
			return errChanged
		}
		return nil
	case err != nil:
		return err
	case !seen.present, !info.Mode().IsRegular(), info.Size() != seen.size, !info.ModTime().Equal(seen.modified):
		return errChanged
	}
	return nil
}
