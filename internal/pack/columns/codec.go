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

	layout  layout
	model   *text.Model // nil until there is text
	inOrder bool        // some columns are text in the order of the document
	pricing bool        // the writer's first pass, which finds the cost of each column as text

	keys    []string       // of all records, in the order of their first appearance
	numbers map[string]int // of the keys
	pieces  int            // columns of text that are pieces of others

	// The newest column of so many integers, by which others can be coded.
	integers map[int][]int64
}

// models are those of the parameters. Each is shared by the whole document, so
// that a choice that is made again and again costs next to nothing.
type models struct {
	kinds, manyKinds, tuple entropy.Choice
	shapes, shapeSize       entropy.Number
	knownKey                entropy.Bit

	isDecimal, least, most      entropy.Choice
	integerMode, signed, depth  entropy.Choice
	base, origin, lone, entries entropy.Number
	plan, alphabet              entropy.Choice
	length, skeletons           entropy.Number
}

// sized returns the writer's v, which has n elements, or n new ones for a
// reader, who has none.
func sized[element any](v []element, n int) []element {
	if len(v) == n {
		return v
	}
	return make([]element, n)
}

func newCodec(ctx context.Context, coder *entropy.Coder, size int) *codec {
	return &codec{
		Coder: coder, work: newWork(ctx, size), numbers: map[string]int{},
		integers: map[int][]int64{},
	}
}

// The columns of text, which the model tells apart. The text in the document has
// the name documentText, and that under a key two more for each key; the keys
// of maps have one more than the values.
const (
	keyText      = iota // keys of records
	skeletonText        // skeletons of strings
	documentText
	pieceText = 1 << 15 // the first piece of a string
)

// underKey is the column of text of the values under a key, by its number.
func underKey(number int) int { return documentText + 2 + 2*number }

// text codes a string of a column.
func (c *codec) text(column int, s string) []byte {
	if c.model == nil {
		c.model = text.New()
	}
	return c.model.Code(c.Coder, column, s, c.textByte)
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
