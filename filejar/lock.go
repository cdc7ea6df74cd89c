package filejar

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/awsjar/awsjar/internal/durable"
)

// poll is how often a writer that waits tries the lock: a few times while
// another one writes.
const poll = time.Millisecond

// lock takes the lock of the writers. The system frees the lock of a process
// that ends, however it ends. A file that somebody removed while it was waited for
// locks nobody else out: then it begins again.
func (o *opened) lock(ctx context.Context) (unlock func(), err error) {
	for {
		file, err := o.lockFile(ctx)
		if err != nil {
			return nil, err
		}
		unlock := func() { durable.Unlock(file); file.Close() }
		is, err := file.Stat()
		if err == nil {
			var named os.FileInfo
			if named, err = o.history.Lstat(lockName); err == nil && os.SameFile(is, named) {
				return unlock, nil
			}
		}
		unlock()
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
	}
}

// lockFile opens the file of the lock, and waits until it has it.
func (o *opened) lockFile(ctx context.Context) (*os.File, error) {
	file, err := o.history.OpenLock(lockName, filePerm)
	if err != nil {
		return nil, err
	}
	err = o.shareLock(file)
	for err == nil {
		var locked bool
		if locked, err = durable.TryLock(file); locked {
			return file, nil
		}
		if err == nil {
			err = wait(ctx, poll)
		}
	}
	file.Close()
	return nil, err
}

// wait returns the error of a context that ends meanwhile.
func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// shareLock lets those who may write the value lock it too.
func (o *opened) shareLock(file *os.File) error {
	if o.like == nil {
		return nil
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := mustBeFile(info); err != nil {
		return err
	}
	is, ok := ownerOf(info)
	want, _ := ownerOf(o.like)
	if user := effectiveUser(); !ok || user != 0 && user != is.user {
		return nil
	}
	mode := filePerm | o.like.Mode().Perm()&0o020*3
	if mode == info.Mode().Perm() && is == want {
		return nil
	}
	return durable.Liken(file, durable.WithMode(o.like, mode))
}
