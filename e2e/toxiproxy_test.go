package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/awsjar/awsjar/internal/linear"
)

// toxic is the harm that toxiproxy does to a share of the connections. Upstream
// is the way of the requests, downstream that of the answers.
type toxic struct {
	kind, stream string
	toxicity     float64 // share of the connections, 0 to 1
	attributes   string
	breaks       bool // requests fail of it
}

var toxics = []toxic{
	{"latency", "downstream", 1, `{"latency": 3, "jitter": 3}`, false},
	{"bandwidth", "downstream", 1, `{"rate": 100}`, false},
	{"slow_close", "downstream", 1, `{"delay": 20}`, false},
	{"slicer", "upstream", 1, `{"average_size": 100, "size_variation": 50, "delay": 100}`, false},
	{"reset_peer", "upstream", 0.2, `{"timeout": 0}`, true},
	{"reset_peer", "downstream", 0.2, `{"timeout": 0}`, true},
	{"timeout", "upstream", 0.2, `{"timeout": 30}`, true},
	{"timeout", "downstream", 0.2, `{"timeout": 30}`, true},
	{"limit_data", "upstream", 0.2, `{"bytes": 500}`, true},
	{"limit_data", "downstream", 0.2, `{"bytes": 200}`, true}, // within the header
	{"limit_data", "downstream", 0.2, `{"bytes": 520}`, true}, // within the body of a GET, or behind the answer
}

// TestToxiproxy checks histories over bad networks. A Put or a Delete without
// a condition is repeated by the SDK with no guard, so these are left out.
func TestToxiproxy(t *testing.T) {
	eachPlain(t, func(t *testing.T, l launcher) {
		s := l.start(t)
		for _, p := range toxics {
			t.Run(fmt.Sprintf("%s %s %s", p.kind, p.stream, p.attributes), func(t *testing.T) {
				t.Parallel()
				var sent, broken atomic.Int64
				rounds(t, 2, func(seed uint64) linear.Report {
					c := linear.Config{Ops: 15, Seed: seed, Guarded: true}
					place := newPlace(t, s)
					through := p.between(t, s)
					for range 4 {
						// Toxiproxy decides for each connection.
						transport := &http.Transport{DisableKeepAlives: true}
						c.Stores = append(c.Stores, place.open(through, &counting{transport, &sent, &broken}))
					}
					return linear.Run(t, c)
				})
				t.Logf("%d of %d requests broken", broken.Load(), sent.Load())
				if p.breaks != (broken.Load() > 0) {
					t.Errorf("%d requests broken; want some: %t", broken.Load(), p.breaks)
				}
			})
		}
	})
}

// between starts a proxy in front of a server, and returns the server as it is
// seen through it.
func (p toxic) between(t *testing.T, s *server) *server {
	t.Helper()
	api := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(api, t.Name(), "127.0.0.1:0", strings.TrimPrefix(s.url, "http://"))
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	text := fmt.Sprintf(`{"type": %q, "stream": %q, "toxicity": %g, "attributes": %s}`, p.kind, p.stream, p.toxicity, p.attributes)
	if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	return &server{name: s.name, url: "http://" + proxy.Listen}
}

// counting counts requests, and those that end without a whole answer.
type counting struct {
	http.RoundTripper
	sent, broken *atomic.Int64
}

func (c *counting) Do(req *http.Request) (*http.Response, error) {
	c.sent.Add(1)
	resp, err := c.RoundTrip(req)
	if err != nil {
		c.broken.Add(1)
		return nil, err
	}
	resp.Body = &countedBody{resp.Body, c.broken}
	return resp, nil
}

type countedBody struct {
	io.ReadCloser
	broken *atomic.Int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.broken.Add(1)
	}
	return n, err
}
