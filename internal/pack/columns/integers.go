package columns

import (
	"math"
	"math/bits"
	"slices"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// The modes of a column of integers: the part of each that is coded, which is
// called its residual.
const (
	integerRaw        = iota // the integer
	integerDelta             // the difference to the one before
	integerDelta2            // the difference between that and the difference before
	integerSibling           // the difference to the newest column of as many
	integerDictionary        // its number among those that occur
)

// An integerPlan says how a column is coded. Residuals are coded by their length
// in bits and the bits after the leading bit, either with a sign or from the
// least one on.
type integerPlan struct {
	mode    uint32
	signed  bool
	base    int64    // the least residual, unless they have signs
	depth   uint     // bits of the lengths
	origins [2]int64 // the integer, and the difference, before the first one
}

// differences is how often the mode takes differences.
func (p *integerPlan) differences() int {
	if p.mode == integerDelta || p.mode == integerDelta2 {
		return int(p.mode)
	}
	return 0
}

// codeIntegers codes a column of n integers.
func (c *codec) codeIntegers(n int, v []int64) []int64 {
	v = c.codeIntegersBy(n, v, true)
	if n > 1 {
		c.integers[n] = v
	}
	return v
}

func (c *codec) codeIntegersBy(n int, v []int64, mayHaveDictionary bool) []int64 {
	c.spend(n)
	v = sized(v, n)
	if n == 1 {
		v[0] = c.lone.CodeSigned(c.Coder, v[0])
	}
	if n <= 1 {
		return v
	}
	var p integerPlan
	if !c.Reading() {
		p, _ = c.planIntegers(v, mayHaveDictionary)
	}
	p.mode = c.integerMode.Code(c.Coder, 3, p.mode)
	if p.mode == integerDictionary {
		ensure(mayHaveDictionary)
		return c.codeIntegerDictionary(v)
	}
	ensure(p.mode < integerDictionary)
	c.codeIntegerPlan(&p)
	r := v
	if !c.Reading() {
		r = c.residuals(&p, v)
	}
	c.codeResiduals(&p, r)
	if c.Reading() {
		c.restore(&p, v)
	}
	return v
}

func (c *codec) codeIntegerDictionary(v []int64) []int64 {
	var entries []int64
	var ids []uint32
	if !c.Reading() {
		entries, ids = numbered(v)
	}
	m := int(c.entries.Code(c.Coder, uint64(len(entries))))
	ensure(m > 0 && m <= len(v))
	entries = c.codeIntegersBy(m, entries, false)
	for i, id := range c.codeSymbols(len(v), m, ids) {
		v[i] = entries[id]
	}
	return v
}

func (c *codec) codeIntegerPlan(p *integerPlan) {
	p.signed = c.signed.Code(c.Coder, 1, bit(p.signed)) == 1
	if !p.signed {
		p.base = c.base.CodeSigned(c.Coder, p.base)
	}
	for i := range p.differences() {
		p.origins[i] = c.origin.CodeSigned(c.Coder, p.origins[i])
	}
	p.depth = uint(c.depth.Code(c.Coder, 3, uint32(p.depth)))
}

// residuals finds the parameters of a mode and returns what it leaves of each
// value.
func (c *codec) residuals(p *integerPlan, v []int64) []int64 {
	r := slices.Clone(v)
	for k := range p.differences() {
		p.origins[k] = 2*r[0] - r[1] // the first difference is the same as the second
		for i := len(r) - 1; i > 0; i-- {
			r[i] -= r[i-1]
		}
		r[0] -= p.origins[k]
	}
	if p.mode == integerSibling {
		for i, x := range c.integers[len(v)] {
			r[i] -= x
		}
	}
	return r
}

// restore makes the values of the residuals.
func (c *codec) restore(p *integerPlan, r []int64) {
	for k := p.differences() - 1; k >= 0; k-- {
		r[0] += p.origins[k]
		for i := 1; i < len(r); i++ {
			r[i] += r[i-1]
		}
	}
	if p.mode == integerSibling {
		sibling := c.integers[len(r)]
		ensure(sibling != nil)
		for i, x := range sibling {
			r[i] += x
		}
	}
}

// codeResiduals codes residuals with models of their own.
func (c *codec) codeResiduals(p *integerPlan, r []int64) {
	var lengths, signs [1 << 7]entropy.Bit
	var mantissa entropy.Mantissa
	for i := range r {
		negative, x := p.split(r[i])
		length := c.Tree(lengths[:], p.depth, uint32(bits.Len64(x)))
		x = mantissa.Code(c.Coder, uint(min(length, 64)), x)
		if p.signed && x != 0 {
			negative = c.Bit(&signs[length], negative)
		}
		if r[i] = int64(x) + p.base; negative == 1 {
			r[i] = -int64(x)
		}
	}
}

// split turns a residual into its sign and the number coded.
func (p *integerPlan) split(r int64) (negative uint32, x uint64) {
	if p.signed && r < 0 {
		return 1, uint64(-r)
	}
	return 0, uint64(r - p.base)
}

// planIntegers finds the cheapest plan of at least two integers and guesses its
// cost.
func (c *codec) planIntegers(v []int64, mayHaveDictionary bool) (best integerPlan, cost uint64) {
	cost = math.MaxUint64
	for mode := range uint32(integerDictionary) {
		if mode == integerSibling && c.integers[len(v)] == nil {
			continue
		}
		p := integerPlan{mode: mode}
		r := c.residuals(&p, v)
		for _, p.signed = range []bool{false, true} {
			if guess := p.settle(r); guess < cost {
				best, cost = p, guess
			}
		}
	}
	const fewest = 9 // values, for which a dictionary can pay
	if !mayHaveDictionary || len(v) < fewest {
		return best, cost
	}
	entries, ids := numbered(v)
	if len(entries) > len(v)/2 {
		return best, cost
	}
	if other := symbolsCost(ids, len(entries)) + c.integersCost(entries, false); other < cost {
		best.mode, cost = integerDictionary, other
	}
	return best, cost
}

// costParameter is the cost of a parameter, or nearly.
const costParameter = 6 * entropy.CostBit

// settle finds the parameters that follow from the residuals, and guesses the
// cost of all.
func (p *integerPlan) settle(r []int64) (cost uint64) {
	p.base = 0
	if !p.signed {
		p.base = slices.Min(r)
		cost += costParameter + lengthCost(p.base)
	}
	lengths := make([]uint32, len(r))
	longest := 0
	for i := range r {
		_, x := p.split(r[i])
		length := bits.Len64(x)
		lengths[i], longest = uint32(length), max(longest, length)
		cost += uint64(max(length-1, 0)) * entropy.CostBit
		if p.signed && x != 0 {
			cost += entropy.CostBit
		}
	}
	p.depth = uint(bits.Len(uint(longest)))
	cost += symbolsCost(lengths, longest+1)
	for _, origin := range p.origins[:p.differences()] {
		cost += costParameter + lengthCost(origin)
	}
	return cost + costParameter
}

// integersCost guesses the cost of codeIntegers.
func (c *codec) integersCost(v []int64, mayHaveDictionary bool) (cost uint64) {
	if len(v) == 1 {
		return costParameter + lengthCost(v[0])
	}
	_, cost = c.planIntegers(v, mayHaveDictionary)
	return cost
}

func lengthCost(x int64) uint64 {
	return uint64(bits.Len64(uint64(max(x, -x)))) * entropy.CostBit
}
