package awsjar

import (
	"sync"
	"time"
)

// guess is the value that a handle stored last, with its revision. The next
// Update begins with it and spares the read: its conditional write proves that
// the value was still there.
type guess struct {
	mu       sync.Mutex
	data     []byte
	revision Revision // None: there is no guess
	stored   time.Time
	wrong    time.Time // the last time that another writer was first
}

const (
	// A guess is never older than that: after more writes of others than a
	// store remembers, it could not judge the revision.
	maxGuessAge  = time.Second
	maxGuessSize = 64 << 10
	// Others who write now write again soon, and a wrong guess costs a request.
	afterConflict = 10 * time.Second
)

// keep takes the value that was stored, or forgets the last one for None. The
// data is of the gate: nobody changes it.
func (g *guess) keep(data []byte, revision Revision) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.data, g.revision = nil, None
	if len(data) <= maxGuessSize && revision != Any {
		g.data, g.revision, g.stored = data, revision, time.Now()
	}
}

// get returns the guess for an Update; without one the revision is None.
func (g *guess) get() ([]byte, Revision) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if g.revision == None || longest(g.stored, now) > maxGuessAge || longest(g.wrong, now) < afterConflict {
		return nil, None
	}
	return g.data, g.revision
}

// conflicted keeps the next Updates from guessing.
func (g *guess) conflicted() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wrong = time.Now()
}
