// Package direct sends the requests of an SDK client without building its
// whole stack of middleware for each of them, which takes most of a call's
// CPU time.
//
// It knows neither endpoints nor which headers a client sends. The first
// request of an operation goes through the official client, and a [Pattern]
// looks at what that hands to its HTTP client. It keeps what it saw only if it
// can build the very same request from it: every header and the signature,
// byte for byte. Later requests are built from the pattern.
//
// Whatever is not a plain success is not understood here either: an [Answer]
// is handed to the official client as if it had sent the first attempt itself
// ([Answer.Replay]). So errors, retries and logs are the official ones, and
// nothing is sent that it would not have sent.
package direct

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// Request is what is particular to one request of an operation.
type Request struct {
	Path   string      // the end of the URL's path, percent-encoded; "" if the whole path is always the same
	Header http.Header // those that not all requests have alike, with canonical names
	Body   []byte
}

// maxBody is the largest body in bytes that is sent. From 2 MiB on the SDK
// waits for S3's consent before it sends one (Expect: 100-continue), and then
// what building a request takes no longer matters.
const maxBody = 1 << 20

// maxMisses is how often a Pattern tries to build what the official client
// sends, where something differs each time.
const maxMisses = 3

// Pattern is how the requests of one operation look. The zero value has seen
// none yet. It is safe for concurrent use.
type Pattern struct {
	seen   atomic.Pointer[form]
	misses atomic.Int32
}

// Learned reports whether the pattern is known.
func (p *Pattern) Learned() bool { return p.seen.Load() != nil }

// Answer is what came of a request: as of [http.Client.Do].
type Answer struct {
	Response *http.Response
	Err      error
}

// Send sends a request that follows the pattern. It reports false if there is
// none for it: then nothing was sent, and the official client is to send the
// request with what [Pattern.Watch] returns. The caller closes the body of a
// Response, or hands the Answer on by Replay.
func (p *Pattern) Send(ctx context.Context, c *Client, r Request) (Answer, bool) {
	f := p.seen.Load()
	if f == nil || len(r.Body) > maxBody || ctx.Err() != nil {
		return Answer{}, false
	}
	trace, plain := traceID()
	credentials, err := c.credentials.Retrieve(ctx)
	if err != nil || !plain {
		return Answer{}, false
	}
	id, err := invocationID()
	if err != nil {
		return Answer{}, false
	}
	request := f.build(ctx, r, variable{time.Now().UTC(), id, trace, credentials})
	if request == nil {
		return Answer{}, false
	}
	response, err := c.http.Do(request)
	if err != nil || !usual(response.StatusCode) {
		p.seen.CompareAndSwap(f, nil) // the official client may have to send something else from now on
	}
	return Answer{response, err}, true
}

// usual reports whether an answer says that the request was understood.
func usual(status int) bool {
	switch status {
	case http.StatusOK, http.StatusNotModified, http.StatusNotFound, http.StatusPreconditionFailed:
		return true
	}
	return false
}

// Watch returns an HTTP client for the call of the official client that sends
// r, to learn the pattern from it; that is next if there is nothing to learn.
func (p *Pattern) Watch(next HTTPClient, c *Client, r Request) HTTPClient {
	if p.misses.Load() >= maxMisses || p.seen.Load() != nil || len(r.Body) > maxBody {
		return next
	}
	return &watcher{next: next, pattern: p, client: c, request: r}
}

// watcher sees the requests of one call.
type watcher struct {
	next    HTTPClient
	pattern *Pattern
	client  *Client
	request Request
	asked   bool
}

func (w *watcher) Do(r *http.Request) (*http.Response, error) {
	if w.asked { // this is another attempt at the same
		return w.next.Do(r)
	}
	w.asked = true
	f, err := learn(r, w.client, w.request)
	switch {
	case err != nil:
		return nil, err
	case f == nil:
		w.pattern.misses.Add(1)
	default:
		w.pattern.seen.Store(f)
		w.pattern.misses.Store(0)
	}
	return w.next.Do(r)
}

// Replay returns an HTTP client for a call of the official client with the
// same request: its first attempt gets the answer, and only what it sends
// after that goes to next.
func (a Answer) Replay(next HTTPClient) HTTPClient { return &replay{next: next, answer: &a} }

type replay struct {
	next   HTTPClient
	answer *Answer
}

func (p *replay) Do(r *http.Request) (*http.Response, error) {
	a := p.answer
	if a == nil {
		return p.next.Do(r)
	}
	p.answer = nil
	if a.Response != nil {
		a.Response.Request = r
	}
	return a.Response, a.Err
}
