package lambdajar

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lineage"
)

// rounds is how often a call that keeps losing its answers is sent again. The
// SDK itself makes three attempts of each.
const rounds = 3

// change is one Save or Delete on its way into the function's configuration.
type change struct {
	replaces awsjar.Revision
	id       lineage.ID // names the write of a Save, whatever is repeated; "" for a Delete

	// edit returns the variables that the function should have instead of
	// the given ones; nil if they are right already.
	edit func(*configuration) (map[string]string, error)

	base  *configuration // what the last request was sent against
	doubt error          // not nil: a request guarded by base.revisionID may or may not have been stored
	lost  int            // requests of which that was so
	last  error          // why the last request was not accepted
}

// outcome of one request.
type outcome int

const (
	stored  outcome = iota
	raced           // not stored: something about the function has changed or is changing
	refusal         // not stored, and never will be
	unknown         // the answer was lost
)

// apply brings a change into the configuration, however often others change
// other things about the function meanwhile.
//
// Every update carries the whole map and the RevisionId that came with it, so
// that AWS refuses it if anything has changed. A RevisionId never comes back:
// a request that was delayed or sent twice cannot be applied after another.
func (s *Store) apply(ctx context.Context, c *change) error {
	cur := s.recall(c.replaces)
	failures, waited := 0, true
	for {
		var err error
		if cur, err = s.settled(ctx, c, cur); err != nil {
			if c.last != nil && ctx.Err() != nil {
				err = s.fail(interrupted(err, c.last))
			}
			return s.unresolved(c, err)
		}
		if finished, err := s.judge(c, cur); finished {
			return err
		}
		if !waited { // only now: what was stored is found in the lineage the sooner the surer
			if err := s.pause(ctx, failures-1); err != nil {
				return s.unresolved(c, s.fail(interrupted(err, c.last)))
			}
			cur, waited = nil, true
			continue
		}
		next, err := c.edit(cur)
		if err != nil {
			return s.fail(err)
		}
		if next == nil && !cur.remembered {
			return nil
		}
		if next != nil {
			result, err := s.update(ctx, c, cur, next)
			switch result {
			case stored:
				return nil
			case refusal:
				return s.unresolved(c, err)
			}
			failures++
			c.last, waited = err, failures < 2
			s.log(ctx, "the update was not accepted; trying again", "failures", failures)
		}
		cur = nil
	}
}

// done reports whether a configuration shows that the change was stored by a
// request that was sent before.
func (c *change) done(cur *configuration) bool {
	switch {
	case c.base == nil:
		return false
	case c.id == "":
		return c.doubt != nil && cur.jar.Text == ""
	}
	return cur.jar.Line.Has(c.id)
}

// judge says whether a change that was sent before is finished: it was stored,
// or it cannot be told. Otherwise it was not, and c.doubt is nil if it is sure
// that it never will be.
func (s *Store) judge(c *change, cur *configuration) (finished bool, err error) {
	switch {
	case c.done(cur):
		return true, nil
	case c.doubt == nil:
		return false, nil
	case cur.revisionID == c.base.revisionID:
		if c.lost < rounds {
			return false, nil
		}
		return true, s.unresolved(c, c.doubt) // a delayed request might still arrive
	}
	verdict := cur.jar.Line.Judge(c.id, c.base.jar.Line.Newest().ID)
	if verdict == lineage.Overtaken || verdict == lineage.Unchanged && cur.jar.Text == c.base.jar.Text {
		c.doubt = nil
		return false, nil
	}
	// The ids of before beside another text: that writer knows nothing of ids,
	// and may have read them before this change was stored, and put them back
	// over it.
	return true, s.unresolved(c, c.doubt)
}

// update sends next in the place of cur.
func (s *Store) update(ctx context.Context, c *change, cur *configuration, next map[string]string) (outcome, error) {
	if cur.revisionID == "" && !s.opts.Unguarded {
		return refusal, s.fail(fmt.Errorf("%w: the configuration came without a RevisionId, which guards the function's other variables", awsjar.ErrUnsupported))
	}
	c.base = cur
	var sent attempts
	_, err := s.client.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: aws.String(s.function),
		RevisionId:   optional(cur.revisionID),
		Environment:  &types.Environment{Variables: next},
	}, sent.watch, atMost)
	switch {
	case err == nil:
		// An Environment.Error in the answer means only that the caller may
		// not see what was stored.
		return stored, nil
	case sent.mayBeStored():
		c.lost++
		c.doubt = s.explain(ctx, "UpdateFunctionConfiguration", err)
		return unknown, c.doubt
	case isStale(err), isBusy(err):
		return raced, s.explain(ctx, "UpdateFunctionConfiguration", err)
	}
	return refusal, s.explain(ctx, "UpdateFunctionConfiguration", err)
}

// optional returns nil for an empty string: AWS refuses an empty RevisionId.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// unresolved returns err, or an ErrUncertain that holds it if a request may
// have been stored.
func (s *Store) unresolved(c *change, err error) error {
	if c.doubt == nil {
		return err
	}
	text := fmt.Sprintf("%v: %v", awsjar.ErrUncertain, cause(c.doubt))
	causes := []error{awsjar.ErrUncertain, c.doubt}
	if !errors.Is(err, c.doubt) {
		text += fmt.Sprintf("; then: %v", cause(err))
		causes = append(causes, err)
	}
	return s.fail(&awsjar.Error{
		Hint: "load the value and see whether it is the one written before writing it again",
		Err:  &described{text, causes},
	})
}

// check refuses a change whose time has passed.
func (c *change) check(cur *configuration) error {
	switch {
	case c.replaces == awsjar.Any, cur.remembered: // recall has compared
		return nil
	case c.replaces == cur.jar.Revision():
		return nil
	case c.replaces == awsjar.None:
		return awsjar.ErrExists
	default:
		return awsjar.ErrConflict
	}
}
