package durable

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// Windows refuses to rename over a file, or to remove one, that somebody has
// open, with either of these; a reader of ours has it open for a moment only.
const (
	errorSharingViolation = syscall.Errno(32)
	patience              = time.Second
	pause                 = 5 * time.Millisecond
)

func rename(from, to string) error {
	return whileOpen(func() error { return os.Rename(from, to) })
}

func remove(name string) error {
	return whileOpen(func() error { return os.Remove(name) })
}

func whileOpen(change func() error) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(pause) {
		err := change()
		isOpen := errors.Is(err, errorSharingViolation) || errors.Is(err, syscall.ERROR_ACCESS_DENIED)
		if !isOpen || time.Now().After(deadline) {
			return err
		}
	}
}

// syncDirectory does nothing: Windows has no such call. NTFS journals the
// entries of its directories by itself; after a power failure the newest
// changes may be missing, but none is there in part.
func syncDirectory(*os.File) error { return nil }
