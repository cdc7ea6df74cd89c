package columns

import (
	"context"

	"github.com/awsjar/awsjar/internal/pack/entropy"
	"github.com/awsjar/awsjar/internal/pack/text"
)

// A codec codes a document, either way. Its functions take the values that are
// written and return the values that are read; a reader passes none.
type codec struct {
	*entropy.Coder
	work
	models

	model   *text.Model // nil until there is text
	inOrder bool        // some columns are text in the order of the document
	pricing bool        // the writer's first pass, which finds the cost of each column as text

	keys     keyTable
	names    int // columns of text
	integers newest[[]int64]
	symbols  newest[symbolColumn]
	strings  newest[*stringColumn] // those by a plan

	// The writer's estimate of the cost of text, in percent of the guess, and
	// whether the other guess would make a difference.
	textPercent uint64
	undecided   bool

	scratch scratch
}

// models are those of the parameters. Each is shared by the whole document, so
// that a choice that is made again and again costs next to nothing.
type models struct {
	kinds, manyKinds, loneKind, kindOrder entropy.Choice
	shapes                                entropy.Number
	keys                                  keyModels

	form, places                         entropy.Choice
	integerMode, integerFlags, reference entropy.Choice
	depth                                entropy.Choice
	divisor, base, slope, first, lone    entropy.Number
	entries                              entropy.Number
	symbolMode                           entropy.Choice

	plan, alphabet, fixed, place, char entropy.Choice
	twin                               entropy.Choice
	length, skeletons                  entropy.Number
}

// scratch is memory for models that last as long as a column.
type scratch struct {
	lengths, trees []entropy.Bit
	residuals      []int64
}

// bits returns n new Bits in the memory of *pool.
func newBits(pool *[]entropy.Bit, n int) []entropy.Bit {
	if cap(*pool) < n {
		*pool = make([]entropy.Bit, n)
	}
	bits := (*pool)[:n]
	clear(bits)
	return bits
}

func newCodec(ctx context.Context, coder *entropy.Coder, size int) *codec {
	c := &codec{Coder: coder, work: newWork(ctx, size), names: firstName, textPercent: cheapText}
	c.keys.init()
	c.integers, c.symbols, c.strings = newest[[]int64]{}, newest[symbolColumn]{}, newest[*stringColumn]{}
	return c
}

// newest are columns by how many values they have, the newest last: those that
// another column of as many values can be coded by.
type newest[column any] map[int][]column

// add makes a column of n values the newest of them.
func (all newest[column]) add(n int, x column) { all[n] = append(all[n], x) }

// drop forgets the newest column of n values.
func (all newest[column]) drop(n int) { all[n] = all[n][:len(all[n])-1] }

// of returns a column of n values, 0 the newest, and whether there is one.
func (all newest[column]) of(n, number int) (x column, ok bool) {
	if columns := all[n]; number < len(columns) {
		return columns[len(columns)-1-number], true
	}
	return x, false
}

// The columns of text that every document has. Others are numbered as they come.
const (
	keyText      = iota // of records
	skeletonText        // of strings
	numberText          // numbers, which the text may repeat
	firstName
)

// name returns the number of a new column of text.
func (c *codec) name() int {
	c.names++
	return c.names - 1
}

// text codes a string of a column.
func (c *codec) text(column int, s []byte) []byte {
	if c.model == nil {
		c.model = text.New()
	}
	return c.model.Code(c.Coder, column, s, c.textByte)
}
