package jarvar

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/pack"
	"github.com/awsjar/awsjar/internal/unwrap"
)

// A value that fits into no variable is kept in the overflow, each write in a
// place of its own that is never written again, and the variable points to it.
// So a reader of a pointer finds the value that it was made for, or nothing;
// and writers that are under way at the same time never meet.

// Overflow names the places of overflowing values.
type Overflow interface {
	Beside(id string) awsjar.Store
}

// CheckOverflow returns an ErrInvalid for an overflow that is a nil pointer. A
// nil interface is none.
func CheckOverflow(overflow Overflow) error {
	if v := reflect.ValueOf(overflow); v.Kind() == reflect.Pointer && v.IsNil() {
		return failure.Hinted(`use an Object of a Bucket: bucket.Object("state.json")`,
			fmt.Errorf("%w: the Overflow is a nil %T", awsjar.ErrInvalid, overflow))
	}
	return nil
}

// Pointer returns the pointer that the variable holds, or false if it holds
// none.
func (s State) Pointer() (pack.Pointer, bool) { return pack.ReadPointer(s.Text) }

// Superseded returns the ids of the lineage's overflowing writes that the
// variable does not point to. A write that overflows has a Sum in the lineage,
// until the write after the next.
func (s State) Superseded() (ids []string) {
	pointer, _ := s.Pointer()
	for _, entry := range s.Line {
		if entry.Sum != "" && string(entry.ID) != pointer.ID {
			ids = append(ids, string(entry.ID))
		}
	}
	return ids
}

// Follow returns the value as Value does, from the overflow if it is there. A
// place that holds nothing or another value is an ErrCorrupt; other errors are
// those of the overflow.
func (s State) Follow(ctx context.Context, overflow Overflow, memory *Memory) ([]byte, awsjar.Meta, error) {
	pointer, ok := s.Pointer()
	if !ok || overflow == nil {
		return s.Value(ctx, memory)
	}
	meta := awsjar.Meta{Revision: s.Revision()}
	place := overflow.Beside(pointer.ID)
	data, _, err := place.Load(ctx)
	switch {
	case errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore):
		// Without err: nothing may take this for an empty state.
		return nil, meta, broken("the value is in %s, and that holds nothing", place)
	case err != nil:
		return nil, meta, err
	case !pointer.To(data):
		return nil, meta, broken("the value is in %s, and that was changed since", place)
	}
	meta.Size = pointer.Size
	return data, meta, nil
}

func broken(format string, place awsjar.Store) error {
	name := "the overflow"
	if s, ok := unwrap.As[fmt.Stringer](place); ok {
		name = s.String()
	}
	return failure.Hinted(
		"check that the overflow is the one that the value was written to, and whether an earlier version can be restored there; or replace it with a Put",
		fmt.Errorf("%w: "+format, awsjar.ErrCorrupt, name))
}

// unfollowed is the error of a reader that has no overflow. The value is whole,
// so it is no ErrCorrupt.
func unfollowed(err *pack.PointerError) error {
	return failure.Hinted(
		"set Options.Overflow to the store that it was written to; in a URL that is ?overflow=s3://BUCKET/KEY",
		fmt.Errorf("%w: %w, and Options.Overflow is not set", awsjar.ErrUnsupported, err))
}
