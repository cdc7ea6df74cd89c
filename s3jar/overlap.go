package s3jar

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// A server that looks at the condition of a PUT when its headers come, and
// stores once the body has come, without a lock between the two, loses writes
// that overlap. Two PUTs that are merely sent at the same moment seldom do: each
// takes a millisecond or less. So the bodies are held back until the server has
// had the headers of all for a while: long enough for a server that is slow.
const (
	minHold = 50 * time.Millisecond
	maxHold = time.Second
	maxWait = time.Second // how long one body waits for the headers of others
)

// overlap lets PUTs be under way at the same time.
type overlap struct {
	mu      sync.Mutex
	missing int           // how many are neither under way nor over
	time    time.Duration // how long all headers are there before the first body is
	all     chan struct{} // closed when none is missing
}

func newOverlap(puts int, hold time.Duration) *overlap {
	return &overlap{missing: puts, time: hold, all: make(chan struct{})}
}

// holdAfter returns how long bodies are held back on a server that took that
// long for a round with the shortest hold.
func holdAfter(took time.Duration) time.Duration {
	return min(max(minHold, 3*(took-2*minHold)), maxHold)
}

// arrive says that one more PUT is under way, or over.
func (o *overlap) arrive() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.missing--; o.missing == 0 {
		close(o.all)
	}
}

// place is that of one PUT in an overlap.
type place struct {
	*overlap
	next    s3.HTTPClient
	arrived sync.Once
}

// hold is an option of the call.
func (p *place) hold(o *s3.Options) {
	p.next, o.HTTPClient = o.HTTPClient, p
}

// Do implements [s3.HTTPClient].
func (p *place) Do(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Body != http.NoBody {
		r = r.Clone(r.Context())
		r.Body = &heldBody{ReadCloser: r.Body, ctx: r.Context(), place: p, closed: make(chan struct{})}
	}
	return p.next.Do(r)
}

// arrive counts the PUT once.
func (p *place) arrive() { p.arrived.Do(p.overlap.arrive) }

// heldBody is a body that nothing is read of before the others have arrived.
// net/http sends the headers of a request before it reads a body of a type
// that is not one of the standard library.
type heldBody struct {
	io.ReadCloser
	ctx    context.Context
	place  *place
	held   sync.Once
	closed chan struct{}
	close  sync.Once
}

func (b *heldBody) Read(p []byte) (int, error) {
	b.held.Do(func() {
		b.place.arrive()
		if b.wait(b.place.all, maxWait) {
			b.wait(nil, b.place.time)
		}
	})
	return b.ReadCloser.Read(p)
}

// wait waits until all is closed, and reports whether it was: nothing waits for
// longer than most, nor for a request that is over.
func (b *heldBody) wait(all <-chan struct{}, most time.Duration) bool {
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case <-all:
		return true
	case <-late.C:
	case <-b.closed:
	case <-b.ctx.Done():
	}
	return false
}

func (b *heldBody) Close() error {
	b.close.Do(func() { close(b.closed) })
	return b.ReadCloser.Close()
}
