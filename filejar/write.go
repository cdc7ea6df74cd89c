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
// the store is at the revision to be replaced and the history is complete. If
// the disk is full, the oldest versions make room.
func (s *Store) write(ctx context.Context, replaces awsjar.Revision, change func(o *opened, now state) error) error {
	o, err := s.openToWrite()
	if err != nil {
		return err
	}
	defer o.close()
	unlock, err := o.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	for changed := 1; ; {
		err := o.tryWrite(ctx, replaces, change)
		switch {
		case errors.Is(err, errChanged) && changed < attempts:
			changed++
		case durable.Full(err) && !errors.Is(err, awsjar.ErrUncertain) && o.makeRoom(ctx):
		default:
			return err
		}
	}
}

func (o *opened) tryWrite(ctx context.Context, replaces awsjar.Revision, change func(o *opened, now state) error) error {
	now, err := o.settle(ctx)
	if err != nil {
		return err
	}
	if err := now.allows(replaces); err != nil {
		return err
	}
	if err := o.capture(ctx, now); err != nil {
		return err
	}
	return change(o, now)
}

// settle finishes or undoes the work of a writer that was stopped, and returns
// the state after that.
func (o *opened) settle(ctx context.Context) (state, error) {
	for {
		now, err := o.look(ctx, sumOnly)
		if err != nil {
			return now, err
		}
		if now.next == (version{}) {
			o.correctHead(now.head)
			return now, nil
		}
		left, err := o.readVersion(ctx, now.next.next(), sumOnly)
		if err != nil {
			return state{}, err
		}
		if now.version == now.next && (now.next.deleted() || left.sum == now.next.sum) {
			if err = o.writeHead(now.next); err == nil {
				err = o.accept(now.next)
			}
		} else {
			err = o.drop(now.next)
		}
		if err != nil {
			return state{}, err
		}
	}
}

// accept makes next the newest version of the history.
func (o *opened) accept(v version) error {
	return o.history.Rename(v.next(), o.history, v.file())
}

// drop removes a next that never was the value.
func (o *opened) drop(v version) error {
	return o.history.Remove(v.next())
}

// entry is a version to be added to the history.
type entry struct {
	version
	content  io.Reader // its bytes; none for a delete marker
	modified time.Time
}

// commit adds a version to the history and lets apply make the value's file
// the version: the steps that the package comment lists.
func (o *opened) commit(ctx context.Context, e entry, apply func() error) error {
	if err := o.prepare(ctx, e); err != nil {
		return err
	}
	if err := apply(); err != nil {
		now, lookErr := o.look(context.WithoutCancel(ctx), sumOnly)
		if lookErr != nil || now.version == e.version {
			return fmt.Errorf("%w: %w", awsjar.ErrUncertain, errors.Join(err, lookErr))
		}
		o.drop(e.version) // the next writer drops a file that cannot be dropped now
		return err
	}
	if err := o.accept(e.version); err != nil {
		return fmt.Errorf("%w: %w", awsjar.ErrUncertain, err)
	}
	o.trim(ctx, e.version) // a later write removes a version that cannot be removed now
	return nil
}

// capture adds to the history a value that somebody else wrote, or its removal.
func (o *opened) capture(ctx context.Context, now state) error {
	if !now.foreign {
		return nil
	}
	e := entry{now.version, bytes.NewReader(nil), time.Now()}
	if now.present {
		file, _, err := openFile(o.dir, o.place.key)
		if err != nil {
			return err
		}
		defer file.Close()
		e.content, e.modified = endingReader{ctx, file}, now.modified
	}
	if err := o.prepare(ctx, e); err != nil {
		return err
	}
	err := o.mustBeUntouched(now)
	if err == nil {
		err = o.accept(e.version)
	}
	if err != nil {
		o.drop(e.version) // as in commit
	}
	return err
}

// prepare writes next. It does not count yet.
func (o *opened) prepare(ctx context.Context, e entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := o.writeHead(e.version); err != nil {
		return err
	}
	next := durable.File{Name: e.next(), Perm: filePerm, Modified: e.modified, Like: o.like}
	_, err := o.history.Write(next, e.content)
	return err
}

// replaceValue writes the value's file, if it is still the one that was seen.
func (o *opened) replaceValue(seen state, data []byte, modified time.Time) (err error) {
	temp := durable.File{Name: tempName, Perm: filePerm, Modified: modified, Like: o.like}
	written, err := o.history.Write(temp, bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			o.history.Forget(tempName) // nobody else needs the value that was not stored
		}
	}()
	if err := o.mustBeUntouched(seen); err != nil {
		return err
	}
	if is, err := o.history.Lstat(tempName); err != nil || !os.SameFile(is, written) {
		return fmt.Errorf("%w: somebody replaced the new value before it was stored", awsjar.ErrAccessDenied)
	}
	return o.history.Rename(tempName, o.dir, o.place.key)
}

// removeValue removes the value's file, if it is still the one that was seen.
func (o *opened) removeValue(seen state) error {
	if err := o.mustBeUntouched(seen); err != nil {
		return err
	}
	return o.dir.Remove(o.place.key)
}

// mustBeUntouched is a last look, just before the file is replaced.
func (o *opened) mustBeUntouched(seen state) error {
	info, err := o.dir.Lstat(o.place.key)
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
