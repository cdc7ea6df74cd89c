package lambdajar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/internal/pack"
)

// A Save that overflows stores its value first, in a place of its own; then the
// guarded update makes the variable point there. Nothing that is pointed to is
// ever written again. The place that is no longer pointed to is removed by the
// next write but one: AWS returns to the configuration before if an update
// fails later, so the last place but one is the newest that nothing can point
// to again.

const (
	// followings is how often a Load follows pointers that others replace
	// meanwhile. Each takes them two deployments of the function.
	followings = 5

	// tidying is how long a call spends at most on removing what nothing
	// points to any more, after its own work is done.
	tidying = 5 * time.Second
)

// follow returns the value that a configuration tells, and the configuration.
// If others have replaced the value between the two reads, it reads both again.
func (s *Store) follow(ctx context.Context, c *configuration) (*configuration, []byte, awsjar.Meta, error) {
	for looks := 1; ; looks++ {
		data, meta, err := c.jar.Follow(ctx, s.opts.Overflow)
		_, elsewhere := c.jar.Pointer()
		replaced := errors.Is(err, awsjar.ErrCorrupt) || errors.Is(err, awsjar.ErrAccessDenied) // as S3 says of a missing key
		if s.opts.Overflow == nil || !elsewhere || !replaced {
			return c, data, meta, err
		}
		now, readErr := s.read(ctx)
		switch {
		case readErr != nil:
			return c, nil, meta, readErr
		case now.jar.Text == c.jar.Text:
			return c, nil, meta, err
		case looks == followings:
			return c, nil, meta, fmt.Errorf("the value was replaced %d times while it was read", looks)
		}
		c = now
	}
}

// spill is the value of a Save on its way into the overflow.
type spill struct {
	store *Store
	id    lineage.ID // of the write; it names the place
	data  []byte
	text  string // the pointer; "" if the value did not have to overflow
	sent  bool   // the place may hold the value
}

// place stores the value, once, and returns the text that points to it.
// variables are those that the function will have, with the lineage line, and
// the jar's still empty; place marks the write in it as one that overflows.
func (p *spill) place(ctx context.Context, cur *configuration, variables map[string]string, line lineage.Line) (string, error) {
	s := p.store
	if p.has(ctx, cur) {
		return cur.jar.Text, nil
	}
	if p.text == "" {
		p.text = pack.PointTo(string(p.id), p.data).Text()
	}
	line[0].Sum = lineage.Sum(p.data)
	full := jarvar.State{Text: p.text, Line: slices.Clone(line)}.Full()
	full.Line[1].Sum = line[0].Sum // as after the next write
	if size := measure(cur.with(s.opts.Name, full)); size > Limit {
		return "", s.tooLarge(cur, size)
	}
	variables[jarvar.IDName(s.opts.Name)] = line.String()
	if p.sent {
		return p.text, nil
	}
	_, err := jarvar.Place(s.opts.Overflow, string(p.id)).Save(ctx, p.data, awsjar.None)
	p.sent = err == nil || errors.Is(err, awsjar.ErrUncertain)
	return p.text, p.explain(ctx, err)
}

// has reports whether the variable points to this very value already, and that
// is there.
func (p *spill) has(ctx context.Context, cur *configuration) bool {
	pointer, ok := cur.jar.Pointer()
	if !ok || !pointer.To(p.data) {
		return false
	}
	data, _, err := cur.jar.Follow(ctx, p.store.opts.Overflow)
	return err == nil && bytes.Equal(data, p.data)
}

// explain leaves out what is true of the place alone: as long as nothing points
// to it, the value is certainly not stored, and nobody else was first.
func (p *spill) explain(ctx context.Context, err error) error {
	if !errors.Is(err, awsjar.ErrUncertain) && !errors.Is(err, awsjar.ErrConflict) {
		return err
	}
	text := &described{text: "the overflow did not confirm the value: " + cause(err).Error()}
	var sdk *smithy.OperationError
	if errors.As(err, &sdk) {
		text.causes = append(text.causes, sdk)
	}
	if ctx.Err() != nil {
		text.causes = append(text.causes, ctx.Err())
	}
	place := jarvar.Fail(p.store.String(), err).(*awsjar.Error).Target
	return &awsjar.Error{Target: place, Hint: "nothing has changed: try again", Err: text}
}

// next is the state after the write of that id, its text still open. The places
// that tidy is going to remove are no longer marked in it.
func (s *Store) next(cur *configuration, id lineage.ID) jarvar.State {
	next := cur.jar.Next("", id)
	if s.opts.Overflow == nil {
		return next
	}
	gone := cur.superseded()
	for i, entry := range next.Line {
		if slices.Contains(gone, string(entry.ID)) {
			next.Line[i].Sum = ""
		}
	}
	return next
}

// tidy removes, after a Save, the places that nothing will point to again: its
// own if its value did not get there, and those that were out of use before it.
func (s *Store) tidy(ctx context.Context, c *change, p *spill, after jarvar.State, err error) {
	if s.opts.Overflow == nil || err != nil && c.doubt != nil {
		return
	}
	var ids []string
	if p.sent && (err != nil || after.Text != p.text) {
		ids = append(ids, string(p.id))
	}
	if err == nil && after.Line.Newest().ID == c.id {
		ids = append(ids, c.base.superseded()...)
	}
	s.remove(ctx, ids)
}

// superseded returns the places that nothing can point to again after an update
// of this configuration. If it is not certain that this one was in force,
// because an update has failed or there is no RevisionId, it returns none.
func (c *configuration) superseded() []string {
	if c.revisionID == "" || c.status == types.LastUpdateStatusFailed {
		return nil
	}
	return c.jar.Superseded()
}

// tidyDeleted removes the places of a value whose variables were deleted: when
// the update has settled, and only if it did not fail.
func (s *Store) tidyDeleted(ctx context.Context, c *change) {
	if s.opts.Overflow == nil || c.base == nil {
		return
	}
	ids := c.base.superseded()
	if pointer, ok := c.base.jar.Pointer(); ok && c.base.revisionID != "" {
		ids = append(ids, pointer.ID)
	}
	if len(ids) == 0 {
		return
	}
	now, err := s.settled(ctx, &change{}, nil)
	if err != nil {
		s.log(ctx, "what the deleted value has in the overflow stays there", "error", err)
		return
	}
	if now.status == types.LastUpdateStatusFailed {
		return
	}
	pointer, _ := now.jar.Pointer()
	s.remove(ctx, slices.DeleteFunc(ids, func(id string) bool { return id == pointer.ID }))
}

// remove removes places as well as it can: what stays harms nothing.
func (s *Store) remove(ctx context.Context, ids []string) {
	ctx, cancel := context.WithTimeout(ctx, tidying)
	defer cancel()
	for _, id := range ids {
		if err := jarvar.Place(s.opts.Overflow, id).Delete(ctx, awsjar.Any); err != nil {
			s.log(ctx, "a place in the overflow that nothing points to could not be removed", "id", id, "error", err)
		}
	}
}
