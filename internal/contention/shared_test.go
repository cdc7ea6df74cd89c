package contention

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
)

// TestLostRaces counts the requests of lost races: 2, 8 and 64 writers of one key, each with a
// handle of its own.
func TestLostRaces(t *testing.T) {
	for _, writers := range []int{2, 8, 64} {
		t.Run(fmt.Sprint(writers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var requests atomic.Int64
				srv, cfg := fakeInBubble(t, &requests, 20*time.Millisecond)
				compete(t.Context(), t, s3Stores(srv, cfg, writers), 4, &requests).within(t, 20, 12)
			})
		})
	}
}

// TestSharedHandle is goroutines that share one handle, whose Updates take turns.
func TestSharedHandle(t *testing.T) {
	for name, c := range map[string]struct {
		goroutines, each int
		open             func(*awsfake.Server, aws.Config, int) []awsjar.Store
		most             float64
	}{
		"S3 2":     {2, 4, s3Stores, 2.2},
		"S3 8":     {8, 4, s3Stores, 2.2},
		"S3 64":    {64, 4, s3Stores, 2.2},
		"Lambda 6": {6, 1, lambdaStores, 6}, // 4.7 most often; how often a settling update is read depends on the order of the goroutines
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var requests atomic.Int64
				srv, cfg := fakeInBubble(t, &requests, 20*time.Millisecond, func(o *awsfake.Options) { o.Settle = 1500 * time.Millisecond })
				jar := awsjar.New[int](c.open(srv, cfg, 1)[0])
				var slowest atomic.Int64
				var wg sync.WaitGroup
				for range c.goroutines {
					wg.Go(func() {
						for range c.each {
							start := time.Now()
							if _, err := jar.Update(t.Context(), func(n *int) error { *n++; return nil }); err != nil {
								t.Error(err)
							}
							slowest.Store(max(slowest.Load(), int64(time.Since(start))))
						}
					})
				}
				wg.Wait()
				got := float64(requests.Load()) / float64(c.goroutines*c.each)
				t.Logf("%.2f requests for one update; the slowest update took %v", got, time.Duration(slowest.Load()))
				if n, err := jar.Get(t.Context()); err != nil || n != c.goroutines*c.each || got > c.most {
					t.Errorf("the count is %d, %v, by %.2f requests each; want at most %.1f", n, err, got, c.most)
				}
			})
		})
	}
}
