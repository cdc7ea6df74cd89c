package page

import "net/http"

// requestLog is the newest requests to a server.
type requestLog struct {
	Newest []Request // newest first
	All    int       // that the server remembers
}

// log returns the list of requests, or nil if the page has none.
func (p *Page) log() *requestLog {
	if p.opts.Requests == nil {
		return nil
	}
	newest, all := p.opts.Requests()
	l := &requestLog{All: all}
	for i := range newest {
		l.Newest = append(l.Newest, newest[len(newest)-1-i])
	}
	return l
}

// Answer says how a request ended.
func (r Request) Answer() string {
	switch {
	case r.Status == 0:
		return "no answer"
	case r.Faulted:
		return http.StatusText(r.Status) + ", a fault"
	}
	return http.StatusText(r.Status)
}

// Failed reports whether a request failed.
func (r Request) Failed() bool { return r.Status == 0 || r.Status >= http.StatusBadRequest }
