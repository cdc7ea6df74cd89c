package commit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// Call is how one Write is run.
type Call struct {
	Budget
	Replaces  awsjar.Revision // the condition of the write; with Any it has none
	LookFirst bool            // a Send needs the state that a Look has read: begin with one, and look again after each wait

	// Logger gets a line, at debug level, for each repetition and each lost answer
	// that was then resolved. nil: no logging.
	Logger *slog.Logger
	Target fmt.Stringer // the place, for the Logger
}

// ErrHolds is the error where the service refuses a condition time and again
// although it holds. It is no ErrConflict: to start again would not help.
var ErrHolds = fmt.Errorf("%w: the server refuses the condition although it holds", awsjar.ErrUnsupported)

// Run stores the write exactly once, or says why not. nil means that it was
// stored; [awsjar.ErrUncertain] that nobody can say; every other error,
// [awsjar.ErrConflict] and [awsjar.ErrExists] among them, that it was not stored
// and will not be.
func Run(ctx context.Context, w Write, c Call) error {
	r := run{Call: c, write: w, meter: meter{Budget: c.Budget, began: time.Now()}}
	r.answer.Outcome = Unsent
	step := Send
	if c.LookFirst {
		step = Look
	}
	for {
		switch step {
		case Send:
			if r.send(ctx) {
				r.look(ctx) // at once: the sooner, the more surely the lineage shows it
			}
		case Look:
			r.look(ctx)
		default:
			return r.end(ctx, step)
		}
		step = r.next(ctx)
	}
}

// run is a Write on its way.
type run struct {
	Call
	meter
	write  Write
	doubt  bool   // a Send may have been stored, now or later
	open   error  // the error of the Send that began the doubt
	lost   bool   // an answer was lost, also if the doubt is over
	answer Answer // of the last Send
	view   View   // of the last Look
	waited bool   // nothing was sent since the last wait
}

// send sends, unless the context has ended: then all is as it was.
func (r *run) send(ctx context.Context) bool {
	if r.sends > 0 {
		r.log(ctx, "sending a write again")
	}
	if ctx.Err() != nil {
		return false
	}
	r.sends++
	r.waited = false
	r.answer = r.write.Send(ctx)
	if r.answer.Outcome == Lost {
		if !r.doubt {
			r.doubt, r.open = true, r.answer.Err
		}
		r.lost = true
	}
	return true
}

// look looks, if there is anything to see.
func (r *run) look(ctx context.Context) {
	o := r.answer.Outcome
	switch {
	case o == Accepted, !r.doubt && (o == Refused || o == Unsent && !r.LookFirst):
		r.view = View{Sight: Unchanged} // it is stored, or nothing reached the service
		return
	case ctx.Err() != nil:
		r.view = View{Err: ctx.Err()}
		return
	}
	r.looks++
	r.view = r.write.Look(ctx, r.doubt)
	if r.view.Over && (r.view.Sight == Unchanged || r.view.Sight == Overtaken) {
		r.doubt, r.open = false, nil
		if o == Lost {
			r.answer.Outcome = Unsent // it comes to the same
		}
	}
}

// A request is begun only if enough are left to judge it: a Send is followed by
// a Look, and a Look perhaps by both.
const forSend, forLook = 2, 3

// next returns the step after a Look, and waits before it if it is a request.
func (r *run) next(ctx context.Context) Step {
	cell := Decide(r.Replaces != awsjar.Any, r.doubt, r.answer.Outcome, r.view.Sight)
	switch {
	case cell.Now > Send:
		return cell.Now
	case cell.Now == Look && r.view.Lasting:
		return cell.AtLast
	case cell.Now == Send && r.LookFirst && r.fresh() && ctx.Err() == nil:
		return Send
	}
	step, need := cell.Now, forSend
	if step == Look || r.LookFirst {
		step, need = Look, forLook
	}
	retryAfter := max(r.answer.RetryAfter, r.view.RetryAfter)
	r.answer.RetryAfter = 0 // it is waited for once
	if r.left() < need || !r.wait(ctx, r.answer.Outcome, retryAfter) {
		return cell.AtLast
	}
	r.waited = true
	return step
}

// fresh reports whether a Write that looks first may send at once, with the state
// that the last Look read: there was no Send since the last wait, or only the first
// one, and nothing asks for a wait.
func (r *run) fresh() bool {
	second := r.sends == 1 && r.answer.Outcome != Throttled && r.answer.RetryAfter == 0
	return r.sends == 0 || r.waited || second && r.left() >= forSend
}

// end returns the result of the call.
func (r *run) end(ctx context.Context, step Step) error {
	if r.lost && (step == Done || step == Conflict) {
		r.log(ctx, "a lost answer was resolved", "stored", step == Done)
	}
	if step == Done {
		return nil
	}
	err := r.answer.Err
	switch {
	case r.sends == 0:
		err = r.view.Err
	case step == Uncertain:
		err = then(then(r.open, r.answer.Err), r.view.Err)
	}
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		err = kindOf(cause, err)
	}
	switch {
	case step == Conflict && r.Replaces == awsjar.None:
		return failure.Said(awsjar.ErrExists.Error(), awsjar.ErrExists, err)
	case step == Conflict:
		return failure.Said(awsjar.ErrConflict.Error(), awsjar.ErrConflict, err)
	case step == Holds && ctx.Err() == nil: // otherwise it was interrupted
		return kindOf(ErrHolds, err)
	case step == Uncertain && errors.Is(err, awsjar.ErrConflict): // no error is both
		return failure.Said(kindOf(awsjar.ErrUncertain, err).Error(), awsjar.ErrUncertain)
	case step == Uncertain && r.view.Lasting: // the user has to allow the read
		return failure.Hinted(failure.Hint(r.view.Err), kindOf(awsjar.ErrUncertain, err))
	case step == Uncertain:
		return kindOf(awsjar.ErrUncertain, err)
	}
	return err
}

// kindOf returns err as one of that kind.
func kindOf(kind, err error) error {
	if err == nil {
		return kind
	}
	return fmt.Errorf("%w: %w", kind, err)
}

// then returns the error that came first, and the next one if it says more.
func then(first, next error) error {
	switch {
	case first == nil:
		return next
	case next == nil, errors.Is(first, next), first.Error() == next.Error():
		return first
	}
	return fmt.Errorf("%w; then: %w", first, next)
}

func (r *run) log(ctx context.Context, text string, args ...any) {
	if r.Logger != nil {
		r.Logger.DebugContext(ctx, "awsjar: "+text, append(args,
			"outcome", r.answer.Outcome.String(), "sends", r.sends, "looks", r.looks, "target", r.Target.String())...)
	}
}
