package contention

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
)

// TestLostRaces counts the requests of lost races: 2, 8 and 64 writers of one key,
// each with a handle of its own.
func TestLostRaces(t *testing.T) {
	for _, writers := range []int{2, 8, 64} {
		t.Run(fmt.Sprint(writers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var requests atomic.Int64
				srv, cfg := fakeInBubble(t, &requests, 20*time.Millisecond)
				r := compete(t.Context(), t, s3Stores(srv, cfg, writers), 4, &requests)
				row(t, "races", fmt.Sprintf("%d writers", writers), r.perUpdate(), r.elapsed, r.unfairness())
				r.within(t, 20, 12)
			})
		})
	}
}

// TestSharedHandle is goroutines that share one handle, whose Updates take turns.
func TestSharedHandle(t *testing.T) {
	for _, c := range []struct {
		goroutines, each int
		place            string
		open             func(*awsfake.Server, aws.Config, int) []awsjar.Store
		most             float64
	}{
		{2, 4, "", s3Stores, 2.2},
		{8, 4, "", s3Stores, 2.2},
		{64, 4, "", s3Stores, 2.2},
		// 4.2 on average, 3.7 to 5.0 in 300 runs: how often a settling update is read
		// depends on chance.
		{6, 1, " of a function that takes 1.5 s to settle, 1 update each", lambdaStores, 5.4},
	} {
		t.Run(fmt.Sprintf("%d%s", c.goroutines, c.place), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var requests atomic.Int64
				srv, cfg := fakeInBubble(t, &requests, 20*time.Millisecond, func(o *awsfake.Options) { o.Settle = 1500 * time.Millisecond })
				jar := awsjar.New[int](c.open(srv, cfg, 1)[0])
				r := count(t.Context(), t, slices.Repeat([]*awsjar.Jar[int]{jar}, c.goroutines), c.each, &requests)
				row(t, "races", fmt.Sprintf("%d goroutines, one handle%s", c.goroutines, c.place), r.perUpdate(), r.elapsed, r.unfairness())
				if r.perUpdate() > c.most {
					t.Errorf("%.2f requests for one update; want at most %.1f", r.perUpdate(), c.most)
				}
			})
		})
	}
}
