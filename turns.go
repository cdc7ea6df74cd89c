package awsjar

import (
	"context"
	"time"
)

// turns lets the Updates of one handle go one after another, in the order in
// which they came: they would only make each other start again. It is full while
// somebody has the turn. Nothing but speed depends on it, for a turn that is
// overdue is given to the next one. So an Update that runs inside the change of
// another one goes on, as does one that waits for a request that hangs.
type turns chan struct{}

// A turn is overdue when one step of it takes longer than this: requests
// together with their repetitions, or the change, which should do nothing but edit.
const (
	requestsDue = 5 * time.Second
	changeDue   = 500 * time.Millisecond
)

// turn is the turn of one Update, which runs until it ends or is overdue.
type turn struct {
	turns turns
	due   *time.Timer
}

// begin waits for a turn, or until the context ends.
func (t turns) begin(ctx context.Context) (turn, error) {
	select {
	case t <- struct{}{}:
		return turn{t, time.AfterFunc(requestsDue, func() { <-t })}, nil
	case <-ctx.Done():
		return turn{}, ctx.Err()
	}
}

// step begins a step of the turn, unless it was overdue.
func (t turn) step(limit time.Duration) {
	if t.due.Stop() {
		t.due.Reset(limit)
	}
}

// end ends the turn, unless it was overdue.
func (t turn) end() {
	if t.due.Stop() {
		<-t.turns
	}
}
