package filejar

import (
	"context"
	"time"

	"github.com/gofrs/flock"
)

// poll is how often a writer that waits tries the lock: a few times while
// another one writes.
const poll = time.Millisecond

// lock makes the directories and takes the lock. The system frees the lock of
// a process that ends, however it ends.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	if err := s.disk.MkdirAll(s.place.meta, dirPerm); err != nil {
		return nil, err
	}
	lock := flock.New(s.place.lock(), flock.SetPermissions(filePerm))
	if _, err := lock.TryLockContext(ctx, poll); err != nil {
		return nil, err
	}
	return func() { lock.Unlock() }, nil
}
