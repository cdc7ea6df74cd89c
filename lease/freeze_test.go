package lease

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/expiry"
	"github.com/awsjar/awsjar/memjar"
)

// silent is a store that does not answer to the writes after the first.
type silent struct {
	*memjar.Store
	writes atomic.Int32
}

func (s *silent) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if s.writes.Add(1) == 1 {
		return s.Store.Save(ctx, data, replaces)
	}
	<-ctx.Done()
	return awsjar.Meta{}, ctx.Err()
}

// TestFrozenWhileRenewing: the machine froze while a renewal had no answer, so
// that its timer stood still. The context of the function ends all the same, a
// tenth of the TTL after the machine runs again.
func TestFrozenWhileRenewing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, frozen := time.Now(), atomic.Int64{}
		lock := New(&silent{Store: memjar.New()}, func(o *Options) {
			o.clock = func() expiry.Instant {
				passed := time.Since(began)
				return expiry.Instant{Monotonic: passed, Wall: began.Add(passed + time.Duration(frozen.Load()))}
			}
		})
		err := lock.Do(t.Context(), func(ctx context.Context, _ *Held) error {
			time.Sleep(30 * time.Second) // the first renewal has been sent
			frozen.Store(int64(time.Hour))
			thawed := time.Now()
			<-ctx.Done()
			if took := time.Since(thawed); took > DefaultTTL/10 {
				t.Errorf("the context ended %v after the machine ran again", took)
			}
			return nil
		})
		if !errors.Is(err, ErrLost) {
			t.Error(err)
		}
	})
}
