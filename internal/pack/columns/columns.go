package columns

import (
	"bytes"
	"context"
	"errors"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// MaxValue is the size in bytes of the largest value that Encode takes.
const MaxValue = 512 << 10

// Encode returns the code of a value and the cost of reading it. It returns
// ErrTooCostly, or the error of a context that ends.
func Encode(ctx context.Context, value []byte) (code []byte, cost Cost, err error) {
	if len(value) > MaxValue {
		return nil, 0, ErrTooCostly
	}
	if compact, number := compacted(value); number < layouts {
		if root := parse(compact); root != nil {
			code, cost, err = encodeDocument(ctx, value, compact, number, root)
			if !errors.Is(err, ErrCorrupt) { // a value that cannot be columns can be text
				return code, cost, err
			}
		}
	}
	return encodeText(ctx, value)
}

func recoverStop(err *error) {
	switch r := recover().(type) {
	case nil:
	case stop:
		*err = r.err
	default:
		panic(r)
	}
}

// encodeText codes a value as one text.
func encodeText(ctx context.Context, value []byte) (code []byte, cost Cost, err error) {
	defer recoverStop(&err)
	c := newCodec(ctx, entropy.NewWriter(), len(value))
	c.codeLayout(layouts)
	c.codeWhole(value)
	return c.Finish(), c.cost(), nil
}

// How much dearer text is than it seemed when all columns were text differs by
// document: the writer tries both, in percent.
const (
	cheapText = 104
	dearText  = 140
)

// isText reports whether text of a cost is cheaper than something else.
func (c *codec) isText(text, other uint64) bool {
	if text*cheapText < other*100 != (text*dearText < other*100) {
		c.undecided = true
	}
	return text*c.textPercent < other*100
}

// encodeDocument codes a value whose compact form and tree are known.
func encodeDocument(ctx context.Context, value, compact []byte, number int, root *node) (code []byte, cost Cost, err error) {
	defer recoverStop(&err)
	x := build([]*node{root})
	pricing := newCodec(ctx, new(entropy.Coder), len(value))
	pricing.pricing = true
	pricing.codeDocument(x)
	for _, percent := range []uint64{cheapText, dearText} {
		c := newCodec(ctx, entropy.NewWriter(), len(value))
		c.textPercent = percent
		c.codeLayout(number)
		written := c.codeDocument(x)
		if !bytes.Equal(written, compact) {
			return nil, 0, ErrCorrupt
		}
		finished, read := c.Finish(), c.cost()
		muchFaster := read < cost/2 && len(finished) <= len(code)+len(code)/50
		if code == nil || len(finished) < len(code) || muchFaster {
			code, cost = finished, read
		}
		if !c.undecided {
			break
		}
	}
	return code, cost, nil
}

// Decode returns the value of a code, whose size in bytes is known, and the cost
// of reading it. It returns ErrCorrupt, or the error of a context that ends.
func Decode(ctx context.Context, code []byte, size int) (value []byte, cost Cost, err error) {
	if size < 0 || size > MaxValue {
		return nil, 0, ErrCorrupt
	}
	if value, cost, err = decode(ctx, code, size); errors.Is(err, ErrTooCostly) {
		return nil, 0, ErrCorrupt
	}
	return value, cost, err
}

func decode(ctx context.Context, code []byte, size int) (value []byte, cost Cost, err error) {
	defer recoverStop(&err)
	c := newCodec(ctx, entropy.NewReader(code), size)
	number := c.codeLayout(0)
	if number == layouts {
		return c.codeWhole(nil), c.cost(), nil
	}
	value, ok := numbered(number).apply(c.codeDocument(nil), size)
	ensure(ok && len(value) == size)
	return value, c.cost(), nil
}

// codeLayout codes the number of the layout.
func (c *codec) codeLayout(number int) int {
	const mostAreCompact = entropy.One - entropy.One/64
	if c.Chance(mostAreCompact, bit(number == 0)) == 1 {
		return 0
	}
	return 1 + int(c.Uniform(layouts, uint32(number-1)))
}

// codeDocument codes the columns of a document and the parts that are left for
// its order, and returns the document.
func (c *codec) codeDocument(x *column) (document []byte) {
	x.rewind()
	return c.codeValue(make([]byte, 0, c.size+64), c.codeColumns(x))
}

// codeColumns codes the columns of a document.
func (c *codec) codeColumns(x *column) *column {
	name := c.name()
	c.name() // for the keys, if the document is a map
	return c.codeColumn(1, x, name, 0)
}

// codeWhole codes all bytes of a value as texts, each up to a byte of zero or
// to the end.
func (c *codec) codeWhole(value []byte) (whole []byte) {
	rest := value
	for len(whole) <= c.size {
		var text []byte
		if !c.Reading() {
			text, rest, _ = bytes.Cut(rest, []byte{0})
		}
		whole = append(append(whole, c.text(keyText, text)...), 0)
	}
	ensure(len(whole) == c.size+1)
	return whole[:c.size]
}
