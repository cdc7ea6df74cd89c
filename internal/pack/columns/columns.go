package columns

import (
	"bytes"
	"context"
	"errors"
	"strings"

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
	code, cost, err = encodeDocument(ctx, value)
	if errors.Is(err, ErrCorrupt) { // a value that cannot be columns can be text
		return encodeText(ctx, value)
	}
	return code, cost, err
}

// encodeText codes a value as one text.
func encodeText(ctx context.Context, value []byte) (code []byte, cost Cost, err error) {
	defer recoverStop(&err)
	c := newCodec(ctx, entropy.NewWriter(), len(value))
	c.codeLayout(noLayout)
	c.codeWhole(value)
	return c.Finish(), c.cost(), nil
}

// encodeDocument codes a value as columns. It returns ErrCorrupt if that is not
// possible.
func encodeDocument(ctx context.Context, value []byte) (code []byte, cost Cost, err error) {
	defer recoverStop(&err)
	root, layout := parse(value)
	ensure(root != nil)
	x := build([]*node{root})
	pricing := newCodec(ctx, new(entropy.Coder), len(value))
	pricing.pricing = true
	pricing.codeDocument(x)
	c := newCodec(ctx, entropy.NewWriter(), len(value))
	c.codeLayout(layout)
	ensure(bytes.Equal(c.codeDocument(x), value))
	return c.Finish(), c.cost(), nil
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
	if c.codeLayout(0); c.layout == noLayout {
		return c.codeWhole(nil), c.cost(), nil
	}
	value = c.codeDocument(nil)
	ensure(len(value) == size)
	return value, c.cost(), nil
}

// codeLayout codes the layout.
func (c *codec) codeLayout(l layout) {
	const mostAreCompact = entropy.One - entropy.One/64
	if c.Chance(mostAreCompact, bit(l == compact)) == 0 {
		c.layout = 1 + layout(c.Uniform(uint32(noLayout), uint32(l-1)))
	}
}

// codeDocument codes the columns of a document and the parts that are left for
// its order, and returns the document.
func (c *codec) codeDocument(x *column) (document []byte) {
	x = c.codeColumn(1, x, documentText, 0)
	document = c.codeValue(make([]byte, 0, c.size+64), x, 0)
	if c.layout >= ended {
		document = append(document, '\n')
	}
	return document
}

// codeWhole codes all bytes of a value as texts, each up to a byte of zero or
// to the end.
func (c *codec) codeWhole(value []byte) (whole []byte) {
	rest := string(value)
	for len(whole) <= c.size {
		var text string
		text, rest, _ = strings.Cut(rest, "\x00")
		whole = append(append(whole, c.text(keyText, text)...), 0)
	}
	ensure(len(whole) == c.size+1)
	return whole[:c.size]
}
