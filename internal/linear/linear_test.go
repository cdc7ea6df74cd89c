package linear_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/internal/linear"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/awsjar/awsjar/s3jar"
)

var (
	seed   = flag.Uint64("seed", 0, "makes the same choices again; 0: new ones")
	volume = flag.Float64("volume", 0.3, "multiplies the number of histories")
	only   = flag.String("fault", "", "injects this fault only")
)

// rounds checks histories on a new place each, and prints their totals.
func rounds(t *testing.T, n int, one func(t *testing.T, seed uint64) linear.Report) {
	t.Helper()
	t.Parallel()
	linear.Rounds(t, int(float64(n)**volume), *seed, func(seed uint64) linear.Report { return one(t, seed) })
}

func handles(n int, open func() awsjar.Store) []awsjar.Store {
	stores := make([]awsjar.Store, n)
	for i := range stores {
		stores[i] = open()
	}
	return stores
}

func TestMemory(t *testing.T) {
	rounds(t, 10, func(t *testing.T, seed uint64) linear.Report {
		store := memjar.New()
		return linear.Run(t, linear.Config{Stores: handles(8, func() awsjar.Store { return store }), Ops: 50, Seed: seed})
	})
}

func TestFile(t *testing.T) {
	rounds(t, 4, func(t *testing.T, seed uint64) linear.Report {
		path := t.TempDir() + "/state.json"
		return linear.Run(t, linear.Config{Stores: handles(6, func() awsjar.Store { return filejar.New(path) }), Ops: 10, Seed: seed})
	})
}

// scenario has the clients and the faults of a store that talks to AWS.
type scenario struct {
	clients, ops int
	rate         float64 // of requests that go wrong
	faults       []linear.Fault
	guarded      bool
	counter      bool
	writesOnly   bool
	begun        bool
	oneJar       int // how many of the clients share a Jar; 0: none
}

var (
	quiet  = scenario{clients: 5, ops: 20}
	shared = scenario{clients: 3, ops: 20}
	rough  = scenario{clients: 4, ops: 15, rate: 0.1, faults: linear.Faults}
	// Every fault but requests that the network sends twice, so that nothing
	// excuses a write over a value that is carried out twice.
	lossy = scenario{clients: 4, ops: 15, rate: 0.2, faults: without(linear.Faults, linear.LateDuplicate)}
	// Few writes and no deletes: the lineage goes back far enough to show a
	// write that an answer denied.
	lying = scenario{clients: 3, ops: 2, rate: 0.3, faults: linear.Lies, guarded: true}
	// A proxy that sends writes twice, and whose answers are not the service's,
	// with other writers who are busy. A DeleteIf has no id by which it would
	// know its own removal.
	proxied = scenario{clients: 4, ops: 8, rate: 0.35, faults: slices.Concat(linear.Proxies, linear.Lies, []linear.Fault{linear.Error503, linear.Error500}), guarded: true}
	// Several clients on one Jar, and one on its own.
	crowd      = scenario{clients: 6, ops: 12, oneJar: 5}
	lossyCrowd = scenario{clients: 6, ops: 8, rate: 0.2, faults: lossy.faults, oneJar: 5}
	hammer     = scenario{clients: 4, ops: 12, rate: 0.45, faults: slices.Concat(linear.Proxies, linear.Lies, linear.Faults), counter: true, begun: true}
)

// belated is a scenario of requests that arrive after the client has heard of a
// failure, with answers to the next attempt that say nothing about the first.
var belated = scenario{clients: 2, ops: 8, rate: 0.55, counter: true, begun: true, faults: []linear.Fault{
	linear.Late, linear.Late, linear.Late, linear.Refused, linear.Denied, linear.TooMany, linear.Busy, linear.Error503}}

func TestLambda(t *testing.T)       { rounds(t, 3, quiet.onLambda) }
func TestLambdaFaults(t *testing.T) { rounds(t, 6, rough.onLambda) }
func TestLambdaLies(t *testing.T)   { rounds(t, 15, lying.onLambda) }
func TestS3(t *testing.T)           { rounds(t, 4, quiet.onS3) }
func TestS3Shared(t *testing.T)     { rounds(t, 6, quiet.onSharedS3) }
func TestS3SharedLost(t *testing.T) { rounds(t, 6, lossy.onSharedS3) }
func TestS3Faults(t *testing.T)     { rounds(t, 10, rough.onS3) }
func TestS3Lost(t *testing.T)       { rounds(t, 6, lossy.onS3) }
func TestS3Lies(t *testing.T)       { rounds(t, 15, lying.onS3) }
func TestS3Late(t *testing.T)       { rounds(t, 25, belated.onS3) }
func TestS3Proxies(t *testing.T)    { rounds(t, 12, proxied.onS3) }
func TestS3Hammer(t *testing.T)     { rounds(t, 8, hammer.onS3) }

// TestS3Rows: where no answer is lost, and no proxy repeats a request, nothing is
// uncertain.
func TestS3Rows(t *testing.T) {
	for _, faults := range [][]linear.Fault{
		{linear.Refused}, {linear.Denied}, {linear.Throttled}, {linear.TooMany}, {linear.Busy},
		{linear.Refused, linear.Denied, linear.Throttled, linear.TooMany, linear.Busy},
	} {
		s := scenario{clients: 3, ops: 4, rate: 0.4, faults: faults, guarded: true, begun: true, writesOnly: true}
		t.Run(fmt.Sprint(faults), func(t *testing.T) {
			rounds(t, 3, func(t *testing.T, seed uint64) linear.Report {
				report := s.onS3(t, seed)
				if report.Uncertain > 0 {
					t.Errorf("%s; want none uncertain", report)
				}
				return report
			})
		})
	}
}

func without(faults []linear.Fault, left linear.Fault) []linear.Fault {
	return slices.DeleteFunc(slices.Clone(faults), func(f linear.Fault) bool { return f == left })
}

// TestSharedHandle: clients in one process use one handle.
func TestSharedHandle(t *testing.T) {
	rounds(t, 2, func(t *testing.T, seed uint64) linear.Report {
		srv := awsfake.NewServer(t)
		srv.CreateFunction("fn", nil)
		store := lambdajar.New(lambda.NewFromConfig(srv.Config()), "fn")
		return linear.Run(t, linear.Config{Stores: handles(shared.clients, func() awsjar.Store { return store }), Ops: shared.ops, Seed: seed})
	})
}

// TestSharedJar: clients of one process share a Jar, whose Updates take turns
// and begin with a guess, beside others that have their own, and contexts that
// end.
func TestSharedJar(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		rounds(t, 60, func(t *testing.T, seed uint64) linear.Report {
			mine := &lagging{memjar.New()}
			other := &lagging{mine.Store}
			stores := append(handles(6, func() awsjar.Store { return mine }), other, other)
			c := linear.Config{Stores: stores, Ops: 12, Seed: seed, OneJar: true}
			if seed%2 == 0 {
				c.Timeout = 6 * time.Millisecond
			}
			return linear.Run(t, c)
		})
	})
	t.Run("S3", func(t *testing.T) { rounds(t, 4, crowd.onS3) })
	t.Run("S3 faults", func(t *testing.T) { rounds(t, 4, lossyCrowd.onS3) })
	t.Run("Lambda", func(t *testing.T) { rounds(t, 2, crowd.onLambda) })
	t.Run("Lambda faults", func(t *testing.T) { rounds(t, 2, lossyCrowd.onLambda) })
}

// lagging is a store whose calls take some time before their effect and after.
type lagging struct{ *memjar.Store }

func lag() { time.Sleep(rand.N(time.Millisecond)) }

func (l *lagging) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	lag()
	defer lag()
	return l.Store.Load(ctx)
}

func (l *lagging) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	lag()
	defer lag()
	return l.Store.Save(ctx, data, replaces)
}

func (s scenario) onLambda(t *testing.T, seed uint64) linear.Report {
	t.Helper()
	srv := awsfake.NewServer(t)
	srv.CreateFunction("fn", map[string]string{"STAGE": "prod"})
	report := s.run(t, srv, seed, func(cfg aws.Config) awsjar.Store {
		return lambdajar.New(lambda.NewFromConfig(cfg, func(o *lambda.Options) { o.Retryer = quick() }), "fn")
	})
	if env, _ := srv.Environment("fn"); env["STAGE"] != "prod" {
		t.Errorf("the other variable is gone: %v", env)
	}
	return report
}

func (s scenario) onS3(t *testing.T, seed uint64) linear.Report {
	t.Helper()
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	c := s.config(t, srv, seed, func(cfg aws.Config) awsjar.Store {
		client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle, o.Retryer = true, quick() })
		return s3jar.NewBucket(client, "bucket").Object("state.json")
	})
	c.LateWrites = true
	return believed(t, linear.Run(t, c))
}

// believed fails the test if a store took the server, which keeps conditions,
// for one that does not.
func believed(t *testing.T, r linear.Report) linear.Report {
	t.Helper()
	for text, n := range r.Errors {
		if strings.Contains(text, "does not keep conditions") || strings.Contains(text, "ignores If-") {
			t.Errorf("%d false alarms: %s", n, text)
		}
	}
	return r
}

// onSharedS3 gives all clients one handle.
func (s scenario) onSharedS3(t *testing.T, seed uint64) linear.Report {
	t.Helper()
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	var one awsjar.Store
	c := s.config(t, srv, seed, func(cfg aws.Config) awsjar.Store {
		if one == nil {
			client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle, o.Retryer = true, quick() })
			one = s3jar.NewBucket(client, "bucket").Object("state.json")
		}
		return one
	})
	for i := range c.Flaky {
		c.Flaky[i] = c.Flaky[0] // whose requests they all send
	}
	c.LateWrites = true
	return believed(t, linear.Run(t, c))
}

func (s scenario) run(t *testing.T, srv *awsfake.Server, seed uint64, open func(aws.Config) awsjar.Store) linear.Report {
	t.Helper()
	return linear.Run(t, s.config(t, srv, seed, open))
}

// config gives each client a store over an HTTP client of its own.
func (s scenario) config(t *testing.T, srv *awsfake.Server, seed uint64, open func(aws.Config) awsjar.Store) linear.Config {
	c := linear.Config{Ops: s.ops, Seed: seed, Guarded: s.guarded, Counter: s.counter, Begun: s.begun}
	c.OneJar = s.oneJar > 0
	for i := range s.clients {
		if i > 0 && i < s.oneJar {
			c.Flaky, c.Stores = append(c.Flaky, c.Flaky[0]), append(c.Stores, c.Stores[0])
			continue
		}
		flaky := linear.NewFlaky(srv.HTTPClient(), s.rate, seed+uint64(i)<<32)
		flaky.Faults, flaky.WritesOnly = s.faults, s.writesOnly
		if *only != "" {
			flaky.Faults = []linear.Fault{linear.Fault(*only)}
		}
		t.Cleanup(flaky.Wait)
		cfg := srv.Config()
		cfg.HTTPClient = flaky
		c.Flaky = append(c.Flaky, flaky)
		c.Stores = append(c.Stores, open(cfg))
	}
	return c
}

// quick makes the SDK's retries without its waits. It is the SDK's own type, so
// that requests may take the shortcut past the middleware.
func quick() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
}
