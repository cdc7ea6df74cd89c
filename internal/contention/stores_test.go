package contention

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

// counted counts requests.
type counted struct {
	client interface {
		Do(*http.Request) (*http.Response, error)
	}
	requests *atomic.Int64
}

func (c counted) Do(req *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	return c.client.Do(req)
}

// wireless leads requests to a server without a network, so that time can be
// virtual. Each takes a random time, half of it before its effect.
type wireless struct {
	server *awsfake.Server
	mean   time.Duration
}

func (w wireless) Do(req *http.Request) (*http.Response, error) {
	half := func() error { return sleep(req.Context(), w.mean/4+rand.N(w.mean/2)) }
	if err := half(); err != nil {
		return nil, err
	}
	served := req.Clone(req.Context())
	served.RequestURI, served.Host = req.URL.RequestURI(), req.URL.Host
	if served.Body == nil {
		served.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	w.server.ServeHTTP(answer, served)
	result := answer.Result()
	header := http.Header{} // in the spelling in which a client reads it
	for name, values := range result.Header {
		for _, value := range values {
			header.Add(name, value)
		}
	}
	result.Header = header
	return result, half()
}

// fakeInBubble returns a server without a network, and the configuration of its
// clients.
func fakeInBubble(t *testing.T, requests *atomic.Int64, mean time.Duration, optFns ...func(*awsfake.Options)) (*awsfake.Server, aws.Config) {
	t.Helper()
	srv, err := awsfake.New(optFns...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	cfg := srv.Config()
	cfg.Retryer = nil // the SDK's own waits
	cfg.BaseEndpoint = aws.String("http://aws.test")
	cfg.HTTPClient = counted{wireless{srv, mean}, requests}
	return srv, cfg
}

// s3Stores returns a store for each of n writers of one key.
func s3Stores(srv *awsfake.Server, cfg aws.Config, n int) []awsjar.Store {
	srv.CreateBucket("bucket")
	stores := make([]awsjar.Store, n)
	for i := range stores {
		client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
		stores[i] = s3jar.NewBucket(client, "bucket").Object("state.json")
	}
	return stores
}

// lambdaStores returns a store for each of n writers of one function.
func lambdaStores(srv *awsfake.Server, cfg aws.Config, n int) []awsjar.Store {
	srv.CreateFunction("fn", nil)
	stores := make([]awsjar.Store, n)
	for i := range stores {
		stores[i] = lambdajar.New(lambda.NewFromConfig(cfg), "fn")
	}
	return stores
}

// TestS3 is 64 writers of one key with the SDK's client, with about the times
// of S3 in the same Region.
func TestS3(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		srv, cfg := fakeInBubble(t, &requests, 20*time.Millisecond)
		r := compete(t.Context(), t, s3Stores(srv, cfg, 64), 2, &requests)
		row(t, "writers", "64, 2 updates each", "one S3 key, 20 ms a request", r.perUpdate(), r.unfairness(), r.each())
		r.within(t, 40, 8)
	})
}

// TestS3OverHTTP is the same over HTTP, to a server that answers at once.
func TestS3OverHTTP(t *testing.T) {
	if testing.Short() {
		t.Skip("as fast as the machine is, which may be slow")
	}
	var requests atomic.Int64
	srv := awsfake.NewServer(t)
	cfg := srv.Config()
	cfg.HTTPClient = counted{srv.HTTPClient(), &requests}
	r := compete(t.Context(), t, s3Stores(srv, cfg, 64), 2, &requests)
	row(t, "writers", "64, 2 updates each", "the same, over HTTP to awsfake, which answers at once", r.perUpdate(), r.unfairness(), "as fast as the machine is")
	r.within(t, 40, 30)
}

// TestLambda is 8 writers of one function, of which each update takes 1.5
// seconds until the next is accepted.
func TestLambda(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		srv, cfg := fakeInBubble(t, &requests, 50*time.Millisecond, func(o *awsfake.Options) { o.Settle = 1500 * time.Millisecond })
		r := compete(t.Context(), t, lambdaStores(srv, cfg, 8), 3, &requests)
		row(t, "writers", "8, 3 updates each", "one function, 50 ms a request, 1.5 s until an update has settled", r.perUpdate(), r.unfairness(), r.each())
		r.within(t, 40, 8)
	})
}

// TestLambdaOverHTTP is 8 writers of one function over HTTP, of which each
// update takes 5 milliseconds.
func TestLambdaOverHTTP(t *testing.T) {
	if testing.Short() {
		t.Skip("as fast as the machine is, which may be slow")
	}
	var requests atomic.Int64
	srv := awsfake.NewServer(t, func(o *awsfake.Options) { o.Settle = 5 * time.Millisecond })
	cfg := srv.Config()
	cfg.HTTPClient = counted{srv.HTTPClient(), &requests}
	r := compete(t.Context(), t, lambdaStores(srv, cfg, 8), 2, &requests)
	row(t, "writers", "8, 2 updates each", "one function over HTTP, 5 ms to settle", r.perUpdate(), r.unfairness(), r.each())
	r.within(t, 40, 30)
}

// TestS3Outage is 64 writers who start again at once whenever an update fails,
// while S3 answers 503 to everything for ten seconds.
func TestS3Outage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const writers, outage = 64, 10 * time.Second
		var requests, done atomic.Int64
		srv, cfg := fakeInBubble(t, &requests, 20*time.Millisecond)
		stores := s3Stores(srv, cfg, writers)
		down := srv.Inject(awsfake.Fault{Code: "ServiceUnavailable", Status: http.StatusServiceUnavailable, Times: -1})
		time.AfterFunc(outage, down.Remove)
		for _, store := range stores {
			jar := awsjar.New[int](store)
			go func() {
				for {
					if _, err := jar.Update(t.Context(), func(n *int) error { *n++; return nil }); err == nil {
						done.Add(1)
						return
					}
				}
			}()
		}
		var second []int
		for done.Load() < writers {
			before := requests.Load()
			time.Sleep(time.Second)
			second = append(second, int(requests.Load()-before))
		}
		row(t, "outage", "64 writers who begin again at once whenever an update fails, while S3 answers 503 for ten seconds", firsts(second[outage/time.Second:]))
		bounded(t, second[:1], 4*writers)
		bounded(t, second[1:], 8*writers)
		if n, err := awsjar.New[int](stores[0]).Get(t.Context()); err != nil || n != writers {
			t.Errorf("the count is %d, %v; want %d", n, err, writers)
		}
	})
}
