package lambdajar

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/lineage"
)

// AWS Lambda answers an update before it has put it into force. If it then
// fails to, because the function's KMS key or role cannot be used for instance,
// it goes back to the configuration before, and LastUpdateStatus says Failed
// (Lambda Developer Guide, "Lambda function states").

// ErrUndone is the error of a write that AWS Lambda had accepted and then
// could not put into force: the value of before is there again. A Save with
// Options.Confirm returns it for its own write. Without Confirm the next call
// of the same Store that notices returns it for the write before, once, and has
// done nothing itself.
var ErrUndone = errors.New("AWS Lambda accepted the write and could not put it into force")

// fate is the end of a write that was accepted.
type fate int

const (
	open    fate = iota // the update is in progress
	inForce             // nothing will undo it
	undone              // the configuration before it is there again
	unknown             // it is not there, and that does not show why
	early               // the configuration is the one that the update replaced, from before it
)

// fateOf returns the fate that a configuration shows of an accepted update.
func (u *update) fateOf(now *configuration) fate {
	shown := u.shownIn(now)
	switch {
	case u.builtOn(now):
		return inForce
	case u.base.revisionID != "" && now.revisionID == u.base.revisionID:
		return early // a RevisionId never comes back
	case now.busy(0):
		return open // AWS may show either configuration meanwhile
	case shown && !now.failed():
		return inForce
	case shown:
		return unknown // the update that failed may have been another one
	case now.failed() && now.same(u.base), now.jar.Line.Judge(u.id, u.base.jar.Line.Newest().ID) == lineage.Overtaken:
		return undone
	}
	return unknown
}

// builtOn reports whether a configuration shows a later write of the jar: AWS
// accepts one only once the update before it is in force.
func (u *update) builtOn(now *configuration) bool {
	return u.id != "" && u.shownIn(now) && now.jar.Line.Newest().ID != u.id
}

// confirm waits for the fate of an accepted update.
func (f *function) confirm(ctx context.Context, u *update) error {
	now, err := f.settled(ctx, u.answer, u.builtOn)
	if err != nil {
		return failure.Hinted("the update was accepted, and AWS may still fail to put it into force: load the value to see what it is",
			fmt.Errorf("%w: AWS Lambda accepted it: %w", awsjar.ErrUncertain, err))
	}
	switch u.fateOf(now) {
	case undone:
		return f.explainUndone(now)
	case unknown, early:
		return failure.Hinted("load the value to see what it is",
			fmt.Errorf("%w: AWS Lambda accepted it, and the function's configuration does not show it in force", awsjar.ErrUncertain))
	}
	return nil
}

// pending is the last update of a Store that was accepted, until it is in force.
// It keeps no other variable.
type pending struct {
	function *function
	mu       sync.Mutex
	last     *update // or nil
}

func (p *pending) set(u *update) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = &update{id: u.id, base: &configuration{revisionID: u.base.revisionID, jar: u.base.jar}}
}

// undone returns an ErrUndone if a configuration shows that the update was
// undone. It does so once. A read that began before the update, in another
// goroutine, says nothing about it.
func (p *pending) undone(now *configuration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		return nil
	}
	became := p.last.fateOf(now)
	if became != open && became != early {
		p.last = nil
	}
	if became == undone {
		return p.function.explainUndone(now)
	}
	return nil
}

// explainUndone is an ErrUndone with the reason that AWS gives.
func (f *function) explainUndone(now *configuration) error {
	err := ErrUndone
	if now.reason != "" {
		err = fmt.Errorf("%w: %s", ErrUndone, now.reason)
	}
	return failure.Hinted("see why, put it right and write again: aws lambda get-function-configuration --function-name "+f.name+
		" --query '[LastUpdateStatus,LastUpdateStatusReasonCode,LastUpdateStatusReason]'", err)
}
