package awsfake

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signFor signs r for the server.
func signFor(t *testing.T, s *Server, r *http.Request, service, body string) *http.Request {
	t.Helper()
	if service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", hashOf([]byte(body)))
	}
	if err := v4.NewSigner().SignHTTP(t.Context(), s.signingKey(signature{accessKey: s.options.AccessKey}), r, hashOf([]byte(body)), service, s.options.Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}

func newServer(t *testing.T, optFns ...func(*Options)) *Server {
	t.Helper()
	s, err := Start(optFns...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestBodyOverTheLimitIsRefused(t *testing.T) {
	s := newServer(t)
	s.maxBody = 10
	tests := []struct {
		service, path, body string
		signed              bool
		status              int
		text                string
	}{
		{"s3", "/bucket/key", "12345678901", true, 400, "EntityTooLarge"},
		{"s3", "/bucket/key", "1234567890", true, 404, "NoSuchBucket"},
		{"s3", "/bucket/key", "12345678901", false, 403, "AccessDenied"},
		{"lambda", "/2015-03-31/functions", "12345678901", true, 413, "Request must be smaller"},
		{"lambda", "/2015-03-31/functions", "1234567890", true, 405, ""},
		{"lambda", "/2015-03-31/functions", "12345678901", false, 403, "Missing Authentication Token"},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("PUT", "http://localhost"+tt.path, strings.NewReader(tt.body))
		if tt.signed {
			signFor(t, s, r, tt.service, tt.body)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if tt.text != "" && (w.Code != tt.status || !strings.Contains(w.Body.String(), tt.text)) {
			t.Errorf("%s %s: %d %s", tt.path, tt.body, w.Code, w.Body)
		}
		if tt.text == "" && (w.Code == 413 || w.Code == 403) {
			t.Errorf("%s %s: %d %s", tt.path, tt.body, w.Code, w.Body)
		}
	}
}

// zeros is a body without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestUnsignedBodiesCostNoMemory: two strangers send large bodies. All that
// client and server allocate meanwhile is counted.
func TestUnsignedBodiesCostNoMemory(t *testing.T) {
	const size, limit = 48 << 20, 16 << 20
	s := newServer(t)
	for _, path := range []string{"/bucket/key", "/2015-03-31/functions/fn/configuration"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var clients sync.WaitGroup
		for range 2 {
			clients.Go(func() {
				r, err := http.NewRequestWithContext(t.Context(), "PUT", s.URL()+path, io.LimitReader(zeros{}, size))
				if err != nil {
					t.Error(err)
					return
				}
				r.ContentLength = size
				answer, err := s.HTTPClient().Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				answer.Body.Close()
				if answer.StatusCode != http.StatusForbidden {
					t.Errorf("%s: an unsigned body: %s", path, answer.Status)
				}
			})
		}
		clients.Wait()
		runtime.ReadMemStats(&after)
		if cost := after.TotalAlloc - before.TotalAlloc; cost > limit {
			t.Errorf("%s: two unsigned bodies of %d MiB cost %d MiB", path, size>>20, cost>>20)
		}
	}
}

// TestSlowBodies: a connection does not stay open for a body that does not come,
// signed or not.
func TestSlowBodies(t *testing.T) {
	s := newServer(t)
	s.bodyTime = 50 * time.Millisecond
	for _, signed := range []bool{true, false} {
		r := httptest.NewRequest("PUT", s.URL()+"/bucket/key", strings.NewReader("12345"))
		want := http.StatusForbidden
		if signed {
			want = http.StatusBadRequest
			signFor(t, s, r, "s3", "12345")
		}
		connection, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if err := connection.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(connection, "PUT /bucket/key HTTP/1.1\r\nHost: %s\r\nContent-Length: 5\r\n", r.Host)
		r.Header.Write(connection)
		io.WriteString(connection, "\r\n123") // and no more
		answer, err := http.ReadResponse(bufio.NewReader(connection), r)
		if err != nil || answer.StatusCode != want {
			t.Errorf("signed: %v: %v, %v; want %d", signed, answer, err, want)
		}
	}
}

// TestHosts: a name that leads here is not enough. A web page whose host name leads
// to this machine must not reach it.
func TestHosts(t *testing.T) {
	for _, tt := range []struct {
		host    string
		allowed bool
	}{
		{"127.0.0.1:80", true}, {"[::1]:80", true}, {"192.168.0.7", true}, {"localhost", true}, {"LOCALHOST.:80", true},
		{"bucket.s3.localhost:80", true}, {"bucket.s3.us-east-1.amazonaws.com", true}, {"lambda.cn-north-1.amazonaws.com.cn", true},
		{"aws.test", true}, {"AWS.test:80", true},
		{"evil.example", false}, {"evil.example:80", false}, {"amazonaws.com.evil.example", false}, {"evilamazonaws.com", false},
		{"notlocalhost", false}, {"127.0.0.1.evil.example", false}, {"bucket.aws.test", false}, {"", false},
	} {
		s, err := New(func(o *Options) { o.Hosts = []string{"aws.test"} })
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		r.Host = tt.host
		w := httptest.NewRecorder()
		s.ServeHTTP(w, signFor(t, s, r, "s3", ""))
		// The refusal names the way out.
		if refused := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), "Options.Hosts"); refused == tt.allowed {
			t.Errorf("%q: %d %s", tt.host, w.Code, w.Body)
		}
	}
}

func TestPagesOfOtherSites(t *testing.T) {
	s := newServer(t)
	for _, tt := range []struct {
		method, site, origin string
		allowed              bool
	}{
		{"GET", "", "", true}, {"PUT", "", "", true},
		{"GET", "none", "", true}, {"GET", "same-site", "", true}, {"PUT", "same-origin", "", true}, {"GET", "", "http://localhost", true},
		{"GET", "cross-site", "", false}, {"PUT", "cross-site", "", false}, {"PUT", "same-site", "http://localhost:1", false},
		{"GET", "", "https://evil.example", false}, {"PUT", "", "null", false},
	} {
		r := httptest.NewRequest(tt.method, "http://localhost/", nil)
		signFor(t, s, r, "s3", "")
		for name, value := range map[string]string{"Sec-Fetch-Site": tt.site, "Origin": tt.origin} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if refused := strings.Contains(w.Body.String(), "other sites"); refused == tt.allowed {
			t.Errorf("%+v: %d %s", tt, w.Code, w.Body)
		}
	}
}

// TestLongHeads: the log, which strangers get into, keeps no target of a megabyte.
func TestLongHeads(t *testing.T) {
	s := newServer(t)
	answer, err := http.Get(s.URL() + "/bucket/" + strings.Repeat("x", 900<<10))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge || len(s.Requests()) != 0 {
		t.Errorf("%s, and %d requests in the log", answer.Status, len(s.Requests()))
	}
}

// TestAddressOfAllInterfaces: the URL of a server that listens on every address is
// one that a client can use.
func TestAddressOfAllInterfaces(t *testing.T) {
	s := newServer(t, func(o *Options) { o.Addr = "0.0.0.0:0" })
	if !strings.HasPrefix(s.URL(), "http://127.0.0.1:") {
		t.Errorf("the URL is %s", s.URL())
	}
	answer, err := http.Get(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
}
