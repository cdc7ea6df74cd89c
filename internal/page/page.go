// Package page serves a page on this machine, on which a person looks at states,
// compares their versions, and edits them where that is allowed.
//
// The page is for one person, who started it. It listens on 127.0.0.1 alone, at
// a free port. A token that works once opens it; the script of the page trades it
// for another one, which it sends as a header. docs/page.md names the danger that
// each guard is for.
//
// A value reaches the page as text, and never a URL or a log.
package page

import (
	"context"
	"errors"
	"iter"
	"net"
	"net/http"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lambdajar"
)

// Options are the content of a page, and its limits.
type Options struct {
	Places []Place
	Write  bool   // the page may change states; else it is read-only
	Where  string // names the account or Region; may be empty

	// Explain puts an error into words, with the remedy. Default nil:
	// the text of the error and the hint of an *awsjar.Error.
	Explain func(url string, err error) (text, hint string)

	// Requests returns the newest requests to a server, oldest first, and how
	// many the server remembers. Default nil: the page has no such list.
	Requests func() (newest []Request, known int)
}

// Place is a URL that stands for states: for one, for the objects of a bucket,
// or for the jars of an account.
type Place struct {
	URL  string
	List func(ctx context.Context) iter.Seq2[State, error]

	// Versioning says whether a bucket keeps versions: "never", "enabled" or
	// "suspended". Nil for a place that is no bucket.
	Versioning func(ctx context.Context) (string, error)
}

// State is a state of a place.
type State struct {
	URL  string                                          // as the command takes it
	Open func(ctx context.Context) (awsjar.Store, error) // sends nothing

	// These come from the listing, if Listed.
	Listed   bool
	Size     int64
	Modified time.Time
	Jar      *lambdajar.Found // nil if it is not in a function, or was not listed
}

// Request is a request that a server answered. It holds no value.
type Request struct {
	Service, Op       string
	Target            string
	Status            int // 0 if there was no answer
	BytesIn, BytesOut int64
	Faulted           bool
}

// Page is a page that listens.
type Page struct {
	opts     Options
	listener net.Listener
	session  *session
	states   states
	reads    chan struct{} // a place for each read of a value at the same time
	streams  chan struct{} // a place for each stream of events
}

const (
	maxReads   = 4
	maxStreams = 8
)

// Listen begins to listen. Serve or Close must follow.
func Listen(opts Options) (*Page, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &Page{
		opts: opts, listener: listener, session: newSession(),
		reads: make(chan struct{}, maxReads), streams: make(chan struct{}, maxStreams),
	}, nil
}

// URL returns the address of the page with the token that opens it. The token is
// in the fragment, which a browser sends to no server.
func (p *Page) URL() string { return "http://" + p.host() + "/#" + p.session.opening }

// host is the literal address that requests must name.
func (p *Page) host() string { return p.listener.Addr().String() }

// Close ends the listening of a page that is not served.
func (p *Page) Close() error { return p.listener.Close() }

// Serve answers requests until the context ends.
func (p *Page) Serve(ctx context.Context) error {
	server := &http.Server{
		Handler:           p.guarded(p.routes()),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		server.Close()
	})
	err := server.Serve(p.listener)
	if !stop() {
		<-stopped
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// explain returns the words for an error about a state.
func (p *Page) explain(url string, err error) (text, hint string) {
	if p.opts.Explain != nil {
		return p.opts.Explain(url, err)
	}
	return err.Error(), awsjar.Hint(err)
}
