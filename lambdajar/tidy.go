package lambdajar

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
)

// tidying is how long a call spends at most on removing places that nothing
// points to any more, after its own work is done.
const tidying = 5 * time.Second

// extended returns the state after the write of that id, its text still open. The
// places that tidy is going to remove are no longer marked in it.
func (s *Store) extended(now *configuration, id lineage.ID) jarvar.State {
	next := now.jar.Next("", id)
	if s.opts.Overflow == nil {
		return next
	}
	gone := now.superseded()
	for i, entry := range next.Line {
		if slices.Contains(gone, string(entry.ID)) {
			next.Line[i].Sum = ""
		}
	}
	return next
}

// superseded returns the places that nothing can point to again after an update
// of this configuration. If it is not certain that this one was in force,
// because an update has failed or there is no RevisionId, it returns none.
func (c *configuration) superseded() []string {
	if c.revisionID == "" || c.failed() {
		return nil
	}
	return c.jar.Superseded()
}

// tidy removes, after a Save that ended with err, the places that nothing will
// point to again: its own if its value did not get there, and those that were
// out of use before it.
func (c *change) tidy(ctx context.Context, err error) {
	if c.store.opts.Overflow == nil || errors.Is(err, awsjar.ErrUncertain) {
		return
	}
	var ids []string
	if c.placed.sent && (err != nil || c.after.Text != c.placed.text) {
		ids = append(ids, string(c.id))
	}
	if err == nil && c.after.Line.Newest().ID == c.id {
		ids = append(ids, c.base.superseded()...)
	}
	c.store.remove(ctx, ids)
}

// tidyDeleted removes the places of a value whose variables were deleted: when
// the update has settled, and only if it did not fail.
func (c *change) tidyDeleted(ctx context.Context) {
	s := c.store
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
	now, err := s.settled(ctx, c.answer, never)
	if err != nil {
		s.log(ctx, "the places of a deleted value stay in the overflow", "error", err)
		return
	}
	if now.failed() {
		return
	}
	pointer, _ := now.jar.Pointer()
	s.remove(ctx, slices.DeleteFunc(ids, func(id string) bool { return id == pointer.ID }))
}

// remove tries to remove places. One that stays is never used.
func (s *Store) remove(ctx context.Context, ids []string) {
	ctx, cancel := context.WithTimeout(ctx, tidying)
	defer cancel()
	for _, id := range ids {
		if err := s.opts.Overflow.Beside(id).Delete(ctx, awsjar.Any); err != nil {
			s.log(ctx, "a place in the overflow that nothing points to could not be removed", "id", id, "error", err)
		}
	}
}

// never is true of no configuration: a wait for it ends when the update has.
func never(*configuration) bool { return false }
