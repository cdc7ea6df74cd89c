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

// attempts is how often a write is tried if it ends with errChanged.
const attempts = 3

// write holds the lock and lets change write the version after now, in which
// the store is at the revision to be replaced and the history is complete.
func (s *Store) write(ctx context.Context, replaces awsjar.Revision, change func(now state) error) error {
	if info, err := os.Lstat(s.place.value); err == nil {
		if err := mustBeFile(info); err != nil {
			return err // before anything is made beside it
		}
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
	for {
		now, err := s.look(ctx, sumOnly)
		if err != nil || now.next == (version{}) {
			return now, err
		}
		left, err := readValue(ctx, s.place.next(now.next), sumOnly)
		if err != nil {
			return state{}, err
		}
		if now.version == now.next && (now.next.deleted() || left.sum == now.next.sum) {
			err = s.accept(now.next)
		} else {
			err = s.drop(now.next)
		}
		if err != nil {
			return state{}, err
		}
	}
}

// accept makes next the newest version of the history.
func (s *Store) accept(v version) error {
	return s.disk.Rename(s.place.next(v), s.place.version(v))
}

// drop removes a next that never was the value.
func (s *Store) drop(v version) error {
	return s.disk.Remove(s.place.next(v))
}

// entry is a version to be added to the history.
type entry struct {
	version
	content  io.Reader // its bytes; none for a delete marker
	modified time.Time
}

// commit adds a version to the history and lets apply make the value's file
// what the version says: the steps that the package comment lists.
func (s *Store) commit(ctx context.Context, e entry, apply func() error) error {
	if err := s.prepare(ctx, e); err != nil {
		return err
	}
	if err := apply(); err != nil {
		now, lookErr := s.look(context.WithoutCancel(ctx), sumOnly)
		if lookErr != nil || now.version == e.version {
			return fmt.Errorf("%w: %w", awsjar.ErrUncertain, errors.Join(err, lookErr))
		}
		s.drop(e.version) // what cannot be dropped now, the next writer drops
		return err
	}
	if err := s.accept(e.version); err != nil {
		return fmt.Errorf("%w: %w", awsjar.ErrUncertain, err)
	}
	s.trim(e.version) // what cannot be removed now, a later write removes
	return nil
}

// capture adds to the history what somebody else wrote or removed.
func (s *Store) capture(ctx context.Context, now state) error {
	if !now.foreign {
		return nil
	}
	e := entry{now.version, bytes.NewReader(nil), time.Now()}
	if now.present {
		file, err := openValue(s.place.value)
		if err != nil {
			return err
		}
		defer file.Close()
		e.content, e.modified = endingReader{ctx, file}, now.modified
	}
	if err := s.prepare(ctx, e); err != nil {
		return err
	}
	err := s.mustBeUntouched(now)
	if err == nil {
		err = s.accept(e.version)
	}
	if err != nil {
		s.drop(e.version) // as in commit
	}
	return err
}

// prepare writes next. It does not count yet.
func (s *Store) prepare(ctx context.Context, e entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	next := durable.File{Name: s.place.next(e.version), Perm: filePerm, Modified: e.modified}
	return s.disk.Write(next, e.content)
}

// replaceValue writes the value's file, if it is still the one that was seen.
func (s *Store) replaceValue(seen state, data []byte, modified time.Time) error {
	temp := durable.File{Name: s.place.temp(), Perm: filePerm, Modified: modified}
	if err := s.disk.Write(temp, bytes.NewReader(data)); err != nil {
		return err
	}
	if err := s.mustBeUntouched(seen); err != nil {
		return err
	}
	return s.disk.Rename(temp.Name, s.place.value)
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
	case errors.Is(err, fs.ErrNotExist) && !seen.present:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return errChanged
	case err != nil:
		return err
	case !seen.present, !info.Mode().IsRegular(), info.Size() != seen.size, !info.ModTime().Equal(seen.modified):
		return errChanged
	}
	return nil
}
