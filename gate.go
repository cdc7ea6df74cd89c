package awsjar

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"github.com/awsjar/awsjar/internal/merge"
	"github.com/awsjar/awsjar/internal/roundtrip"
)

// gate is the way of every value from a program to its store. Bytes that have
// passed it are
//
//   - owned: neither the codec nor the program can still reach them;
//   - merged, in an Update: they hold the members of the stored value that T
//     does not have;
//   - proven: this type and this codec read them as the same value.
type gate[T any] struct {
	codec Codec
	merge mergeFunc                // nil: members are not kept
	trip  func() roundtrip.Trip    // which values of T need the proof
	clone func(data []byte) []byte // of bytes that the codec may share with others
}

func newGate[T any](codec Codec) gate[T] {
	if c, ok := codec.(*JSON); ok && c != nil {
		codec = *c
	}
	g := gate[T]{codec: codec, merge: mergeOf(codec), clone: bytes.Clone}
	switch c := codec.(type) {
	case JSON:
		g.codec = c.typed(reflect.TypeFor[T]())
		g.trip = sync.OnceValue(func() roundtrip.Trip { return roundtrip.Of(reflect.TypeFor[T]()) })
		g.clone = func(data []byte) []byte { return data } // encoding/json makes a new slice
	case Bytes, *Bytes:
		g.trip = func() roundtrip.Trip { return roundtrip.Trip{} }
	default:
		g.trip = func() roundtrip.Trip { return roundtrip.Trip{Prove: true} }
	}
	return g
}

// pass returns the bytes of a value that is stored as it is.
func (g *gate[T]) pass(value T) ([]byte, error) {
	data, err := g.encode(value, nil)
	if err == nil && g.trip().Prove {
		_, err = g.prove(data, value)
	}
	return data, err
}

// draft is a value on its way through an Update.
type draft[T any] struct {
	value     T      // for the program to change
	allocated bool   // it was nil before that
	before    []byte // its encoding
	stored    []byte // the bytes that are stored
	found     bool   // that something is stored
}

// draft returns the value that an Update hands to its function: a nil map or
// pointer is allocated, so that the function can write into it.
func (g *gate[T]) draft(stored []byte, found bool, value T) (draft[T], error) {
	d := draft[T]{value: value, found: found, stored: stored}
	switch v := reflect.ValueOf(&d.value).Elem(); {
	case v.Kind() == reflect.Map && v.IsNil():
		v.Set(reflect.MakeMap(v.Type()))
		d.allocated = true
	case v.Kind() == reflect.Pointer && v.IsNil():
		v.Set(reflect.New(v.Type().Elem()))
		d.allocated = true
	}
	var err error
	d.before, err = g.encode(d.value, stored)
	return d, err
}

// unchanged reports whether the function left a draft as it was.
func (d *draft[T]) unchanged(after []byte) bool {
	return bytes.Equal(d.before, after) || d.allocated && reflect.ValueOf(&d.value).Elem().IsNil()
}

// result is the end of a draft.
type result[T any] struct {
	data    []byte
	value   T     // that the next Get returns
	changed bool  // else there is nothing to store
	dropped bool  // members that T does not have could not be kept
	refused error // of the function
}

// edit returns the result for the stored value when change has run.
func (g *gate[T]) edit(stored []byte, found bool, value T, change func(*T) error) (result[T], error) {
	d, err := g.draft(stored, found, value)
	if err != nil {
		return result[T]{}, err
	}
	if err := change(&d.value); err != nil {
		return result[T]{refused: err}, nil
	}
	to, err := g.finish(d)
	if err != nil {
		to = result[T]{}
	}
	return to, err
}

// finish returns the result that an Update stores after its function has run.
func (g *gate[T]) finish(d draft[T]) (result[T], error) {
	after, err := g.encode(d.value, d.before)
	if err != nil {
		return result[T]{}, err
	}
	if d.unchanged(after) {
		// The text may be the same because it holds too little. That of this very
		// program has been read already.
		if g.trip().Prove && !bytes.Equal(after, d.stored) {
			if _, err := g.prove(after, d.value); err != nil {
				return result[T]{}, err
			}
		}
		return result[T]{value: g.reread(d)}, nil
	}
	var dropped bool
	if g.merge != nil && d.found && !bytes.Equal(d.stored, d.before) {
		to, kept, err := g.keep(d, after)
		if kept || err != nil {
			return to, err
		}
		dropped = true
	}
	value, err := g.prove(after, d.value)
	return result[T]{data: after, value: value, changed: true, dropped: dropped}, err
}

// keep returns the result with the members that T does not have, unless that would
// be another value than the program made.
//
// The first merge puts new members last, which is right for the fields of a struct
// and the sorted keys of a map. Where order is part of the value it may be wrong:
// then the encoding of the merged value differs from after, and a second merge makes
// the change between these two. So it does for a part of the stored text that reads
// as another value at another time. No order can be had of a value that is encoded
// in another one each time.
func (g *gate[T]) keep(d draft[T], after []byte) (to result[T], kept bool, err error) {
	stored, before := d.stored, d.before
	for range 2 {
		merged, err := g.merge(stored, before, after)
		if err != nil {
			return to, false, fmt.Errorf("%w: %w", errCannotWrite, closed(err))
		}
		stored = g.clone(merged)
		value, err := g.decode(stored)
		if err != nil {
			return to, false, nil
		}
		if before, err = g.encode(value, after); err != nil {
			return to, false, nil
		}
		to = result[T]{data: stored, value: value, changed: true}
		if bytes.Equal(before, after) {
			return to, true, nil
		}
	}
	return to, merge.Same(before, after), nil
}

// reread returns the value of a Get after an Update that changed nothing.
func (g *gate[T]) reread(d draft[T]) T {
	var value T
	if d.allocated || !d.found {
		return value
	}
	if trip := g.trip(); trip.Prove || trip.Differs {
		if value, err := g.decode(d.stored); err == nil {
			return value
		}
	}
	return d.value
}

// encode returns the bytes of a value, which no codec and no value holds. They
// are those of known, an earlier encoding, if both are the same.
func (g *gate[T]) encode(value T, known []byte) (data []byte, err error) {
	if refused := g.trip().Refused; refused != nil {
		return nil, &Error{Hint: refused.Hint, Err: fmt.Errorf("%w: %s", errCannotWrite, refused.Reason)}
	}
	if c, ok := g.codec.(typedJSON); ok {
		data, err = c.marshal(&value, known, g.trip().Prove)
	} else {
		data, err = g.codec.Marshal(value)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCannotWrite, closed(err))
	}
	return g.clone(data), nil
}

// decode returns the value of bytes, which it shares with nobody.
func (g *gate[T]) decode(data []byte) (T, error) {
	var value T
	text := g.clone(data)
	if c, ok := g.codec.(typedJSON); ok && g.trip().Prove && c.whole() { // encoding/json hands a part of it to an UnmarshalJSON
		text = bytes.Clone(data)
	}
	if err := g.codec.Unmarshal(text, &value); err != nil {
		var zero T
		return zero, closed(err)
	}
	return value, nil
}

// prove returns the value that a Get makes of the encoded one, or an error if
// that is nothing, or another value.
func (g *gate[T]) prove(data []byte, value T) (T, error) {
	trip := g.trip()
	if !trip.Prove && !trip.Differs {
		return value, nil
	}
	back, err := g.decode(data)
	if err != nil {
		return back, unreadable(trip, fmt.Errorf("it could not be read again: %w", err))
	}
	if trip.Prove && trip.JSON {
		again, err := g.encode(back, data)
		if err != nil || !merge.Same(again, data) {
			return back, unreadable(trip, errors.New("it would come back as another value"))
		}
	}
	return back, nil
}

// unreadable is the error of a value that would not come back.
func unreadable(trip roundtrip.Trip, err error) error {
	hint := "change the value, or use a Codec whose Unmarshal reads what its Marshal writes"
	if trip.Doubt != "" {
		hint = "look at " + trip.Doubt + "; " + roundtrip.LeaveOut
	}
	return &Error{Hint: hint, Err: fmt.Errorf("%w: %w", errCannotWrite, err)}
}
