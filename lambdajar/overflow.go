package lambdajar

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
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

// followings is how often a Load follows pointers that others replace
// meanwhile. Each takes them two deployments of the function.
const followings = 5

// follow returns the value of the jar in a configuration, and the configuration.
// If others have replaced the value between the two reads, it reads both again.
func (v *values) follow(ctx context.Context, c *configuration) (*configuration, []byte, awsjar.Meta, error) {
	for looks := 1; ; looks++ {
		data, meta, err := c.jar.Follow(ctx, v.overflow, &v.memory)
		_, elsewhere := c.jar.Pointer()
		replaced := errors.Is(err, awsjar.ErrCorrupt) || errors.Is(err, awsjar.ErrAccessDenied) // as S3 says of a missing key
		if v.overflow == nil || !elsewhere || !replaced {
			return c, data, meta, err
		}
		now, readErr := v.function.read(ctx)
		switch {
		case readErr != nil:
			return c, nil, meta, readErr
		case now.jar.Text == c.jar.Text:
			return c, nil, meta, v.function.explainOutdated(err)
		case looks == followings:
			return c, nil, meta, fmt.Errorf("the value was replaced %d times while it was read", looks)
		}
		c = now
	}
}

// explainOutdated says of a published version why the value to which it points may
// be gone.
func (f *function) explainOutdated(err error) error {
	unpublished := checkUnpublished(f.name)
	if unpublished == nil || !errors.Is(err, awsjar.ErrCorrupt) {
		return err
	}
	return failure.Hinted("a value in the overflow that was replaced since the version was published is removed; to read the present one "+
		failure.Hint(unpublished), err)
}

// place stores the value of a write in the overflow, once, and returns the state
// whose text points to it. Once its own place is made, an equal value in another is
// not enough: an update that points to its own may still arrive.
func (v *values) place(ctx context.Context, now *configuration, w *write) (jarvar.State, error) {
	if !w.placed && v.pointedTo(ctx, now, w.data) {
		return now.jar, nil
	}
	if w.pointer == "" {
		w.pointer = pack.PointTo(string(w.id), w.data).Text()
	}
	next := v.extended(now, *w)
	next.Text = w.pointer
	next.Line[0].Sum = lineage.Sum(w.data) // marks the write as one that overflows
	full := next.Full()
	full.Line = append(full.Line[:0:0], full.Line...)
	full.Line[1].Sum = next.Line[0].Sum // as after the next write
	if size := measure(now.with(full)); size > Limit {
		return jarvar.State{}, v.tooLarge(now, size, 0)
	}
	if w.placed {
		return next, nil
	}
	_, err := v.overflow.Beside(string(w.id)).Save(ctx, w.data, awsjar.None)
	w.placed = err == nil || errors.Is(err, awsjar.ErrUncertain)
	return next, explainPlace(ctx, err)
}

// pointedTo reports whether the variable points to this very value already, and
// that is there.
func (v *values) pointedTo(ctx context.Context, now *configuration, value []byte) bool {
	pointer, ok := now.jar.Pointer()
	if !ok || !pointer.To(value) {
		return false
	}
	data, _, err := now.jar.Follow(ctx, v.overflow, nil)
	return err == nil && bytes.Equal(data, value)
}

// explainPlace leaves out of an error the kinds that are true of the place alone:
// as long as nothing points to the place, the value is certainly not stored, and
// no other writer was first.
func explainPlace(ctx context.Context, err error) error {
	if !errors.Is(err, awsjar.ErrUncertain) && !errors.Is(err, awsjar.ErrConflict) {
		return err
	}
	var causes []error
	if sdk, ok := errors.AsType[*smithy.OperationError](err); ok {
		causes = append(causes, sdk)
	}
	place, text := "", err.Error()
	if known, ok := errors.AsType[*awsjar.Error](err); ok {
		place, text = known.Target, known.Err.Error()
	}
	return &awsjar.Error{
		Target: place, Hint: "nothing has changed: try again",
		Err: failure.Said("the overflow did not confirm the value: "+text, append(causes, ctx.Err())...),
	}
}
