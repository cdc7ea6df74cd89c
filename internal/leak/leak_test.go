package leak

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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

// held counts the things that this process holds at one moment.
type held struct{ goroutines, files int }

// now counts. Connections are files; where /proc does not show them they are
// not counted, but each has goroutines, too.
func now() held {
	files, _ := os.ReadDir("/proc/self/fd")
	return held{runtime.NumGoroutine(), len(files)}
}

// leavesNothing runs something and fails the test if it leaves anything. The
// ends of connections take a moment.
func leavesNothing(t *testing.T, run func(t *testing.T)) {
	t.Helper()
	now() // to count takes files, too, which the first time opens
	before := now()
	run(t)
	deadline := time.Now().Add(10 * time.Second)
	for {
		after := now()
		if after.goroutines <= before.goroutines && after.files <= before.files {
			return
		}
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("before %+v, after %+v\n%s", before, after, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(5 * time.Millisecond)
	}
}

var volume = flag.Float64("volume", 1, "multiplies the time that calls have before their context ends")

// patience is that time.
func patience(d time.Duration) time.Duration { return time.Duration(*volume * float64(d)) }

// use makes every call of a Jar. They may fail, but must end with the context.
func use(t *testing.T, store awsjar.Store) {
	t.Helper()
	limit := patience(40 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	start := time.Now()
	jar := awsjar.New[int](store)
	increment := func(n *int) error { *n++; return nil }
	jar.Update(ctx, increment)
	jar.Put(ctx, 5)
	entry, _ := jar.Load(ctx)
	jar.PutIf(ctx, 6, entry.Revision)
	jar.Create(ctx, 7)
	jar.Update(ctx, increment)
	for entry, err := range jar.History(ctx) {
		if err != nil {
			break
		}
		jar.At(ctx, entry.VersionID)
		break
	}
	entry, _ = jar.Load(ctx)
	jar.DeleteIf(ctx, entry.Revision)
	jar.Delete(ctx)
	if took := time.Since(start) - limit; took > 3*time.Second {
		t.Errorf("the calls went on for %v after the context had ended", took)
	}
}

// opener makes a store, and the place that it is for.
type opener func(srv *awsfake.Server, cfg aws.Config) awsjar.Store

// clouds open the stores that talk to AWS.
var clouds = map[string]opener{
	"s3jar": func(srv *awsfake.Server, cfg aws.Config) awsjar.Store {
		srv.CreateBucket("bucket")
		return s3jar.NewBucket(s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }), "bucket").Object("state.json")
	},
	"lambdajar": func(srv *awsfake.Server, cfg aws.Config) awsjar.Store {
		srv.CreateFunction("fn", nil)
		return lambdajar.New(lambda.NewFromConfig(cfg), "fn")
	},
}

// eachCloud runs a test with each store over an HTTP client of its own, and
// expects that nothing is left once that has closed its idle connections; the
// server goes on.
func eachCloud(t *testing.T, test func(t *testing.T, srv *awsfake.Server, cfg aws.Config, open opener)) {
	for name := range clouds {
		onCloud(t, name, test)
	}
}

func onCloud(t *testing.T, name string, test func(t *testing.T, srv *awsfake.Server, cfg aws.Config, open opener)) {
	t.Run(name, func(t *testing.T) {
		srv := awsfake.NewServer(t)
		leavesNothing(t, func(t *testing.T) {
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			cfg := srv.Config()
			cfg.HTTPClient = &http.Client{Transport: transport}
			test(t, srv, cfg, clouds[name])
		})
	})
}

// TestQuiet: nothing goes wrong.
func TestQuiet(t *testing.T) {
	eachCloud(t, func(t *testing.T, srv *awsfake.Server, cfg aws.Config, open opener) {
		use(t, open(srv, cfg))
	})
	t.Run("memjar", func(t *testing.T) {
		leavesNothing(t, func(t *testing.T) { use(t, memjar.New()) })
	})
	t.Run("filejar", func(t *testing.T) {
		dir := t.TempDir()
		leavesNothing(t, func(t *testing.T) { use(t, filejar.New(filepath.Join(dir, "state.json"))) })
	})
}

// TestNetworkFaults: each second request meets a fault between the client and
// the server.
func TestNetworkFaults(t *testing.T) {
	for _, fault := range slices.Concat(linear.Faults, linear.Lies) {
		t.Run(string(fault), func(t *testing.T) {
			eachCloud(t, func(t *testing.T, srv *awsfake.Server, cfg aws.Config, open opener) {
				flaky := linear.NewFlaky(cfg.HTTPClient, 0.5, 1)
				flaky.Faults = []linear.Fault{fault}
				defer flaky.Wait()
				cfg.HTTPClient = flaky
				store := open(srv, cfg)
				for tries := 0; flaky.Total() == 0; tries++ {
					if tries == 10 {
						t.Fatal("no fault occurred")
					}
					use(t, store)
				}
			})
		})
	}
}

// serverFaults are faults of the server at the level of the connection.
var serverFaults = map[string]awsfake.Fault{
	"dropped before":   {Drop: true},
	"dropped after":    {Drop: true, After: true},
	"cut":              {Truncate: 1},
	"500":              {Status: http.StatusInternalServerError},
	"500 after":        {Status: http.StatusInternalServerError, After: true},
	"silent before":    {Delay: time.Hour},
	"silent after":     {Delay: time.Hour, After: true},
	"access denied":    {Code: "AccessDeniedException", Status: http.StatusForbidden},
	"throttled always": {Code: "TooManyRequestsException", Status: http.StatusTooManyRequests},
}

// TestServerFaults: every request after the first meets a fault of the server.
// Where it falls silent, the context ends the call.
func TestServerFaults(t *testing.T) {
	for name, fault := range serverFaults {
		t.Run(name, func(t *testing.T) {
			eachCloud(t, func(t *testing.T, srv *awsfake.Server, cfg aws.Config, open opener) {
				store := open(srv, cfg)
				fault.Skip, fault.Times = 1, -1
				injected := srv.Inject(fault)
				use(t, store)
				if injected.Fired() == 0 {
					t.Error("no fault occurred")
				}
			})
		})
	}
}

// TestCancelled: the context ends in the middle of a request.
func TestCancelled(t *testing.T) {
	eachCloud(t, func(t *testing.T, srv *awsfake.Server, cfg aws.Config, open opener) {
		jar := awsjar.New[int](open(srv, cfg))
		for skip := range 2 { // the read, the write
			for _, after := range []bool{false, true} {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				injected := srv.Inject(awsfake.Fault{Skip: skip, Hook: cancel, Delay: time.Hour, After: after})
				_, err := jar.Update(ctx, func(n *int) error { *n++; return nil })
				if injected.Fired() != 1 || !errors.Is(err, context.Canceled) {
					t.Errorf("request %d: Update: %v, after %d faults; want context.Canceled", skip+1, err, injected.Fired())
				}
			}
		}
	})
}

// TestTooLarge: the body of an answer is not read.
func TestTooLarge(t *testing.T) {
	srv := awsfake.NewServer(t)
	srv.CreateBucket("bucket")
	srv.PutObject("bucket", "state.json", make([]byte, 4<<20), nil)
	leavesNothing(t, func(t *testing.T) {
		transport := &http.Transport{}
		defer transport.CloseIdleConnections()
		cfg := srv.Config()
		cfg.HTTPClient = &http.Client{Transport: transport}
		client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
		object := s3jar.NewBucket(client, "bucket", func(o *s3jar.Options) { o.MaxSize = 1000 }).Object("state.json")
		if _, _, err := object.Load(t.Context()); !errors.Is(err, awsjar.ErrTooLarge) {
			t.Errorf("Load: %v; want ErrTooLarge", err)
		}
	})
}
