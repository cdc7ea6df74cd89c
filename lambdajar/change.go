package lambdajar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
)

// change is one Save or Delete on its way into the function's configuration.
// [commit.Run] looks first, because an update carries the whole map, and sends
// the map with the RevisionId that came with it, so that AWS refuses it if
// anything has changed. A RevisionId never comes back: a request that was
// delayed or sent twice cannot be applied after another.
type change struct {
	store    *Store
	replaces awsjar.Revision
	id       lineage.ID // names the write of a Save, however often it is sent; "" for a Delete
	data     []byte     // of a Save
	placed   placed     // the data in the overflow

	loaded *configuration // read before this call, or by Send; for the next Look
	now    *configuration // what the last Look has read
	stale  bool           // now was read before this call
	base   *configuration // what the last update was sent against; nil before the first
	sentAt time.Time      // when it was sent
	doubt  bool           // an update may have been stored
	blind  bool           // a read since the last update has failed
	beaten bool           // a read since then has proved that it was not stored
	last   error          // why the last update was not accepted
	after  jarvar.State   // what a Save that is done left
	answer *configuration // of the update that was accepted, if its answer arrived
}

// run brings the change into the configuration, however often others change
// other things about the function meanwhile.
func (c *change) run(ctx context.Context) error {
	s := c.store
	c.loaded = s.recall(c.replaces)
	c.stale = c.loaded != nil
	conflict := awsjar.ErrConflict
	switch c.replaces {
	case awsjar.None:
		conflict = awsjar.ErrExists
	case awsjar.Any:
		conflict = nil
	}
	return commit.Run(ctx, c, commit.Call{
		// An update in a VPC takes a minute: a shorter time would end a call
		// that only has to wait.
		Budget:    commit.Budget{Requests: 24, Time: 5 * time.Minute, FirstWait: s.firstPause, MaxWait: s.maxPause},
		LookFirst: true,
		Conflict:  conflict,
		Logger:    s.opts.Logger,
		Target:    s,
	})
}

// Look reads the configuration, once no update is in progress, and says what it
// shows of the change.
func (c *change) Look(ctx context.Context, doubt bool) commit.View {
	c.doubt = doubt
	if err := c.read(ctx); err != nil {
		c.blind = true
		// Before the first update the SDK has made its own attempts.
		return commit.View{Err: err, Lasting: c.base == nil || isLasting(err), RetryAfter: awserr.RetryAfter(err)}
	}
	var view commit.View
	switch {
	case c.base == nil:
		if err := c.store.undone(c.now); err != nil {
			return commit.View{Err: err, Lasting: true}
		}
		view.Sight = commit.Unchanged
	case c.provenBy(c.now):
		return commit.View{Sight: commit.Stored}
	default:
		view = c.judge()
	}
	if view.Sight == commit.Unclear || c.replaces == awsjar.Any {
		return view
	}
	view.Sight = commit.Unchanged
	if c.now.jar.Revision() != c.replaces {
		view.Sight = commit.Overtaken
	}
	return view
}

// read sets the configuration that the next Send replaces. After a failure that
// is still the one before: its RevisionId guards an update that is sent again.
func (c *change) read(ctx context.Context) error {
	loaded := c.loaded
	c.loaded = nil
	if loaded != nil && !loaded.busy(0) {
		c.now = loaded
		return nil
	}
	c.stale = false
	now, err := (*configuration)(nil), error(nil)
	if c.base == nil {
		now, err = c.store.settled(ctx, loaded, never)
	} else {
		now, err = c.store.settled(ctx, nil, c.decidedBy, once)
	}
	if err == nil {
		c.now = now
	}
	return err
}

// provenBy reports whether a configuration proves that the change was stored.
// Where nothing was lost, a value that is gone was removed by somebody else.
func (c *change) provenBy(now *configuration) bool {
	return c.shownIn(now) && (c.id != "" || c.doubt)
}

// decidedBy reports whether a configuration decides the change, even if an
// update is in progress. The first read after an update proves the most: each
// write that follows pushes an id out of the lineage.
func (c *change) decidedBy(now *configuration) bool {
	c.beaten = c.beaten || c.refutedBy(now)
	return c.provenBy(now) || c.beaten && c.replaces != awsjar.Any
}

// shownIn reports whether a configuration shows the change: the id of a Save,
// or for a Delete that there is no value.
func (c *change) shownIn(now *configuration) bool {
	if c.id == "" {
		return c.base != nil && now.jar.Text == ""
	}
	return now.jar.Line.Has(c.id)
}

// refutedBy reports whether a configuration proves that the update was not
// stored: another write is in the place of the one that it was to replace.
func (c *change) refutedBy(now *configuration) bool {
	line, before := now.jar.Line, c.base.jar.Line
	switch {
	case now.same(c.base), c.provenBy(now):
		return false
	case line.Judge(c.id, before.Newest().ID) == lineage.Overtaken:
		return true
	case c.doubt:
		return false // the jar may have been deleted since, and its lineage begun anew
	case len(line) < jarvar.Depth, line.Newest().ID == before.Newest().ID:
		return true
	}
	// A full lineage without both ids proves nothing, unless it was read too
	// soon after the refusal for that many updates.
	return !c.blind && time.Since(c.sentAt) < jarvar.Depth*quickest
}

// quickest is less than AWS Lambda takes for an update before it accepts the
// next.
const quickest = 500 * time.Millisecond

// judge says what became of an update that was sent, and that the configuration
// does not show. It is Over once the RevisionId that guarded it is used up.
//
// An old state under a new RevisionId may also be a roll-back of the change.
// The old value is there in both cases, so that sending the change again is
// right: it takes effect once. Where nothing was before, a deletion of the
// change looks the same, and that is not undone.
func (c *change) judge() commit.View {
	used := c.now.revisionID != c.base.revisionID
	if c.beaten || c.refutedBy(c.now) || c.now.same(c.base) && (!used || !c.doubt || c.base.jar.Text != "") {
		return commit.View{Sight: commit.Unchanged, Over: used}
	}
	// Among these are the ids of before beside another text: that writer knows
	// nothing of ids, and may have read them before this change was stored, and
	// put them back over it.
	return commit.View{Sight: commit.Unclear}
}

// Send sends the guarded update, unless there is nothing to change.
func (c *change) Send(ctx context.Context) commit.Answer {
	if err := ctx.Err(); err != nil {
		if c.last != nil {
			err = fmt.Errorf("%w; before: %w", err, c.last)
		}
		return commit.Answer{Outcome: commit.Unsent, Err: err}
	}
	variables, err := c.next(ctx)
	switch {
	case err != nil:
		return commit.Answer{Outcome: commit.Refused, Err: err}
	case variables != nil:
		return c.update(ctx, variables)
	case c.stale:
		return c.readAgain(ctx)
	}
	return commit.Answer{Outcome: commit.Accepted}
}

// next returns the variables that the function should have, or nil if they are
// right already.
func (c *change) next(ctx context.Context) (map[string]string, error) {
	s, now := c.store, c.now
	if err := jarvar.CheckOwner(s.opts.Name, now.lookup); err != nil {
		return nil, err
	}
	if c.id == "" {
		if now.jar.Text == "" && len(now.jar.Line) == 0 {
			return nil, nil
		}
		return now.without(s.opts.Name), nil
	}
	next, err := s.fit(ctx, now, s.extended(now, c.id), c.data)
	if s.opts.Overflow != nil && errors.Is(err, awsjar.ErrTooLarge) {
		next, err = c.place(ctx)
	}
	if err != nil {
		return nil, err
	}
	if next.Text == now.jar.Text {
		c.after = now.jar
		return nil, nil
	}
	c.after = next
	return now.with(s.opts.Name, next), nil
}

// update sends the variables in the place of those that were read.
func (c *change) update(ctx context.Context, variables map[string]string) commit.Answer {
	const action = "UpdateFunctionConfiguration"
	s := c.store
	c.base, c.sentAt, c.blind, c.beaten = c.now, time.Now(), false, false
	var sent flight
	out, err := s.client.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: &s.function,
		RevisionId:   optional(c.now.revisionID),
		Environment:  &types.Environment{Variables: variables},
	}, once, atMost, sent.watch)
	if err != nil {
		c.last = s.explain(ctx, action, err)
		return commit.Answer{Outcome: sent.outcome(err), RetryAfter: awserr.RetryAfter(err), Err: c.last}
	}
	answer, err := s.parse(action, &lambda.GetFunctionConfigurationOutput{
		RevisionId: out.RevisionId, FunctionName: out.FunctionName, FunctionArn: out.FunctionArn,
		Environment: out.Environment, State: out.State, LastUpdateStatus: out.LastUpdateStatus,
	})
	switch {
	case err != nil: // something else may have answered, or the caller may not see the variables
		return commit.Answer{Outcome: commit.Lost, Err: err}
	case !c.shownIn(answer):
		return commit.Answer{Outcome: commit.Lost, Err: fmt.Errorf("%s: the answer does not show the write", action)}
	}
	c.answer = answer
	return commit.Answer{Outcome: commit.Accepted}
}

// readAgain makes sure that a configuration which needs no change, and was read
// before this call, is still the current one.
func (c *change) readAgain(ctx context.Context) commit.Answer {
	c.stale = false
	now, err := c.store.settled(ctx, nil, c.shownIn)
	switch {
	case err != nil:
		return commit.Answer{Outcome: commit.Refused, Err: err}
	case now.same(c.now):
		return commit.Answer{Outcome: commit.Accepted}
	}
	c.loaded = now
	return commit.Answer{Outcome: commit.Busy, Err: errors.New("the configuration has changed since it was loaded")}
}

// optional returns nil for an empty string: AWS refuses an empty RevisionId.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
