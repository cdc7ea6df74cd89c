package e2e

import (
	"flag"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/linear"
	"github.com/awsjar/awsjar/s3jar"
)

var (
	seed   = flag.Uint64("seed", 0, "makes the same choices again; 0: new ones")
	volume = flag.Float64("volume", 1, "multiplies the number of histories")
)

// eachPlain runs a test against every S3 server over http: histories look for
// the servers' treatment of requests, not for how these are carried.
func eachPlain(t *testing.T, test func(t *testing.T, l launcher)) {
	for _, l := range s3Servers {
		if !l.https {
			t.Run(l.String(), func(t *testing.T) { test(t, l) })
		}
	}
}

// rounds checks n histories and prints their sums.
func rounds(t *testing.T, n int, one func(seed uint64) linear.Report) {
	t.Helper()
	linear.Rounds(t, int(float64(n)**volume), *seed, one)
}

// place is an object that histories are made on.
type place struct {
	bucket, key string
}

// newPlace makes a place that holds nothing. No bucket of histories ever has
// versioning: on versitygw a delete marker would count as a value.
func newPlace(t *testing.T, s *server) place {
	return place{newBucket(t, s.s3Client(), false), "state.json"}
}

// open returns a store for the place over an HTTP client of its own.
func (p place) open(s *server, do s3.HTTPClient) awsjar.Store {
	return s3jar.NewBucket(s.s3ClientOver(do), p.bucket).Object(p.key)
}

// s3ClientOver returns a client that sends its requests through do, and does
// not wait before it sends them again.
func (s *server) s3ClientOver(do s3.HTTPClient) *s3.Client {
	cfg := s.config()
	cfg.HTTPClient = do
	return s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle, o.Retryer = true, quick() })
}

// quick makes the SDK's retries without its waits. It is the SDK's own type, so
// that requests may take the shortcut past the middleware.
func quick() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
}

// calls returns a Config without the calls that a server does not guard.
func (s *server) calls(ops int, seed uint64) linear.Config {
	return linear.Config{
		Ops: ops, Seed: seed,
		Without: slices.Collect(maps.Keys(exceptions(s.name, "", "TestLinear"))),
	}
}

// TestLinear checks histories of concurrent calls, on a quiet network.
func TestLinear(t *testing.T) {
	eachPlain(t, func(t *testing.T, l launcher) {
		s := l.start(t)
		rounds(t, 12, func(seed uint64) linear.Report {
			c := s.calls(20, seed)
			place := newPlace(t, s)
			for range 5 {
				c.Stores = append(c.Stores, place.open(s, http.DefaultClient))
			}
			return linear.Run(t, c)
		})
	})
}

// TestLinearFaults checks histories in which answers are lost, and requests
// arrive late or not at all.
func TestLinearFaults(t *testing.T) {
	eachPlain(t, func(t *testing.T, l launcher) {
		s := l.start(t)
		rounds(t, 15, func(seed uint64) linear.Report {
			c := s.calls(15, seed)
			c.LateWrites = true
			place := newPlace(t, s)
			for i := range 4 {
				flaky := linear.NewFlaky(http.DefaultClient, 0.1, seed+uint64(i)<<32)
				defer flaky.Wait()
				c.Flaky = append(c.Flaky, flaky)
				c.Stores = append(c.Stores, place.open(s, flaky))
			}
			return linear.Run(t, c)
		})
	})
}
