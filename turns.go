package awsjar

import (
	"context"
	"sync"
	"time"
)

// turns lets the Updates of one handle go one after another, in the order in
// which they came: they would only make each other start again. Nothing but
// speed depends on it, for a turn that is overdue is taken away. So an Update
// that runs inside the change of another one goes on, as does one that waits
// for a request that hangs.
type turns struct {
	next chan struct{} // full while somebody waits for the turn; the others wait for this
	busy chan struct{} // full while somebody has the turn
	mu   sync.Mutex
	turn int       // the number of the last turn
	due  time.Time // when it may be taken away
}

// A turn is overdue when one step of it takes longer than this: requests
// together with their repetitions, or the change, which should do nothing but edit.
const (
	requestsDue = 5 * time.Second
	changeDue   = 500 * time.Millisecond
	lookForDue  = 50 * time.Millisecond // how often the one who waits looks
)

func newTurns() turns {
	return turns{next: make(chan struct{}, 1), busy: make(chan struct{}, 1)}
}

// begin waits for a turn, or until the context ends.
func (t *turns) begin(ctx context.Context) (turn int, err error) {
	select {
	case t.next <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	defer func() { <-t.next }()
	select {
	case t.busy <- struct{}{}:
		return t.take(), nil
	default:
	}
	look := time.NewTicker(lookForDue)
	defer look.Stop()
	for !t.overdue() {
		select {
		case t.busy <- struct{}{}:
			return t.take(), nil
		case <-look.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return t.take(), nil
}

// take begins the next turn. Only the one who fills next calls it.
func (t *turns) take() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.turn++
	t.due = time.Now().Add(requestsDue)
	return t.turn
}

// overdue reports whether the turn may be taken away.
func (t *turns) overdue() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return time.Now().After(t.due)
}

// step begins a step of a turn.
func (t *turns) step(turn int, limit time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.turn == turn {
		t.due = time.Now().Add(limit)
	}
}

// end ends a turn, unless it was taken away.
func (t *turns) end(turn int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.turn == turn {
		<-t.busy
	}
}
