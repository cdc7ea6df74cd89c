package lease

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/expiry"
	"github.com/awsjar/awsjar/internal/linear"
	"github.com/awsjar/awsjar/s3jar"
)

var s3Time = flag.Duration("s3time", 400*time.Millisecond, "how long each test over S3 runs, in real time")

// speed is how much faster the simulated S3 and the programs' clocks run.
const speed = 20

// fastTime is a clock that runs faster than the machine's.
type fastTime struct{ began time.Time }

func (f fastTime) now() time.Time {
	return f.began.Add(speed * time.Since(f.began))
}

func (f fastTime) clock() expiry.Instant {
	now := f.now()
	return expiry.Instant{Monotonic: now.Sub(f.began), Wall: now.Round(0)}
}

// sleep waits for a time by the fast clock.
func (f fastTime) sleep(d time.Duration) { time.Sleep(d / speed) }

// ops returns the operations of S3 that were sent since the last call.
func ops(aws *awsfake.Server) (names []string) {
	for _, r := range aws.Requests() {
		names = append(names, r.Op)
	}
	aws.ResetRequests()
	return names
}

// TestRequests: the costs that the package comment promises.
func TestRequests(t *testing.T) {
	aws := awsfake.NewServer(t)
	if err := aws.CreateBucket("state"); err != nil {
		t.Fatal(err)
	}
	object := s3jar.NewBucket(s3.NewFromConfig(aws.Config()), "state").Object("job.lease")
	lock := New(object)
	wantOps := func(name string, want ...string) {
		t.Helper()
		if got := ops(aws); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	held, err := lock.TryAcquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantOps("acquire", "GetObject", "PutObject")
	if _, err := New(object).TryAcquire(t.Context()); !errors.Is(err, ErrHeld) {
		t.Fatal(err)
	}
	wantOps("refused", "GetObject")
	if err := held.Renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantOps("renew", "PutObject")
	if err := held.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantOps("release", "PutObject")
}

// TestTokensAfterDeletion: the first token of a new claim is the time of S3's
// own clock, which the answer "no such key" tells.
func TestTokensAfterDeletion(t *testing.T) {
	now := time.Date(2031, 1, 2, 3, 4, 5, 0, time.UTC)
	aws := awsfake.NewServer(t, func(o *awsfake.Options) { o.Now = func() time.Time { return now } })
	if err := aws.CreateBucket("state"); err != nil {
		t.Fatal(err)
	}
	object := s3jar.NewBucket(s3.NewFromConfig(aws.Config()), "state").Object("job.lease")
	var last uint64
	for range 3 {
		held, err := New(object).TryAcquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if at := uint64(now.UnixMilli()); held.Token() <= last || held.Token() < at || held.Token() > at+1000 {
			t.Errorf("token %d at %d, after %d", held.Token(), at, last)
		}
		last = held.Token()
		if err := aws.DeleteObject("state", "job.lease"); err != nil {
			t.Fatal(err)
		}
		now = now.Add(2 * time.Second)
	}
}

// TestOverS3: programs compete over S3 through a network that loses answers and
// a proxy that lies about them.
func TestOverS3(t *testing.T) {
	for _, c := range []struct {
		name   string
		rate   float64
		faults []linear.Fault
	}{
		{"a quiet network", 0, nil},
		{"faults", 0.15, linear.Faults},
		{"lies", 0.2, linear.Lies},
		{"proxies", 0.15, linear.Proxies},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &field{fast: fastTime{time.Now()}}
			f.aws = awsfake.NewServer(t, func(o *awsfake.Options) { o.Now = f.fast.now })
			if err := f.aws.CreateBucket("state"); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), *s3Time)
			defer cancel()
			var running sync.WaitGroup
			for i := range 4 {
				flaky := linear.NewFlaky(f.aws.HTTPClient(), c.rate, uint64(i))
				flaky.Faults = c.faults
				client := s3.NewFromConfig(f.aws.Config(), func(o *s3.Options) { o.HTTPClient = flaky })
				object := s3jar.NewBucket(client, "state").Object("job.lease")
				running.Go(func() { f.program(ctx, object, fmt.Sprint(i), rand.New(rand.NewPCG(1, uint64(i)))) })
			}
			running.Wait()
			t.Logf("%d acquired, %d died, %d taken over, %d overlaps, %d tokens back", f.acquired, f.died, f.takenOver, f.overlaps, f.tokensBack)
			if f.overlaps > 0 || f.tokensBack > 0 {
				t.Errorf("%d overlaps, %d tokens back", f.overlaps, f.tokensBack)
			}
			if f.acquired == 0 {
				t.Errorf("only %d acquisitions", f.acquired)
			}
		})
	}
}

// field is the state that the programs of TestOverS3 share.
type field struct {
	aws  *awsfake.Server
	fast fastTime

	mu                        sync.Mutex
	newest                    uint64
	dead                      bool // the newest holder
	acquired, died, takenOver int
	overlaps, tokensBack      int
}

// program acquires the lease anew each time, as an invocation does, works under
// it, and sometimes dies.
func (f *field) program(ctx context.Context, object awsjar.Store, owner string, rng *rand.Rand) {
	for ctx.Err() == nil {
		lock := New(object, func(o *Options) { o.TTL, o.Owner, o.clock = 20*time.Second, owner, f.fast.clock })
		held, err := lock.TryAcquire(ctx)
		if err != nil {
			f.fast.sleep(time.Duration(rng.IntN(4000)) * time.Millisecond)
			continue
		}
		f.mu.Lock()
		f.acquired++
		if held.Token() <= f.newest {
			f.tokensBack++
		}
		if f.dead {
			f.takenOver++
		}
		f.newest, f.dead = max(f.newest, held.Token()), false
		f.mu.Unlock()
		f.work(ctx, held, rng)
	}
}

func (f *field) work(ctx context.Context, held *Held, rng *rand.Rand) {
	for range 1 + rng.IntN(4) {
		f.fast.sleep(time.Duration(rng.IntN(6000)) * time.Millisecond)
		valid := held.Valid()
		f.mu.Lock()
		if valid && f.newest > held.Token() {
			f.overlaps++
		}
		if rng.IntN(6) == 0 {
			f.died++
			f.dead = f.newest == held.Token()
			f.mu.Unlock()
			return
		}
		f.mu.Unlock()
		if errors.Is(held.Renew(ctx), ErrLost) {
			return
		}
	}
	_ = held.Release(ctx)
}
