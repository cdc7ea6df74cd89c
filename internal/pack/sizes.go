package pack

import (
	"context"
	"errors"
	"time"

	"github.com/awsjar/awsjar/internal/pack/columns"
)

// Cost is a duration that is counted, not measured.
type Cost = time.Duration

// A Size is the size of a value in a form.
type Size struct {
	Form Form
	Size int           // of the text, measured
	Cost time.Duration // of reading it
}

// Sizes returns the size of a value in each form that can hold it. The ladder of
// FormAuto is in order: plain, flate, dense; python comes last.
func Sizes(ctx context.Context, value []byte) (sizes []Size, err error) {
	if len(value) > MaxValue {
		return nil, &TooLargeError{Size: len(value), Limit: MaxValue}
	}
	if plain := string(value); CanBePlain(plain) {
		sizes = append(sizes, Size{FormPlain, Measure(plain), 0})
	}
	sizes = append(sizes, Size{FormFlate, Measure(encodeFlate(value)), flateCost(len(value))})
	text, cost, err := encodeColumns(ctx, value)
	switch {
	case err == nil:
		sizes = append(sizes, Size{FormDense, Measure(text), cost})
	case !errors.Is(err, columns.ErrTooCostly):
		return nil, err
	}
	return append(sizes, Size{FormPython, Measure(encodeZlib(value)), flateCost(len(value))}), nil
}

// Smallest returns the smallest size of those that Encode may take for a form;
// FormAuto takes none that costs more.
func Smallest(sizes []Size, form Form, cost Cost) (smallest Size, ok bool) {
	for _, s := range sizes {
		allowed := s.Form == form || form == FormAuto && s.Form != FormPython && s.Cost <= cost
		if allowed && (!ok || s.Size < smallest.Size) {
			smallest, ok = s, true
		}
	}
	return smallest, ok
}
