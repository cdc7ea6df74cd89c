package awsjar

import (
	"bytes"
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
	skip     int // how many Updates do not guess
	wrong    int // how many did not, after the last guess that was wrong
}

const (
	// A guess is never older than that: after more writes of others than a
	// store remembers, it could not judge the revision.
	maxGuessAge  = time.Second
	maxGuessSize = 64 << 10
	maxSkip      = 63
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
	switch {
	case g.skip > 0:
		g.skip--
	case g.revision != None && longest(g.stored, time.Now()) <= maxGuessAge:
		return bytes.Clone(g.data), g.revision
	}
	return nil, None
}

// judged hears whether others write too: then the next Updates do not guess,
// twice as many each time.
func (g *guess) judged(alone bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if alone {
		g.wrong /= 2
		return
	}
	g.wrong = min(2*g.wrong+1, maxSkip)
	g.skip = g.wrong
}
