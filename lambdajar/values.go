package lambdajar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/jarvar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/internal/pack"
)

// values packs the values of a jar into its variable, or puts them in the
// overflow, and reads them.
type values struct {
	function *function
	form     pack.Form
	overflow Overflow // or nil
	memory   jarvar.Memory
}

// write is the value of a Save, the same however often it is sent. A Delete has
// no value.
type write struct {
	id   lineage.ID // "" for a Delete
	data []byte

	pointer string // to the data in the overflow; "" if it did not have to go there
	placed  bool   // the overflow may hold the data
}

// stateAfter returns the state of the jar after a write: with the value in the
// variable if it fits there, or else in the overflow.
func (v *values) stateAfter(ctx context.Context, now *configuration, w *write) (jarvar.State, error) {
	next, err := v.fit(ctx, now, *w)
	if v.overflow != nil && errors.Is(err, awsjar.ErrTooLarge) {
		return v.place(ctx, now, w)
	}
	return next, err
}

// mayHold reports whether a configuration may hold the value of a write already. It
// sends nothing.
func (v *values) mayHold(ctx context.Context, now *configuration, w write) bool {
	if w.id == "" {
		return now.jar.Text == ""
	}
	if pointer, ok := now.jar.Pointer(); ok {
		return pointer.To(w.data)
	}
	data, _, err := now.jar.Value(ctx, &v.memory)
	return err == nil && bytes.Equal(data, w.data)
}

// extended returns the state after a write, its text still open. The places that
// tidy is going to remove are no longer marked in it.
func (v *values) extended(now *configuration, w write) jarvar.State {
	next := now.jar.Next("", w.id)
	if v.overflow == nil {
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

// fit packs the value of a write into the bytes that are left beside the other
// variables, the names and the lineage, at the length that it will have, and
// returns the state after the write.
func (v *values) fit(ctx context.Context, now *configuration, w write) (jarvar.State, error) {
	next := v.extended(now, w)
	taken := measure(now.with(next.Full()))
	limits := pack.Limits{Size: max(1, Limit-taken)}
	if v.overflow != nil {
		limits.Cost = pack.GetCost
	}
	text, err := v.memory.Pack(ctx, w.data, v.form, limits)
	size := pack.Measure(text)
	if packed, ok := errors.AsType[*pack.TooLargeError](err); ok {
		return next, v.tooLarge(now, taken+packed.Size, packed.Dense)
	}
	switch {
	case errors.Is(err, pack.ErrNotPlain):
		return next, failure.Hinted("use FormAuto for values that are not text", fmt.Errorf("%w: %w", awsjar.ErrInvalid, err))
	case err != nil:
		return next, err
	case taken+size > Limit:
		return next, v.tooLarge(now, taken+size, 0)
	}
	next.Text = text
	return next, nil
}

// tooLarge is the error where the variables would take size bytes, or would fit
// in FormDense at the cost of reading.
func (v *values) tooLarge(now *configuration, size int, dense time.Duration) *awsjar.Error {
	others := measure(now.without())
	hint := "see what takes the space with: awsjar usage '" + v.function.String() + "'; a Bucket has room for any size"
	if dense > 0 {
		hint = "it fits in FormDense, if a read may take that long; a Bucket has room for any size"
	}
	return &awsjar.Error{
		Hint: hint,
		Err:  &TooLargeError{State: size - others, Others: others, Limit: Limit, DenseCost: dense},
	}
}
