package awsjar

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/awsjar/awsjar/internal/unwrap"
)

// Watch yields the value, and then each change of it, by reading the store
// every so often: after the given time, and up to a fifth more, so that many
// programs do not read at the same moment. Changes between two reads are one.
// Where nothing is stored the entry is Deleted and holds a zero value.
//
// An error of a read is yielded, and the loop may go on: the next read comes
// after the same time. A value that cannot be read is yielded once, with
// [ErrCorrupt] and its revision. Watch ends with the loop or the context, and
// starts no goroutine.
//
// One read is one request. An s3jar.Object that keeps its last value
// (Options.KeepLast) is answered without the value while it did not change.
// Some stores refuse short times: a function's environment is read at most
// every ten seconds.
func (j *Jar[T]) Watch(ctx context.Context, every time.Duration) iter.Seq2[Entry[T], error] {
	return func(yield func(Entry[T], error) bool) {
		if err := j.mayPoll(every); err != nil {
			yield(Entry[T]{}, j.fail("watch", err))
			return
		}
		var last Revision
		known := false
		for {
			entry, err := j.load(ctx)
			if ctx.Err() != nil {
				return
			}
			if absent(err) {
				entry, err = Entry[T]{Meta: Meta{Now: entry.Now, Deleted: true}}, nil
			}
			read := err == nil || errors.Is(err, ErrCorrupt)
			changed := !read || !known || entry.Revision != last
			if changed && !yield(entry, j.fail("watch", err)) {
				return
			}
			if read {
				known, last = true, entry.Revision
			}
			if pause(ctx, max(every, every+rand.N(every/5+1))) != nil { // the sum may overflow
				return
			}
		}
	}
}

// mayPoll refuses times between two reads that the store is not made for.
func (j *Jar[T]) mayPoll(every time.Duration) error {
	if err := j.ready(); err != nil {
		return err
	}
	least := time.Millisecond
	if limited, ok := unwrap.As[Limited](j.store); ok {
		least = max(least, limited.Limits().Poll)
	}
	if every < least {
		return &Error{
			Hint: fmt.Sprintf("read it every %v or less often", least),
			Err:  fmt.Errorf("%w: this store is read every %v at most, not every %v", ErrInvalid, least, every),
		}
	}
	return nil
}
