package lambdajar

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/awsjar/awsjar"
)

// tidying is how long a call spends at most on removing places that nothing
// points to any more, after its own work is done.
const tidying = 5 * time.Second

// tidy removes, after a Save that ended with err, the places that nothing will
// point to again: its own if its value did not get there, and those that were
// out of use before it.
func (c *change) tidy(ctx context.Context, err error) {
	if c.values.overflow == nil || errors.Is(err, awsjar.ErrUncertain) {
		return
	}
	var ids []string
	if c.placed && (err != nil || c.after.Text != c.pointer) {
		ids = append(ids, string(c.id))
	}
	if err == nil && c.after.Line.Newest().ID == c.id {
		ids = append(ids, c.sent.base.superseded()...)
	}
	c.values.remove(ctx, ids)
}

// tidyDeleted removes the places of a value whose variables were deleted: when
// the update has settled, and only if it did not fail.
func (c *change) tidyDeleted(ctx context.Context) {
	if c.values.overflow == nil || c.sent == nil {
		return
	}
	base := c.sent.base
	ids := base.superseded()
	if pointer, ok := base.jar.Pointer(); ok && base.revisionID != "" {
		ids = append(ids, pointer.ID)
	}
	if len(ids) == 0 {
		return
	}
	now, err := c.function.settled(ctx, c.sent.answer, never)
	if err != nil {
		c.function.log(ctx, "the places of a deleted value stay in the overflow", "error", err)
		return
	}
	if now.failed() {
		return
	}
	pointer, _ := now.jar.Pointer()
	c.values.remove(ctx, slices.DeleteFunc(ids, func(id string) bool { return id == pointer.ID }))
}

// remove tries to remove places. One that stays is never used.
func (v *values) remove(ctx context.Context, ids []string) {
	ctx, cancel := context.WithTimeout(ctx, tidying)
	defer cancel()
	for _, id := range ids {
		if err := v.overflow.Beside(id).Delete(ctx, awsjar.Any); err != nil {
			v.function.log(ctx, "a place in the overflow that nothing points to could not be removed", "id", id, "error", err)
		}
	}
}
