package columns

import (
	"context"
	"errors"
)

// ErrCorrupt is the error of Decode for a code that Encode did not write.
var ErrCorrupt = errors.New("the code is damaged")

// ErrTooCostly is the error of Encode for a value whose reading would take more
// than MaxCost.
var ErrTooCostly = errors.New("reading the value would take too long")

// A Cost is the work of reading a value, counted, in nanoseconds of a processor
// that does a byte of text in 700.
type Cost int

const (
	costText  = 700 // a byte of text, coded bit by bit
	costValue = 25  // a number, a symbol, or another value of a column
	costByte  = 5   // a byte of the value

	// MaxCost is the most work that Decode does, and that Encode lets it have.
	MaxCost Cost = 100_000_000
)

// work bounds the work of a reader by the size that a code claims, and ends it
// with its context. The writer counts in the same way, so that it never writes
// a code that cannot be read.
type work struct {
	ctx       context.Context
	values    int // left
	texts     int // bytes left
	coded     int // bytes of text so far that were coded bit by bit
	size      int
	unchecked int // steps since the context was last looked at
}

// stop is the panic that ends a codec.
type stop struct{ err error }

func newWork(ctx context.Context, size int) work {
	return work{ctx: ctx, values: 4*size + 4096, texts: 2*size + 4096, size: size}
}

// recoverStop ends a codec with the error of the stop.
func recoverStop(err *error) {
	switch r := recover().(type) {
	case nil:
	case stop:
		*err = r.err
	default:
		panic(r)
	}
}

// ensure ends the codec unless ok.
func ensure(ok bool) {
	if !ok {
		panic(stop{ErrCorrupt})
	}
}

// spend takes n values from those left.
func (w *work) spend(n int) {
	ensure(n >= 0 && n <= w.values)
	w.values -= n
	w.step(n)
}

// textByte takes a byte of text; coded is how many were coded bit by bit.
func (w *work) textByte(coded int) {
	ensure(w.texts > 0)
	w.texts--
	w.coded = coded
	if coded*costText > int(MaxCost) {
		panic(stop{ErrTooCostly})
	}
	w.step(1)
}

// step looks at the context every few thousand steps.
func (w *work) step(n int) {
	const often = 2048
	if w.unchecked += n; w.unchecked < often {
		return
	}
	w.unchecked = 0
	if err := context.Cause(w.ctx); err != nil {
		panic(stop{err})
	}
}

// cost is the work done so far.
func (w *work) cost() Cost {
	values := 4*w.size + 4096 - w.values
	return Cost(w.coded*costText + values*costValue + w.size*costByte)
}
