package once

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/linear"
	"github.com/awsjar/awsjar/s3jar"
)

var s3Messages = flag.Int("s3messages", 10, "how many messages each test over S3 delivers")

// TestRequests: the costs that the package comment promises.
func TestRequests(t *testing.T) {
	aws := awsfake.NewServer(t)
	if err := aws.CreateBucket("state"); err != nil {
		t.Fatal(err)
	}
	object := s3jar.NewBucket(s3.NewFromConfig(aws.Config()), "state").Object("messages/1")
	for _, want := range [][]string{{"PutObject", "PutObject"}, {"PutObject", "GetObject"}} {
		aws.ResetRequests()
		if result, err := Do(t.Context(), object, func(context.Context) (int, error) { return 7, nil }); result != 7 || err != nil {
			t.Fatal(result, err)
		}
		var got []string
		for _, r := range aws.Requests() {
			got = append(got, r.Op)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// TestOverS3: four programs get each message several times, through a network
// that loses answers and a proxy that lies about them. Each message runs once
// and has one result.
func TestOverS3(t *testing.T) {
	for _, c := range []struct {
		name   string
		rate   float64
		faults []linear.Fault
	}{
		{"faults", 0.15, linear.Faults},
		{"lies", 0.2, linear.Lies},
		{"proxies", 0.15, linear.Proxies},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			aws := awsfake.NewServer(t)
			if err := aws.CreateBucket("state"); err != nil {
				t.Fatal(err)
			}
			all := make([]message, *s3Messages)
			for i := range all {
				all[i].results = map[int]int{}
			}
			var running sync.WaitGroup
			failures := make(map[string]int)
			var mu sync.Mutex
			for p := range 4 {
				flaky := linear.NewFlaky(aws.HTTPClient(), c.rate, uint64(p))
				flaky.Faults = c.faults
				bucket := s3jar.NewBucket(s3.NewFromConfig(aws.Config(), func(o *s3.Options) { o.HTTPClient = flaky }), "state")
				running.Go(func() {
					for i := range 2 * len(all) {
						m, object := &all[i%len(all)], bucket.Object(fmt.Sprintf("messages/%d", i%len(all)))
						if err := m.receive(t.Context(), object); err != nil {
							mu.Lock()
							failures[fmt.Sprintf("held %v", errors.Is(err, ErrHeld))]++
							mu.Unlock()
						}
					}
				})
			}
			running.Wait()
			ran, results := 0, 0
			for i := range all {
				if all[i].runs > 1 || len(all[i].results) > 1 {
					t.Errorf("message %d: %d runs, results %v", i, all[i].runs, all[i].results)
				}
				ran += all[i].runs
				for _, n := range all[i].results {
					results += n
				}
			}
			t.Logf("%d messages, %d ran, %d of %d calls got the result, failures %v", len(all), ran, results, 8*len(all), failures)
			if ran != len(all) || results < 4*len(all) {
				t.Errorf("%d messages: %d ran, %d results", len(all), ran, results)
			}
		})
	}
}

// receive handles one delivery, at most once.
func (m *message) receive(ctx context.Context, object *s3jar.Object) error {
	result, err := Do(ctx, object, func(context.Context) (int, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.runs++
		return m.runs, nil
	}, func(o *Options) { o.Mode, o.TTL = AtMostOnce, time.Minute })
	if err == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.results[result]++
	}
	return err
}
