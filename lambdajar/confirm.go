package lambdajar

import (
	"context"
	"errors"
	"fmt"

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

// fate is what became of a write after it was accepted.
type fate int

const (
	open    fate = iota // the update is in progress
	inForce             // nothing will undo it
	undone              // the configuration before it is there again
	unknown             // it is not there, and that does not show why
)

// fateOf returns the fate of an accepted change by what a configuration shows.
// It needs the id and the base of the change, and nothing else.
func (c *change) fateOf(now *configuration) fate {
	shown := c.shownIn(now)
	switch {
	case c.builtOn(now):
		return inForce
	case now.busy(0):
		return open // AWS may show either configuration meanwhile
	case shown && !now.failed():
		return inForce
	case shown:
		return unknown // the update that failed may have been another one
	case now.failed() && now.same(c.base), now.jar.Line.Judge(c.id, c.base.jar.Line.Newest().ID) == lineage.Overtaken:
		return undone
	}
	return unknown
}

// builtOn reports whether a configuration shows a later write of the jar: AWS
// accepts one only once the update before it is in force.
func (c *change) builtOn(now *configuration) bool {
	return c.id != "" && c.shownIn(now) && now.jar.Line.Newest().ID != c.id
}

// accepted remembers a change that AWS has accepted, and with Options.Confirm
// waits for its fate.
func (c *change) accepted(ctx context.Context) error {
	s := c.store
	if c.base == nil {
		return nil // nothing was sent
	}
	if !s.opts.Confirm {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.pending = &change{id: c.id, base: c.base}
		return nil
	}
	now, err := s.settled(ctx, c.answer, c.builtOn)
	if err != nil {
		return failure.Hinted("the update was accepted, and AWS may still fail to put it into force: load the value to see what it is",
			fmt.Errorf("%w: AWS Lambda accepted it: %w", awsjar.ErrUncertain, err))
	}
	switch c.fateOf(now) {
	case undone:
		return s.explainUndone(now)
	case unknown:
		return failure.Hinted("load the value to see what it is",
			fmt.Errorf("%w: AWS Lambda accepted it, and the function's configuration does not show it in force", awsjar.ErrUncertain))
	}
	return nil
}

// undone returns an ErrUndone if a configuration shows that the last write of
// this Store was accepted and then undone. It does so once.
func (s *Store) undone(now *configuration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pending == nil {
		return nil
	}
	switch s.pending.fateOf(now) {
	case open:
		return nil
	case undone:
		s.pending = nil
		return s.explainUndone(now)
	}
	s.pending = nil
	return nil
}

// explainUndone is an ErrUndone with the reason that AWS gives.
func (s *Store) explainUndone(now *configuration) error {
	err := ErrUndone
	if now.reason != "" {
		err = fmt.Errorf("%w: %s", ErrUndone, now.reason)
	}
	return failure.Hinted("see why, put it right and write again: aws lambda get-function-configuration --function-name "+s.function+
		" --query '[LastUpdateStatus,LastUpdateStatusReasonCode,LastUpdateStatusReason]'", err)
}
