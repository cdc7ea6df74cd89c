package e2e

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/linear"
)

// mortal is a server that is killed while it works, and started again on the
// same data. It is also the HTTP client that leads to it.
type mortal struct {
	launcher launcher
	dir      string
	every    int64   // a kill after so many requests
	front    *server // as clients know it, at the address that it had first
	client   http.Client

	mu  sync.RWMutex // held while it is dead
	now *server
	err error

	kills    sync.WaitGroup
	requests atomic.Int64
	deaths   atomic.Int64
	severed  atomic.Int64 // requests without an answer
}

func newMortal(t *testing.T, l launcher, every int64) *mortal {
	t.Helper()
	l.start(t) // skips or fails the test if there is no such server
	m := &mortal{launcher: l, dir: t.TempDir(), every: every}
	transport := &http.Transport{DialContext: m.dial, MaxIdleConnsPerHost: 16}
	m.client.Transport = transport
	var err error
	if m.now, err = l.launch(m.dir); err != nil {
		t.Fatal(err)
	}
	m.front = &server{name: l.name, url: m.now.url}
	t.Cleanup(func() {
		m.kills.Wait()
		transport.CloseIdleConnections()
		m.now.stop()
		if m.err != nil {
			t.Error(m.err)
		}
	})
	return m
}

// newPlace makes a place that holds nothing.
func (m *mortal) newPlace(t *testing.T) place {
	t.Helper()
	return place{newBucket(t, m.front.s3ClientOver(m), false), "state.json"}
}

// dial connects to wherever the server is now, as soon as it is there.
func (m *mortal) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	m.mu.RLock()
	address := strings.TrimPrefix(m.now.url, "http://")
	m.mu.RUnlock()
	return new(net.Dialer).DialContext(ctx, network, address)
}

// Do sends a request. The server is killed before, within or after some.
func (m *mortal) Do(req *http.Request) (*http.Response, error) {
	if m.requests.Add(1)%m.every == 0 {
		m.kills.Go(m.kill)
	}
	resp, err := m.client.Do(req)
	if err != nil {
		m.severed.Add(1)
	}
	return resp, err
}

// kill is kill -9, at any moment of the work under way, and a new start.
func (m *mortal) kill() {
	time.Sleep(rand.N(5 * time.Millisecond))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.stop()
	m.deaths.Add(1)
	if next, err := m.launcher.launch(m.dir); err != nil {
		m.err = err
	} else {
		m.now = next
	}
}

// killEvery is after how many requests a server dies: MinIO takes seconds to
// start.
var killEvery = map[string]int64{"versitygw": 60, "minio": 150}

// TestKillHistory: the history of calls over the deaths of the server has an
// order.
func TestKillHistory(t *testing.T) {
	eachPlain(t, func(t *testing.T, l launcher) {
		m := newMortal(t, l, killEvery[l.name])
		rounds(t, 4, func(seed uint64) linear.Report {
			c := linear.Config{Ops: 25, Seed: seed, Guarded: true, Timeout: time.Minute}
			place := m.newPlace(t)
			for range 4 {
				c.Stores = append(c.Stores, place.open(m.front, m))
			}
			return linear.Run(t, c)
		})
		t.Logf("%d deaths, %d of %d requests severed", m.deaths.Load(), m.severed.Load(), m.requests.Load())
		if m.deaths.Load() == 0 || m.severed.Load() == 0 {
			t.Error("the server did not die within any request")
		}
	})
}

// TestKillCount: no acknowledged addition is lost over the deaths of the
// server, and none counts twice.
func TestKillCount(t *testing.T) {
	const writers, each = 4, 40
	eachPlain(t, func(t *testing.T, l launcher) {
		m := newMortal(t, l, killEvery[l.name])
		place := m.newPlace(t)
		var acknowledged, uncertain, failed atomic.Int64
		var wg sync.WaitGroup
		for range writers {
			jar := awsjar.New[int64](place.open(m.front, m))
			wg.Go(func() {
				for range each {
					_, err := jar.Update(t.Context(), func(n *int64) error { *n++; return nil })
					switch {
					case err == nil:
						acknowledged.Add(1)
					case errors.Is(err, awsjar.ErrUncertain):
						uncertain.Add(1)
					default:
						failed.Add(1)
						t.Logf("not stored: %v", err)
					}
				}
			})
		}
		wg.Wait()
		m.kills.Wait()
		n, err := awsjar.New[int64](place.open(m.front, m)).Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d deaths, %d of %d requests severed; the count is %d: %d acknowledged, %d uncertain, %d failed",
			m.deaths.Load(), m.severed.Load(), m.requests.Load(), n, acknowledged.Load(), uncertain.Load(), failed.Load())
		if n < acknowledged.Load() || n > acknowledged.Load()+uncertain.Load() {
			t.Errorf("the count is %d; want %d, and up to %d more", n, acknowledged.Load(), uncertain.Load())
		}
		if m.deaths.Load() == 0 || acknowledged.Load() == 0 {
			t.Error("the server did not die, or nothing was acknowledged")
		}
	})
}
