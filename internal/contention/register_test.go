package contention

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/awsjar/awsjar"
)

// register is a model of one key in S3: requests take a random time, and take
// effect in the middle of it.
type register struct {
	read, write time.Duration // mean times of the two requests

	mu       sync.Mutex
	data     []byte
	revision int // 0: nothing is stored
	started  time.Time
	down     [2]time.Duration // from when to when, since started, requests hang
	second   []int            // requests that began in each second since started

	requests atomic.Int64
}

// newRegister has about the times of S3 in the same Region.
func newRegister() *register {
	return &register{read: 15 * time.Millisecond, write: 30 * time.Millisecond, started: time.Now()}
}

// do makes a request: a wait, its effect, and a wait.
func (r *register) do(ctx context.Context, mean time.Duration, effect func()) error {
	r.requests.Add(1)
	since := time.Since(r.started)
	r.mu.Lock()
	for len(r.second) <= int(since/time.Second) {
		r.second = append(r.second, 0)
	}
	r.second[since/time.Second]++
	r.mu.Unlock()
	if r.down[0] <= since && since < r.down[1] {
		if err := sleep(ctx, r.down[1]-since); err != nil {
			return err
		}
	}
	if err := sleep(ctx, mean/4+rand.N(mean/2)); err != nil {
		return err
	}
	r.mu.Lock()
	effect()
	r.mu.Unlock()
	return sleep(ctx, mean/4+rand.N(mean/2))
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func name(revision int) awsjar.Revision {
	if revision == 0 {
		return awsjar.None
	}
	return awsjar.Revision(strconv.Itoa(revision))
}

func (r *register) Load(ctx context.Context) (data []byte, meta awsjar.Meta, err error) {
	err = r.do(ctx, r.read, func() { data, meta.Revision = slices.Clone(r.data), name(r.revision) })
	if err == nil && meta.Revision == awsjar.None {
		err = awsjar.ErrNotFound
	}
	return data, meta, err
}

func (r *register) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (meta awsjar.Meta, err error) {
	stale := false
	err = r.do(ctx, r.write, func() {
		if stale = replaces != name(r.revision); !stale {
			r.data, r.revision = slices.Clone(data), r.revision+1
			meta.Revision = name(r.revision)
		}
	})
	if err == nil && stale {
		err = awsjar.ErrConflict
	}
	return meta, err
}

func (r *register) Delete(context.Context, awsjar.Revision) error { return awsjar.ErrUnsupported }
