//go:build !unix

package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// open opens an entry. The root follows links that stay inside it: the entry
// that was opened must be the entry itself.
func (d *Dir) open(name string, flag int) (*os.File, error) {
	if err := mustBePart(name); err != nil {
		return nil, err
	}
	for range 20 { // others may replace the entry meanwhile
		entry, err := d.root.Lstat(name)
		if err != nil {
			return nil, err
		}
		if entry.Mode()&fs.ModeSymlink != 0 {
			return nil, &fs.PathError{Op: "open", Path: d.path(name), Err: syscall.ELOOP}
		}
		var file *os.File
		err = whileOpen(func() (err error) { file, err = d.root.OpenFile(name, flag, 0); return err }, errorSharingViolation)
		if err != nil {
			return nil, err
		}
		if is, err := file.Stat(); err == nil && os.SameFile(entry, is) {
			return file, nil
		}
		file.Close()
	}
	return nil, &fs.PathError{Op: "open", Path: d.path(name), Err: syscall.ELOOP}
}

// Windows refuses to rename over a file, or to remove one, that somebody has
// open, with a sharing violation or as forbidden, and to open a file that is being
// replaced with the former. Both end soon: a reader or a writer of ours has a file
// open for a moment only.
const (
	errorSharingViolation = syscall.Errno(32)
	patience              = time.Second
	pause                 = time.Millisecond
)

// rename goes by the root of to, which replaces a file that readers of ours have
// open, too: os.Rename cannot.
func (d *Dir) rename(from string, to *Dir, name string) error {
	path, err := filepath.Rel(to.root.Name(), d.path(from))
	if err != nil {
		return err
	}
	return whileOpen(func() error { return to.root.Rename(path, name) }, errorSharingViolation, fs.ErrPermission)
}

func remove(root *os.Root, name string) error {
	return whileOpen(func() error { return root.Remove(name) }, errorSharingViolation, fs.ErrPermission)
}

// whileOpen repeats a call that fails with one of the refusals.
func whileOpen(call func() error, refusals ...error) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(pause) {
		err := call()
		refused := slices.ContainsFunc(refusals, func(refusal error) bool { return errors.Is(err, refusal) })
		if !refused || time.Now().After(deadline) {
			return err
		}
	}
}

// Liken does nothing: a file takes its permissions from its directory.
func Liken(*os.File, fs.FileInfo) error { return nil }

// syncDirectory does nothing: Windows has no such call. NTFS journals the
// entries of its directories by itself; after a power failure the newest
// changes may be missing, but none is there in part.
func syncDirectory(*os.File) error { return nil }

// Full reports whether there was no room on the disk, or in the share of it that
// the user may have (Windows, "System Error Codes").
func Full(err error) bool {
	const handleDiskFull, diskFull, diskQuotaExceeded = syscall.Errno(39), syscall.Errno(112), syscall.Errno(1295)
	return errors.Is(err, diskFull) || errors.Is(err, handleDiskFull) || errors.Is(err, diskQuotaExceeded)
}
