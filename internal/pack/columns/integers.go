package columns

import (
	"math/bits"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// The modes of a column of integers: the part of each that is coded.
const (
	integerRaw        = iota // the integer
	integerDelta             // the difference to the one before
	integerDelta2            // the difference between that and the difference before
	integerLine              // the distance from a line, first + i*slope
	integerSibling           // the difference to another column of as many
	integerDictionary        // its number among those that occur
)

// siblings is how many of the newest columns of as many values are looked at.
const siblings = 6

// An integerPlan says how a column is coded. The residuals are the rest that
// the mode leaves of each value. They are coded by their length in bits and the
// bits after the leading bit, either with a sign or from the least one on, and
// divided by the number that divides them all.
type integerPlan struct {
	mode      uint32
	reference uint32 // which sibling: 0 is the newest
	signed    bool
	chained   bool // a length is predicted by the one before
	base      int64
	divisor   uint64
	depth     uint // bits of the lengths
	first     int64
	slope     int64
}

// leading is how many values of a mode are coded apart.
func (p *integerPlan) leading(n int) int {
	switch p.mode {
	case integerDelta:
		return min(n, 1)
	case integerDelta2:
		return min(n, 2)
	}
	return 0
}

// codeIntegers codes a column of n integers.
func (c *codec) codeIntegers(n int, v []int64) []int64 {
	v = c.codeNumbersOf(n, v, true)
	if n > 1 {
		c.integers.add(n, v)
	}
	return v
}

func (c *codec) codeNumbersOf(n int, v []int64, mayHaveDictionary bool) []int64 {
	c.spend(n)
	if c.Reading() {
		v = make([]int64, n)
	}
	switch n {
	case 0:
		return v
	case 1:
		v[0] = c.models.lone.CodeSigned(c.Coder, v[0])
		return v
	}
	var p integerPlan
	var entries []int64
	var ids []uint32
	if !c.Reading() {
		p, entries, ids = c.planIntegers(v, mayHaveDictionary)
	}
	p.mode = c.integerMode.Code(c.Coder, 3, p.mode)
	if p.mode == integerDictionary {
		ensure(mayHaveDictionary)
		return c.codeIntegerDictionary(v, entries, ids)
	}
	ensure(p.mode < integerDictionary)
	c.codeIntegerPlan(&p)
	r := c.residuals(&p, v)
	lead := p.leading(n)
	for i := range lead {
		r[i] = c.models.first.CodeSigned(c.Coder, r[i])
	}
	c.codeResiduals(c.Coder, &p, r[lead:])
	if c.Reading() {
		c.restore(&p, r)
	}
	return v
}

func (c *codec) codeIntegerDictionary(v, entries []int64, ids []uint32) []int64 {
	m := int(c.entries.Code(c.Coder, uint64(len(entries))))
	ensure(m > 0 && m <= len(v))
	entries = c.codeNumbersOf(m, entries, false)
	for i, id := range c.codeSymbols(len(v), m, ids) {
		v[i] = entries[id]
	}
	return v
}

func (c *codec) codeIntegerPlan(p *integerPlan) {
	flags := c.integerFlags.Code(c.Coder, 3, bit(p.signed)|bit(p.chained)<<1|bit(p.divisor > 1)<<2)
	p.signed, p.chained = flags&1 != 0, flags&2 != 0
	if flags&4 != 0 {
		p.divisor = c.divisor.Code(c.Coder, p.divisor)
	} else {
		p.divisor = 1
	}
	if !p.signed {
		p.base = c.base.CodeSigned(c.Coder, p.base)
	}
	switch p.mode {
	case integerLine:
		p.slope = c.slope.CodeSigned(c.Coder, p.slope)
		p.first = c.models.first.CodeSigned(c.Coder, p.first)
	case integerSibling:
		p.reference = c.reference.Code(c.Coder, 3, p.reference)
	}
	p.depth = uint(c.depth.Code(c.Coder, 3, uint32(p.depth)))
}

func bit(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// residuals returns the rest that the mode of a plan leaves of each value; a
// reader gets the values back, to fill and restore.
func (c *codec) residuals(p *integerPlan, v []int64) []int64 {
	if c.Reading() {
		return v
	}
	r := append(c.scratch.residuals[:0], v...)
	c.scratch.residuals = r
	switch p.mode {
	case integerDelta:
		differences(r)
	case integerDelta2:
		differences(r)
		differences(r[1:])
	case integerLine:
		for i := range r {
			r[i] -= p.first + int64(i)*p.slope
		}
	case integerSibling:
		sibling, _ := c.integers.of(len(v), int(p.reference))
		for i, x := range sibling {
			r[i] -= x
		}
	}
	return r
}

func differences(r []int64) {
	for i := len(r) - 1; i > 0; i-- {
		r[i] -= r[i-1]
	}
}

func sums(r []int64) {
	for i := 1; i < len(r); i++ {
		r[i] += r[i-1]
	}
}

// restore makes the values of the residuals.
func (c *codec) restore(p *integerPlan, r []int64) {
	switch p.mode {
	case integerDelta:
		sums(r)
	case integerDelta2:
		sums(r[1:])
		sums(r)
	case integerLine:
		for i := range r {
			r[i] += p.first + int64(i)*p.slope
		}
	case integerSibling:
		sibling, ok := c.integers.of(len(r), int(p.reference))
		ensure(ok)
		for i, x := range sibling {
			r[i] += x
		}
	}
}

// codeResiduals codes residuals with models of their own.
func (c *codec) codeResiduals(coder *entropy.Coder, p *integerPlan, r []int64) {
	const mostLengths = 65 // 0 to 64
	chains := 1
	if p.chained {
		chains = mostLengths
	}
	lengths := newBits(&c.scratch.lengths, chains<<p.depth)
	var mantissa entropy.Mantissa
	var signs [mostLengths]entropy.Bit
	length := 0
	for i := range r {
		negative, x := p.split(r[i])
		chain := length
		if !p.chained {
			chain = 0
		}
		length = min(int(coder.Tree(lengths[chain<<p.depth:], p.depth, uint32(bits.Len64(x)))), mostLengths-1)
		x = mantissa.Code(coder, uint(length), x)
		if p.signed && x != 0 {
			negative = coder.Bit(&signs[length], negative)
		}
		if coder.Reading() {
			r[i] = p.join(negative, x)
		}
	}
}

// split turns a residual into its sign and the number coded.
func (p *integerPlan) split(r int64) (negative uint32, x uint64) {
	switch {
	case p.divisor == 0: // only a reader has none yet
	case !p.signed:
		x = uint64(r-p.base) / p.divisor
	case r < 0:
		return 1, uint64(-r) / p.divisor
	default:
		x = uint64(r) / p.divisor
	}
	return 0, x
}

func (p *integerPlan) join(negative uint32, x uint64) int64 {
	r := int64(x * p.divisor)
	switch {
	case !p.signed:
		return r + p.base
	case negative != 0:
		return -r
	}
	return r
}
