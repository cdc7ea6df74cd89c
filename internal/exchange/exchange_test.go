package exchange

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar/internal/commit"
)

// canned answers every request alike.
type canned struct {
	*http.Response
	err error
}

func (c canned) Do(*http.Request) (*http.Response, error) { return c.Response, c.err }

func request(t *testing.T, ctx context.Context) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://localhost/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// failed is an error of the SDK for an answer of that status and code.
func failed(status int, code string) error {
	var err error = errors.New("no code")
	if code != "" {
		err = &smithy.GenericAPIError{Code: code}
	}
	return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: err}
}

// TestOutcome: the first row that fits counts, those for requests that were not
// sent before all others, and an error that no row names leaves it open.
func TestOutcome(t *testing.T) {
	table := []Row{
		{Codes: []string{"Slow"}, Outcome: commit.Throttled},
		{From: 400, To: 499, Outcome: commit.Mismatch},
		{Is: func(error) bool { return true }, From: 499, To: 499, Outcome: commit.Busy},
	}
	for name, c := range map[string]struct {
		table []Row
		err   error
		want  commit.Outcome
	}{
		"code":               {table, failed(503, "Slow"), commit.Throttled},
		"code before status": {table, failed(404, "Slow"), commit.Throttled},
		"status":             {table, failed(499, ""), commit.Mismatch},
		"beyond the range":   {table[:2], failed(500, ""), commit.Lost},
		"no answer":          {table[:2], io.EOF, commit.Lost},
		"the SDK's own text": {table, errors.New("anything"), commit.Busy},
		"no connection":      {table, &net.OpError{Op: "dial", Err: errors.New("refused")}, commit.Unsent},
		"empty table":        {nil, failed(400, "Slow"), commit.Lost},
	} {
		if got := new(Seen).Outcome(c.table, c.err); got != c.want {
			t.Errorf("%s: %v; want %v", name, got, c.want)
		}
	}
}

// TestNothingHandedOver: a call that ended before its HTTP client had a request
// sent nothing, with any error; nor did one whose context had ended.
func TestNothingHandedOver(t *testing.T) {
	var seen Seen
	client := seen.Client(canned{err: io.EOF}, 1)
	if got := seen.Outcome(nil, io.EOF); got != commit.Refused {
		t.Errorf("nothing handed over: %v; want refused", got)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Do(request(t, ended)); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that had ended: %v", err)
	}
	if got := seen.Outcome(nil, context.Canceled); got != commit.Refused {
		t.Errorf("a context that had ended: %v; want refused", got)
	}
	nowhere := request(t, t.Context())
	nowhere.URL.Host = ""
	if _, err := client.Do(nowhere); err != io.EOF || seen.Outcome(nil, io.EOF) != commit.Refused {
		t.Errorf("a request to no host: %v, %v; want refused", err, seen.Outcome(nil, io.EOF))
	}
	if _, err := client.Do(request(t, t.Context())); err != io.EOF {
		t.Errorf("sent: %v; want the error of the client", err)
	}
	if got := seen.Outcome(nil, io.EOF); got != commit.Lost {
		t.Errorf("sent, and no answer: %v; want lost", got)
	}
}

// TestNoConnection: without a connection nothing was sent, also where the error does
// not say so. With one, an error of a later dial, as of a client that tries again, does
// not mean that.
func TestNoConnection(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0") // which never shakes hands
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusProxyAuthRequired) }))
	defer server.Close()
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	refused := &net.OpError{Op: "dial", Err: errors.New("refused")}
	for name, c := range map[string]struct {
		url       string
		transport *http.Transport
		again     error // of a later try within the client
		want      commit.Outcome
	}{
		"proxy refuses":     {"https://localhost/", &http.Transport{Proxy: http.ProxyURL(address)}, nil, commit.Unsent},
		"handshake":         {"https://" + mute.Addr().String(), &http.Transport{TLSHandshakeTimeout: time.Millisecond}, nil, commit.Unsent},
		"context ends":      {"https://" + mute.Addr().String(), &http.Transport{}, nil, commit.Unsent},
		"another try fails": {server.URL, &http.Transport{}, refused, commit.Lost},
	} {
		t.Run(name, func(t *testing.T) {
			defer c.transport.CloseIdleConnections()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			if name == "context ends" {
				ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
			}
			defer cancel()
			var seen Seen
			client := seen.Client(smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
				answer, err := c.transport.RoundTrip(r)
				if c.again == nil || err != nil {
					return answer, err
				}
				answer.Body.Close()
				return nil, c.again
			}), 1)
			r := request(t, ctx)
			if r.URL, err = url.Parse(c.url); err != nil {
				t.Fatal(err)
			}
			answer, err := client.Do(r)
			if err == nil {
				answer.Body.Close()
				t.Fatal("there was an answer")
			}
			if got := seen.Outcome(nil, err); got != c.want {
				t.Errorf("%v: %v; want %v", err, got, c.want)
			}
		})
	}
}

// TestSeen: the status, the body and the clock of the last answer.
func TestSeen(t *testing.T) {
	answer := &http.Response{
		StatusCode: 200, ContentLength: 5, Body: io.NopCloser(strings.NewReader("12345")),
		Header: http.Header{"Date": {"Thu, 26 Nov 2026 12:00:00 GMT"}},
	}
	var seen Seen
	got, err := seen.Client(canned{Response: answer}, 3).Do(request(t, t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(got.Body); err == nil {
		t.Error("an answer of 5 bytes was read with a limit of 3")
	}
	if want := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC); seen.Status != 200 || !seen.HasBody || !seen.Now(middleware.Metadata{}).Equal(want) {
		t.Errorf("status %d, body %v, now %v", seen.Status, seen.HasBody, seen.Now(middleware.Metadata{}))
	}
	seen.Client(canned{err: io.EOF}, 3).Do(request(t, t.Context()))
	if seen.Status != 0 || seen.HasBody || !seen.Now(middleware.Metadata{}).IsZero() {
		t.Errorf("after a request without an answer: status %d, body %v", seen.Status, seen.HasBody)
	}
}

// nextFunc is an HTTP client.
type nextFunc func(*http.Request) (*http.Response, error)

func (f nextFunc) Do(r *http.Request) (*http.Response, error) { return f(r) }

// TestBodyHidesWriteTo: net/http takes the io.EOF that the WriteTo of a body returns
// after the SDK has closed it for a failure of the connection.
func TestBodyHidesWriteTo(t *testing.T) {
	r := request(t, t.Context())
	r.Body = io.NopCloser(strings.NewReader("text"))
	if _, ok := r.Body.(io.WriterTo); !ok {
		t.Fatal("this body has no WriteTo")
	}
	var seen Seen
	next := nextFunc(func(sent *http.Request) (*http.Response, error) {
		if _, ok := sent.Body.(io.WriterTo); ok {
			t.Error("the body that is sent has a WriteTo")
		}
		if text, err := io.ReadAll(sent.Body); string(text) != "text" || err != nil {
			t.Errorf("the body is %q, %v", text, err)
		}
		return &http.Response{Body: http.NoBody}, nil
	})
	if _, err := seen.Client(next, 1).Do(r); err != nil {
		t.Error(err)
	}
}
