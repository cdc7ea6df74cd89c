// Package direct sends the requests of an SDK client without building its
// whole stack of middleware for each of them, which takes most of a call's
// CPU time.
//
// It knows neither endpoints nor which headers a client sends. The first
// requests of an operation go through the official client, and a [Pattern]
// looks at the requests that it hands to its HTTP client. It believes them only if
//
//   - it can build the very same request from it: every header and the
//     signature, byte for byte;
//   - each header that all requests share is one of a closed list, so that no
//     token and no header made of the body is ever repeated;
//   - two requests with different bodies have the same form.
//
// Later requests are built from the pattern.
//
// An answer that is no plain success is not understood here. A refusal of the
// request itself (400, 403, ...) forgets the pattern, and the official client
// sends the request once more: perhaps it would have sent another one. Every
// other [Answer] is handed to the official client as if it had sent the first
// attempt itself ([Answer.Replay]). So errors, retries and logs are the
// official ones.
package direct

import (
	"context"
	"crypto/sha256"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Request is one request of an operation, as far as it differs from others.
type Request struct {
	Path    string         // the end of the URL's path, percent-encoded
	Header  []Field        // the headers that not all requests have alike
	Body    []byte         // nobody may change it afterwards: it may still be read when the call has returned
	HTTP    aws.HTTPClient // sends the request; nil: that of the Client
	Retryer aws.Retryer    // of the call; nil: that of the Client
}

// Field is a header with one value. Its name is canonical.
type Field struct{ Name, Value string }

// MaxBody is the largest body in bytes that is sent. From 2 MiB on the SDK
// waits for S3's consent before it sends one (Expect: 100-continue), and then
// the cost of building a request no longer matters.
const MaxBody = 1 << 20

// maxMisses is how often a Pattern may turn out to be unknowable or wrong
// before it is given up.
const maxMisses = 3

// Pattern is how the requests of one operation look. The zero value has seen
// none yet. It is safe for concurrent use.
type Pattern struct {
	seen   atomic.Pointer[form]
	misses atomic.Int32

	mu      sync.Mutex
	sample  *form             // of one request, until another confirms it
	body    [sha256.Size]byte // the hash of that request's body
	refusal int               // the status that the last pattern was forgotten for, until the official client was answered
}

// Learned reports whether the pattern is known.
func (p *Pattern) Learned() bool { return p.seen.Load() != nil }

// Send sends a request that follows the pattern. It reports false if the
// official client is to send the request, with the HTTP client of
// [Pattern.Watch]: because there is no pattern, or because the service refused
// a request that followed it. The caller closes the Answer.
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
	request := f.build(ctx, c, r, variable{time.Now().UTC(), invocationID(), c.attempt(r), trace, credentials})
	if request == nil {
		return nil, false
	}
	response, err := c.client(r).Do(request)
	a := &Answer{response: response, err: err, credentials: credentials}
	switch status := a.Status(); {
	case status == http.StatusOK, status == http.StatusNotModified:
		c.retryer(r).GetInitialToken()(nil) // a success refills the budget for retries
	case refuses(status):
		p.forget(f, status)
		a.Close()
		return nil, false
	case status < 400:
		p.seen.CompareAndSwap(f, nil) // no answer, or a redirect: the official client may have to send something else from now on
	}
	return a, true
}

// refuses reports whether a status says that the service did not accept the
// request itself. An answer about the stored object, or about a service that is
// busy, says nothing about the request's form.
func refuses(status int) bool {
	switch status {
	case http.StatusNotFound, http.StatusPreconditionFailed, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500
}

// forget drops a pattern whose request was refused. The official client sends
// it again: if that is answered in another way, the pattern was wrong.
func (p *Pattern) forget(f *form, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen.CompareAndSwap(f, nil)
	p.sample, p.refusal = nil, status
}

// Watch returns an HTTP client for the call of the official client that sends
// r, to learn the pattern from it; that is next if there is nothing to learn.
func (p *Pattern) Watch(next aws.HTTPClient, c *Client, r Request) aws.HTTPClient {
	if p.misses.Load() >= maxMisses || p.Learned() || len(r.Body) > MaxBody || p.repeats(r.Body) {
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
		status := 0
		if err == nil && response != nil {
			status = response.StatusCode
		}
		p.note(f, r.Body, status)
		return response, err
	})
}

// repeats reports whether a request has the body of the sample, which it could not
// confirm.
func (p *Pattern) repeats(body []byte) bool {
	p.mu.Lock()
	known, sum := p.sample != nil && p.refusal == 0 && len(body) > 0, p.body
	p.mu.Unlock()
	return known && sha256.Sum256(body) == sum
}

// note keeps the form of a request that the official client has sent, or nil
// if there is none, and the status of its answer.
func (p *Pattern) note(f *form, body []byte, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	refusal := p.refusal
	p.refusal = 0
	sum := sha256.Sum256(body)
	switch {
	case f == nil, refusal != 0 && status != refusal:
		p.misses.Add(1)
		p.sample = nil
	case status != 0 && refuses(status):
		// Nothing is learned from a request that was not accepted.
	case p.sample == nil:
		p.sample, p.body = f, sum
	case !p.sample.like(f):
		p.misses.Add(1)
		p.sample, p.body = f, sum
	case len(body) == 0 || sum != p.body: // two at the same time may have the same body
		p.seen.Store(f)
		p.sample = nil
	}
}

// Answer is the result of a request.
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

// Response returns the answer of the service; there is one if Status is not 0.
func (a *Answer) Response() *http.Response { return a.response }

// Err returns the error of the HTTP client.
func (a *Answer) Err() error { return a.err }

// Take leaves the body of the response to the caller.
func (a *Answer) Take() { a.taken = true }

// Taken reports whether somebody has the answer: the caller of Take, or the
// official client by Replay.
func (a *Answer) Taken() bool { return a.taken }

// Close closes the body of a response that nobody has taken.
func (a *Answer) Close() {
	if !a.taken && a.response != nil && a.response.Body != nil {
		a.response.Body.Close()
	}
}

// Credentials returns those of the request until the answer is taken, and then
// those of next: to hand over an answer no new ones are needed.
func (a *Answer) Credentials(next aws.CredentialsProvider) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(ctx context.Context) (aws.Credentials, error) {
		if a.taken {
			return next.Retrieve(ctx)
		}
		return a.credentials, nil
	})
}

// Replay returns an HTTP client for a call of the official client with the
// same request: its first attempt gets the answer, and only its later attempts
// go to next.
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
