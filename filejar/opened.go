package filejar

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"

	"github.com/awsjar/awsjar/internal/durable"
)

// opened are the directories of a value, opened for one call: names are looked
// up in them, even if the paths change meanwhile.
type opened struct {
	*Store
	dir      *durable.Dir // of the value; nil if there is none
	history  *durable.Dir // nil if there is none, or none that may be used
	unusable error        // why the history may not be used; nil if it may
	like     fs.FileInfo  // whose owner, group and mode new files take; nil: those of the process
}

func (o *opened) close() {
	for _, dir := range []*durable.Dir{o.dir, o.history} {
		if dir != nil {
			dir.Close()
		}
	}
}

// clock returns the time by the clock that the times of the files are of: that of
// this machine on a disk of its own. Elsewhere another machine may have set them,
// and it returns none.
func (o *opened) clock() (now time.Time) {
	if o.dir != nil && o.dir.Local() {
		now = time.Now().Round(0)
	}
	return now
}

// open opens the directories to read. A history that may not be used is none:
// the value can be read without it.
func (s *Store) open() (*opened, error) {
	o := &opened{Store: s}
	dir, err := s.disk.Open(filepath.Dir(s.place.value))
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err != nil {
		return nil, err
	}
	o.dir = dir
	err = o.openHistory(false)
	if untrusted := new(untrustedError); errors.As(err, &untrusted) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOTDIR) {
		o.unusable, err = err, nil
	}
	if err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

// openToWrite opens the directories, and makes those that are missing.
func (s *Store) openToWrite() (*opened, error) {
	if err := s.disk.MkdirAll(filepath.Dir(s.place.value), dirPerm); err != nil {
		return nil, err
	}
	dir, err := s.disk.Open(filepath.Dir(s.place.value))
	if err != nil {
		return nil, err
	}
	o := &opened{Store: s, dir: dir}
	if err := o.openHistory(true); err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

// openHistory opens the directory of the history if it may be used.
func (o *opened) openHistory(toWrite bool) error {
	at, err := o.dir.Stat()
	if err != nil {
		return err
	}
	value, err := o.lstatValue()
	if err == nil && value != nil && toWrite {
		err = mustBeFile(value) // before anything is made beside it
	}
	if err != nil {
		return err
	}
	trust := trustIn(at, value, toWrite)
	all, err := o.openPart(o.dir, historyName(at, value), trust, toWrite)
	if all == nil || err != nil {
		return err
	}
	defer all.Close()
	o.history, err = o.openPart(all, o.place.key, trust, toWrite)
	if o.history == nil || err != nil {
		return err
	}
	o.like, err = trust.likeness(o.history)
	return err
}

// lstatValue describes the value's file; nil if there is none.
func (o *opened) lstatValue() (fs.FileInfo, error) {
	info, err := o.dir.Lstat(o.place.key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return info, err
}

// openPart opens a directory of the history, or makes it. It returns nil if
// there is none.
func (o *opened) openPart(parent *durable.Dir, name string, trust trust, toWrite bool) (*durable.Dir, error) {
	dir, err := parent.OpenDir(name)
	missing := errors.Is(err, fs.ErrNotExist)
	if missing && !toWrite {
		return nil, nil
	}
	if missing {
		if err := parent.Mkdir(name, dirPerm); err != nil {
			return nil, err
		}
		dir, err = parent.OpenDir(name)
	}
	if err != nil {
		return nil, err
	}
	info, err := dir.Stat()
	if err == nil {
		err = trust.check(info)
	}
	if untrusted := new(untrustedError); toWrite && (err == nil || errors.As(err, &untrusted) && untrusted.narrow) {
		err = trust.adapt(dir, info, parent == o.dir)
	}
	if err != nil {
		dir.Close()
		return nil, err
	}
	return dir, nil
}
