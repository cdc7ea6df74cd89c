package awsfake

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxRequests is how many requests the log keeps.
const maxRequests = 4096

// Request is one request that reached the Server.
type Request struct {
	Service      string `json:"service"`      // "lambda", "s3" or "sts"
	Op           string `json:"op"`           // the operation, such as "PutObject"; "" for an unknown one
	Target       string `json:"target"`       // "bucket/key", "bucket", or a function's name
	Method       string `json:"method"`       // the HTTP method
	Status       int    `json:"status"`       // the HTTP status answered; 0 if the connection was dropped or no answer is sent yet
	Faulted      bool   `json:"faulted"`      // a Fault or Deny answered it, delayed it or called a Hook
	Attempt      int    `json:"attempt"`      // the SDK's count of attempts, from 1; 0 if the client sent none
	InvocationID string `json:"invocationId"` // the same for all attempts of one call of an SDK client; "" if the client sent none
	BytesIn      int64  `json:"bytesIn"`      // bytes of the body received
	BytesOut     int64  `json:"bytesOut"`     // bytes of the body sent
}

// Requests returns the requests in the order in which they arrived, the last 4,096
// of them.
func (s *Server) Requests() []Request {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	return s.log.all()
}

// ResetRequests empties the log.
func (s *Server) ResetRequests() { s.log.take() }

// requestLog keeps the newest requests.
type requestLog struct {
	mu      sync.Mutex
	entries []*Request
}

// all returns copies of the entries. The caller holds mu.
func (l *requestLog) all() []Request {
	all := make([]Request, len(l.entries))
	for i, e := range l.entries {
		all[i] = *e
	}
	return all
}

// take empties the log and returns its entries.
func (l *requestLog) take() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.all()
	l.entries = nil
	return all
}

// begin adds an entry, which is complete before the client has its whole answer.
func (l *requestLog) begin(r *http.Request) *entry {
	e := &entry{log: l, request: &Request{Method: r.Method, InvocationID: r.Header.Get("Amz-Sdk-Invocation-Id")}}
	for part := range strings.SplitSeq(r.Header.Get("Amz-Sdk-Request"), ";") {
		if n, ok := strings.CutPrefix(strings.TrimSpace(part), "attempt="); ok {
			e.request.Attempt, _ = strconv.Atoi(n)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == maxRequests {
		l.entries = l.entries[1:] // append makes room anew, once in thousands of requests
	}
	l.entries = append(l.entries, e.request)
	return e
}

// entry is the entry of a request being served.
type entry struct {
	log     *requestLog
	request *Request
}

// set changes the entry.
func (e *entry) set(change func(*Request)) {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	change(e.request)
}

// note sets the service, the operation and the size of the request, as far as they
// are known by now.
func (e *entry) note(r *received) {
	e.set(func(q *Request) {
		q.Service, q.Op, q.Target, q.BytesIn = r.name, r.op, r.target, r.request.ContentLength
	})
}

// copy returns the entry as it is now.
func (e *entry) copy() Request {
	e.log.mu.Lock()
	defer e.log.mu.Unlock()
	return *e.request
}

// watched notes status and size of the answer in the entry, before the client can
// see them, and dates the answer.
type watched struct {
	http.ResponseWriter
	entry *entry
	now   func() time.Time // nil: the clock of the machine, by which net/http dates answers
}

// watch returns a writer for the answer to the request of an entry.
func (s *Server) watch(w http.ResponseWriter, e *entry) *watched {
	if s.options.ownClock {
		return &watched{w, e, s.options.Now}
	}
	return &watched{w, e, nil}
}

// date sets the header Date by the clock of the services, unless a Fault has set it.
func (w *watched) date() {
	if h := w.Header(); w.now != nil && len(h["Date"]) == 0 {
		h["Date"] = []string{w.now().UTC().Format(http.TimeFormat)}
	}
}

func (w *watched) WriteHeader(status int) {
	w.date()
	w.entry.set(func(r *Request) { r.Status = status })
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	w.date()
	w.entry.set(func(r *Request) {
		if r.Status == 0 {
			r.Status = http.StatusOK
		}
		r.BytesOut += int64(len(b))
	})
	return w.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer beneath.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }
