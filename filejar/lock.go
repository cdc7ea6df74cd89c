package filejar

import (
	"context"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// poll is how often a writer that waits tries the lock: a few times per write.
const poll = time.Millisecond

// lock makes the directories and takes the lock. The system frees the lock of
// a process that ends, however it ends.
func (s *Store) lock(ctx context.Context) (unlock func(), err error) {
	for {
		if err := s.disk.MkdirAll(s.place.versions, dirPerm); err != nil {
			return nil, err
		}
		lock := flock.New(s.place.lock(), flock.SetPermissions(filePerm))
		if _, err := lock.TryLockContext(ctx, poll); err != nil {
			return nil, err
		}
		mine, err := lock.Stat()
		if err == nil {
			theirs, err := os.Stat(s.place.lock())
			if err == nil && os.SameFile(mine, theirs) {
				return func() { lock.Unlock() }, nil
			}
		}
		// The directory was removed while this writer waited: others would
		// not wait for the file that it has locked.
		lock.Unlock()
	}
}
