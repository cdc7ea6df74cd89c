package linear

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong with one request.
type Fault string

// The faults. "Before": the request does not reach the server. "After": the
// server has carried it out, and the answer is lost or replaced.
const (
	Refused       Fault = "connection refused"
	ResetBefore   Fault = "reset before"
	ResetAfter    Fault = "reset after"
	CutAnswer     Fault = "answer cut"
	Error500      Fault = "500 before"
	Error500After Fault = "500 after"
	Error503      Fault = "503 before"
	Error503After Fault = "503 after"
	Throttled     Fault = "429 or SlowDown before"
	Busy          Fault = "409 before"
	BusyAfter     Fault = "409 after"
	StaleAfter    Fault = "412 after"
	LateDuplicate Fault = "duplicate later"
	Late          Fault = "late" // the client gets a failure, and the request arrives afterwards
	Slow          Fault = "slow"

	// Of a proxy on the way.
	Repeated     Fault = "sent twice"      // the client gets the second answer
	TooMany      Fault = "429 before"      // as R2 and GCS do, without a code of S3
	Denied       Fault = "403 before"      // for a moment
	NotModified  Fault = "304"             // to a read without a condition
	BareNotFound Fault = "404 bare"        // without a body
	OtherSuccess Fault = "200 of another"  // a success that the service itself would not send
	WithoutETag  Fault = "200 without tag" // without the ETag or the RevisionId
)

// Faults are those that networks and servers make.
var Faults = []Fault{
	Refused, ResetBefore, ResetAfter, CutAnswer, Error500, Error500After, Error503, Error503After,
	Throttled, Busy, LateDuplicate, Slow,
}

// Lies are answers that say "not stored" of a request that was. No server
// gives them, but a proxy that repeats requests by itself does: nginx, for
// one, repeats a PUT.
var Lies = []Fault{BusyAfter, StaleAfter}

// Proxies are the faults of proxies, and of servers that are not AWS.
var Proxies = []Fault{Repeated, TooMany, Denied, NotModified, BareNotFound, OtherSuccess, WithoutETag}

// repeats is how often a write may be carried out besides, after a fault.
var repeats = map[Fault]int{
	ResetAfter: 1, CutAnswer: 1, Error500After: 1, Error503After: 1, BusyAfter: 1, StaleAfter: 1, LateDuplicate: 2, Late: 1,
	Repeated: 1, OtherSuccess: 1, WithoutETag: 1,
}

// Flaky is an HTTP client between the SDK and a server, with which some
// requests go wrong.
type Flaky struct {
	Client interface {
		Do(*http.Request) (*http.Response, error)
	}
	Rate   float64 // of requests that go wrong, 0 to 1
	Faults []Fault
	// WritesOnly leaves requests alone that only read.
	WritesOnly bool

	mu    sync.Mutex
	rng   *rand.Rand
	count map[Fault]int
	extra int
	late  sync.WaitGroup
}

// NewFlaky returns a client that makes the same choices for the same seed.
func NewFlaky(client interface {
	Do(*http.Request) (*http.Response, error)
}, rate float64, seed uint64) *Flaky {
	return &Flaky{Client: client, Rate: rate, Faults: Faults, rng: rand.New(rand.NewPCG(seed, 1)), count: map[Fault]int{}}
}

// Count returns how often each fault occurred.
func (f *Flaky) Count() map[Fault]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.count)
}

// Total returns how many requests have gone wrong.
func (f *Flaky) Total() (n int) {
	for _, count := range f.Count() {
		n += count
	}
	return n
}

// Repeats returns how often writes may have been carried out in excess: once
// for each whose answer was lost, since it may be sent again, and once more
// where the network itself sends it again.
func (f *Flaky) Repeats() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.extra
}

// Wait returns when every delayed duplicate has arrived.
func (f *Flaky) Wait() { f.late.Wait() }

var (
	errReset   = errors.New("connection reset by peer")
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
)

// Do sends a request, or not.
func (f *Flaky) Do(req *http.Request) (*http.Response, error) {
	fault, delay := f.choose(req)
	switch fault {
	case "":
		return f.Client.Do(req)
	case Refused:
		return nil, errRefused
	case ResetBefore:
		return nil, errReset
	case Error500:
		return f.answer(req, http.StatusInternalServerError)
	case Error503:
		return f.answer(req, http.StatusServiceUnavailable)
	case Throttled:
		if isLambda(req) {
			return f.answer(req, http.StatusTooManyRequests)
		}
		return f.answerWith(req, http.StatusServiceUnavailable, "SlowDown")
	case Busy:
		return f.answer(req, http.StatusConflict)
	case TooMany, Denied, NotModified, BareNotFound, OtherSuccess:
		return f.stranger(req, fault)
	case Slow:
		if !sleep(req, delay) {
			return nil, req.Context().Err()
		}
		return f.Client.Do(req)
	}
	return f.after(req, fault, delay)
}

// after sends the request and then fails it.
func (f *Flaky) after(req *http.Request, fault Fault, delay time.Duration) (*http.Response, error) {
	switch fault {
	case LateDuplicate:
		f.duplicate(req, delay)
		return nil, errReset
	case Late:
		f.delay(req, 4*delay)
		return nil, errReset
	case Repeated:
		return f.twice(req)
	}
	resp, err := f.Client.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	switch fault {
	case WithoutETag:
		resp.Header.Del("ETag")
		resp.Body = io.NopCloser(bytes.NewReader(revisionID.ReplaceAll(body, nil)))
		resp.ContentLength = -1
		return resp, nil
	case CutAnswer:
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:len(body)/2]), brokenReader{}))
		return resp, nil
	case Error500After:
		return f.answer(req, http.StatusInternalServerError)
	case Error503After:
		return f.answer(req, http.StatusServiceUnavailable)
	case BusyAfter:
		return f.answer(req, http.StatusConflict)
	case StaleAfter:
		return f.answer(req, http.StatusPreconditionFailed)
	}
	return nil, errReset
}

// duplicate sends the request, and once more after a while, as a network may.
func (f *Flaky) duplicate(req *http.Request, delay time.Duration) {
	late := f.delay(req, delay)
	if resp, err := f.Client.Do(late); err == nil {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}

// delay sends the request after a while, and returns a copy of it.
func (f *Flaky) delay(req *http.Request, delay time.Duration) *http.Request {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		req.Body.Close()
	}
	again := func(ctx context.Context) *http.Request {
		r := req.Clone(ctx)
		r.Body = io.NopCloser(bytes.NewReader(body))
		return r
	}
	late := again(context.WithoutCancel(req.Context()))
	f.late.Go(func() {
		time.Sleep(delay) // the network's delay
		if resp, err := f.Client.Do(late); err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
	})
	return again(req.Context())
}

// choose picks the fault of a request. Reading requests only get the
// faults that make sense for them.
func (f *Flaky) choose(req *http.Request) (Fault, time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	reads := req.Method == http.MethodGet || req.Method == http.MethodHead
	if f.rng.Float64() >= f.Rate || reads && f.WritesOnly {
		return "", 0
	}
	fault := f.Faults[f.rng.IntN(len(f.Faults))]
	guarded := isLambda(req) || req.Header.Get("If-Match") != "" || req.Header.Get("If-None-Match") != ""
	switch {
	case reads && (fault == LateDuplicate || fault == Late || fault == Repeated):
		fault = ResetBefore
	case !reads && fault == NotModified:
		return "", 0
	case (reads || !guarded) && (fault == Busy || fault == BusyAfter || fault == StaleAfter):
		return "", 0 // only a write with a condition is answered so
	}
	f.count[fault]++
	if !reads {
		f.extra += repeats[fault]
	}
	return fault, time.Duration(f.rng.IntN(20)) * time.Millisecond
}

// answer makes the error that AWS would send.
func (f *Flaky) answer(req *http.Request, status int) (*http.Response, error) {
	code := map[int]string{500: "InternalError", 503: "ServiceUnavailable", 409: "ConditionalRequestConflict", 412: "PreconditionFailed"}[status]
	return f.answerWith(req, status, code)
}

// answerWith is answer with another code of S3.
func (f *Flaky) answerWith(req *http.Request, status int, code string) (*http.Response, error) {
	if req.Body != nil {
		io.Copy(io.Discard, req.Body)
		req.Body.Close()
	}
	header := http.Header{}
	body := fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>%s</Code><Message>injected</Message></Error>`, code)
	if isLambda(req) {
		code = map[int]string{500: "ServiceException", 503: "ServiceUnavailable", 409: "ResourceConflictException", 412: "PreconditionFailedException", 429: "TooManyRequestsException"}[status]
		body = `{"Type":"User","Message":"injected"}`
		header.Set("X-Amzn-ErrorType", code)
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}, nil
}

func isLambda(req *http.Request) bool { return strings.HasPrefix(req.URL.Path, "/2015-03-31/") }

func sleep(req *http.Request, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-req.Context().Done():
		return false
	}
}

// brokenReader is a connection that ends too early.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
