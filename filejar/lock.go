package filejar

import (
	"context"
	"os"
	"time"

	"github.com/awsjar/awsjar/internal/durable"
)

// poll is how often a writer that waits tries the lock: a few times while
// another one writes.
const poll = time.Millisecond

// lock takes the lock of the writers. The system frees the lock of a process
// that ends, however it ends.
func (o *opened) lock(ctx context.Context) (unlock func(), err error) {
	file, err := o.history.OpenLock(lockName, filePerm)
	if err != nil {
		return nil, err
	}
	if err := o.shareLock(file); err != nil {
		file.Close()
		return nil, err
	}
	for {
		switch locked, err := durable.TryLock(file); {
		case err != nil:
			file.Close()
			return nil, err
		case locked:
			return func() { durable.Unlock(file); file.Close() }, nil
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		case <-time.After(poll):
		}
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
