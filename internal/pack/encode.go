package pack

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/awsjar/awsjar/internal/pack/columns"
)

// TooLargeError is the error of Encode for a value that fits in no form allowed.
type TooLargeError struct {
	// Size is the smallest measured size reached, in bytes, or the size of
	// the value if that is beyond MaxValue.
	Size int
	// Limit is the size that was allowed, in bytes.
	Limit int
	// Dense is the cost of reading the value in FormDense, which fits but
	// costs more than is allowed; 0 if it does not fit.
	Dense time.Duration
}

// Error says both sizes in bytes, or the cost.
func (e *TooLargeError) Error() string {
	if e.Dense > 0 {
		return fmt.Sprintf("the value fits into %d bytes, but reading it would take %v of a whole processor", e.Limit, e.Dense.Round(time.Millisecond))
	}
	return fmt.Sprintf("the value takes %d bytes at best, %d are left", e.Size, e.Limit)
}

// The most that a read may cost: the time of a whole processor, counted by the
// work that there is to do. A function with 128 MB of memory takes 14 times as
// long.
const (
	// AutoCost is the most that FormAuto allows.
	AutoCost = 10 * time.Millisecond
	// GetCost is about the cost of a GET of S3 in a function with 128 MB, its
	// latency included. A value that has another place should go there.
	GetCost = 2 * time.Millisecond
	// MostCost is more than any read costs.
	MostCost = 2 * time.Duration(columns.MaxCost)
)

// Limits are bounds on a text. The zero Limits are none, but for AutoCost.
type Limits struct {
	Size int           // measured bytes (see Measure); no limit if <= 0
	Cost time.Duration // of reading in FormAuto; AutoCost if 0
}

// Encode turns a value into a text that is never empty, within the limits.
//
// An empty value, a value that is not text, and a text that would be read back
// as something else are never plain; FormAuto packs them, FormPlain refuses
// them with ErrNotPlain. It returns a *TooLargeError if nothing fits, and the
// error of a context that ends.
func Encode(ctx context.Context, value []byte, form Form, limits Limits) (text string, err error) {
	if len(value) > MaxValue {
		return "", &TooLargeError{Size: len(value), Limit: MaxValue}
	}
	if limits.Cost == 0 {
		limits.Cost = AutoCost
	}
	e := encoding{ctx: ctx, value: value, form: form, limits: limits}
	switch form {
	case FormPlain:
		if !e.tryPlain() {
			return "", ErrNotPlain
		}
	case FormFlate:
		e.try(encodeFlate(value))
	case FormDense:
		err = e.tryDense()
	case FormPython:
		e.try(encodeZlib(value))
	default:
		err = e.tryAll()
	}
	if err != nil {
		return "", err
	}
	return e.result()
}

// An encoding is the texts of a value that were tried.
type encoding struct {
	ctx    context.Context
	value  []byte
	form   Form
	limits Limits

	text  string // the smallest
	size  int    // measured
	dense time.Duration
}

// try reports whether text fits.
func (e *encoding) try(text string) bool {
	if size := Measure(text); e.text == "" || size < e.size {
		e.text, e.size = text, size
	}
	return e.fits()
}

func (e *encoding) fits() bool {
	return e.text != "" && (e.limits.Size <= 0 || e.size <= e.limits.Size)
}

// tryPlain returns false if the value cannot be plain.
func (e *encoding) tryPlain() bool {
	plain := string(e.value)
	if !CanBePlain(plain) {
		return false
	}
	e.try(plain)
	return true
}

// tryAll tries one form after the other, until one fits.
func (e *encoding) tryAll() error {
	if e.tryPlain() && e.fits() {
		return nil
	}
	if flateCost(len(e.value)) <= e.limits.Cost && e.try(encodeFlate(e.value)) {
		return nil
	}
	return e.tryDense()
}

// tryDense tries the columns. A text that fits, but costs too much, is not
// taken and its cost is kept.
func (e *encoding) tryDense() error {
	text, cost, err := encodeColumns(e.ctx, e.value)
	switch {
	case errors.Is(err, columns.ErrTooCostly):
		if e.text == "" {
			e.size = len(e.value)
		}
		return nil
	case err != nil:
		return err
	}
	if e.form == FormAuto && cost > e.limits.Cost {
		if size := Measure(text); e.limits.Size <= 0 || size <= e.limits.Size {
			e.dense = cost
		}
		return nil
	}
	e.try(text)
	return nil
}

func (e *encoding) result() (string, error) {
	if !e.fits() {
		return "", &TooLargeError{Size: e.size, Limit: e.limits.Size, Dense: e.dense}
	}
	return e.text, nil
}
