package lambdajar

import (
	"context"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/jarvar"
)

// change is one Save or Delete on its way into the function's configuration.
// [commit.Run] looks first, because an update carries the whole map, and sends
// the map with the RevisionId that came with it, so that AWS refuses it if
// anything has changed. A RevisionId never comes back: a request that was
// delayed or sent twice cannot be applied after another.
type change struct {
	function *function
	values   *values
	pending  *pending
	replaces awsjar.Revision
	write

	loaded *configuration // read before this call, for the first Look; or nil
	now    *configuration // the last one that a Look has read
	sent   *update        // the last one; nil before the first
	after  jarvar.State   // the state that a Save has left
}

// run brings the change into the configuration, however often others change
// other things about the function meanwhile.
func (c *change) run(ctx context.Context) error {
	return commit.Run(ctx, c, commit.Call{
		// An update in a VPC takes a minute: a shorter time would end a call
		// that only has to wait.
		Budget:    commit.Budget{Requests: 24, Time: 5 * time.Minute, FirstWait: c.function.firstPause, MaxWait: c.function.maxPause},
		Replaces:  c.replaces,
		LookFirst: true,
		Logger:    c.function.logger,
		Target:    c.function,
	})
}

// Look implements [commit.Write]: it reads the configuration that the next Send
// replaces. After a read that fails that is still the one before: its RevisionId
// guards an update that is sent again.
func (c *change) Look(ctx context.Context, doubt bool) commit.View {
	now, err := c.read(ctx, doubt)
	if err != nil {
		// Before the first update the SDK has made its own attempts.
		return commit.View{Err: err, Lasting: c.sent == nil || isLasting(err), RetryAfter: awserr.RetryAfter(err)}
	}
	c.now = now
	view := commit.View{Sight: commit.Unchanged}
	if c.sent != nil {
		view = c.sent.judge(now)
	} else if err := c.pending.undone(now); err != nil {
		return commit.View{Err: err, Lasting: true}
	}
	if view.Sight == commit.Unchanged && c.replaces != awsjar.Any && now.jar.Revision() != c.replaces {
		view.Sight = commit.Overtaken
	}
	return view
}

// read reads the configuration once no update is in progress, or one that
// decides the update that was sent.
func (c *change) read(ctx context.Context, doubt bool) (*configuration, error) {
	u := c.sent
	if u == nil {
		return c.function.settled(ctx, c.recalled(ctx), never)
	}
	u.doubt = doubt
	now, err := c.function.settled(ctx, nil, func(now *configuration) bool {
		return u.provenBy(now) || u.refutedBy(now) && c.replaces != awsjar.Any
	}, once)
	u.blind = u.blind || err != nil
	return now, err
}

// recalled returns, once, the configuration that was read before this call; nil
// if there is none, or if it may need no change: that may be so no longer.
func (c *change) recalled(ctx context.Context) *configuration {
	loaded := c.loaded
	c.loaded = nil
	if loaded == nil || c.values.mayHold(ctx, loaded, c.write) {
		return nil
	}
	return loaded
}

// Send implements [commit.Write]: it sends the guarded update, unless there is
// nothing to change.
func (c *change) Send(ctx context.Context) commit.Answer {
	variables, err := c.next(ctx, c.now)
	switch {
	case err != nil:
		return commit.Answer{Outcome: commit.Refused, Err: err}
	case variables == nil:
		return commit.Answer{Outcome: commit.Accepted}
	}
	c.sent = &update{id: c.id, base: c.now, sentAt: time.Now()}
	return c.function.send(ctx, c.sent, variables)
}

// next returns the variables that a function with that configuration should
// have, or nil if they are right already.
func (c *change) next(ctx context.Context, now *configuration) (map[string]string, error) {
	if err := jarvar.CheckOwner(now.name, now.lookup); err != nil {
		return nil, err
	}
	if c.id == "" {
		if now.jar.Text == "" && len(now.jar.Line) == 0 {
			return nil, nil
		}
		return now.without(), nil
	}
	next, err := c.values.stateAfter(ctx, now, &c.write)
	if err != nil {
		return nil, err
	}
	if next.Text == now.jar.Text {
		c.after, c.sent = now.jar, nil // the value of another write
		return nil, nil
	}
	c.after = next
	return now.with(next), nil
}
