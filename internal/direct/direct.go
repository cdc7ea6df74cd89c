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

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Request is what is particular to one request of an operation.
type Request struct {
	Path   string      // the end of the URL's path, percent-encoded; "" if the whole path is always the same
	Header http.Header // those that not all requests have alike, with canonical names
	Body   []byte
}

// MaxBody is the largest body in bytes that is sent. From 2 MiB on the SDK
// waits for S3's consent before it sends one (Expect: 100-continue), and then
// what building a request takes no longer matters.
const MaxBody = 1 << 20

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

// Send sends a request that follows the pattern. It reports false if there is
// none for it, or if the request was refused by a service whose clock differs
// from ours, for the client may know the difference: then the official client is
// to send it with what [Pattern.Watch] returns. The caller closes the Answer.
func (p *Pattern) Send(ctx context.Context, c *Client, r Request) (*Answer, bool) {
	f := p.seen.Load()
	if f == nil || len(r.Body) > MaxBody || ctx.Err() != nil {
		return nil, false
	}
	trace, plain := traceID()
	credentials, err := c.options.Credentials.Retrieve(ctx)
	if err != nil || !plain {
		return nil, false
	}
	id, err := invocationID()
	if err != nil {
		return nil, false
	}
	request := f.build(ctx, c, r, variable{time.Now().UTC(), id, f.attempt, trace, credentials})
	if request == nil {
		return nil, false
	}
	response, err := c.options.HTTP.Do(request)
	a := &Answer{response: response, err: err, credentials: credentials}
	switch a.Status() {
	case http.StatusOK, http.StatusNotModified:
		c.options.Retryer.GetInitialToken()(nil) // a success refills what retries may take
	case http.StatusNotFound, http.StatusPreconditionFailed:
	default:
		p.seen.CompareAndSwap(f, nil) // the official client may have to send something else from now on
	}
	if a.Status() != 0 && skewed(response) {
		a.Close()
		return nil, false
	}
	return a, true
}

// skewed reports whether a request was refused, and perhaps for its time only:
// the service's clock differs from ours by more than a minute.
func skewed(r *http.Response) bool {
	theirs, err := http.ParseTime(r.Header.Get("Date"))
	return r.StatusCode == http.StatusForbidden && err == nil && time.Since(theirs).Abs() > time.Minute
}

// Watch returns an HTTP client for the call of the official client that sends
// r, to learn the pattern from it; that is next if there is nothing to learn.
func (p *Pattern) Watch(next aws.HTTPClient, c *Client, r Request) aws.HTTPClient {
	if p.misses.Load() >= maxMisses || p.Learned() || len(r.Body) > MaxBody {
		return next
	}
	asked := false
	return smithyhttp.ClientDoFunc(func(sent *http.Request) (*http.Response, error) {
		if asked { // this is another attempt at the same
			return next.Do(sent)
		}
		asked = true
		f, err := learn(sent, c, r)
		if err != nil {
			return nil, err
		}
		response, err := next.Do(sent)
		switch {
		case f == nil:
			p.misses.Add(1)
		case err != nil, response == nil, !skewed(response):
			p.seen.Store(f)
			p.misses.Store(0)
		}
		return response, err
	})
}

// Answer is what came of a request.
type Answer struct {
	response    *http.Response
	err         error
	taken       bool
	credentials aws.Credentials
}

// Status returns the HTTP status, or 0 if there was no answer.
func (a *Answer) Status() int {
	if a.err != nil || a.response == nil {
		return 0
	}
	return a.response.StatusCode
}

// Response returns what was answered; there is one if Status is not 0.
func (a *Answer) Response() *http.Response { return a.response }

// Err returns the error of the HTTP client.
func (a *Answer) Err() error { return a.err }

// Take leaves the body of the response to the caller.
func (a *Answer) Take() { a.taken = true }

// Close closes the body of a response that nobody has taken.
func (a *Answer) Close() {
	if !a.taken && a.response != nil && a.response.Body != nil {
		a.response.Body.Close()
	}
}

// Retrieve returns the credentials of the request: a call that replays nothing
// but the answer needs no others.
func (a *Answer) Retrieve(context.Context) (aws.Credentials, error) { return a.credentials, nil }

// Replay returns an HTTP client for a call of the official client with the
// same request: its first attempt gets the answer, and only what it sends
// after that goes to next.
func (a *Answer) Replay(next aws.HTTPClient) aws.HTTPClient {
	return smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
		if a.taken {
			return next.Do(r)
		}
		a.taken = true
		if a.response != nil {
			a.response.Request = r
		}
		return a.response, a.err
	})
}
