package columns

import (
	"math/bits"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// A symbolColumn is a column of numbers below m, numbered in the order of their
// first appearance.
type symbolColumn struct {
	symbols []uint32
	m       int
}

// The modes of a column of symbols: the thing that predicts a symbol.
const (
	symbolAlone   = iota // nothing
	symbolChained        // the one before
	symbolBeside         // the one of the newest column of symbols with as many; then of the two before that
	symbolModes   = symbolBeside + 3
)

// mostContexts bounds the memory of the models of a column: symbols times contexts.
const mostContexts = 1 << 16

// codeSymbols codes n symbols below m.
func (c *codec) codeSymbols(n, m int, v []uint32) []uint32 {
	c.spend(n)
	if c.Reading() {
		v = make([]uint32, n)
	}
	if m <= 1 {
		return v
	}
	mode := uint32(symbolAlone)
	if !c.Reading() {
		mode, _ = c.bestSymbolMode(m, v)
	}
	by := c.predictor(c.symbolMode.Code(c.Coder, 3, mode), n, m)
	ensure(by.contexts > 0)
	c.codeSymbolsBy(c.Coder, by, m, v)
	c.symbols.add(n, symbolColumn{v, m})
	return v
}

// A predictor predicts a symbol.
type predictor struct {
	mode     uint32
	beside   []uint32 // another column, if any
	contexts int      // that there can be; 0 if the mode cannot be
}

func (c *codec) predictor(mode uint32, n, m int) predictor {
	by := predictor{mode: mode, contexts: 1}
	switch {
	case mode == symbolAlone:
		return by
	case mode == symbolChained:
		by.contexts = m
	case mode < symbolModes:
		other, _ := c.symbols.of(n, int(mode-symbolBeside))
		by.beside, by.contexts = other.symbols, other.m
	default:
		by.contexts = 0
	}
	if by.contexts > mostContexts/m {
		by.contexts = 0
	}
	return by
}

// bestSymbolMode codes by each mode that may pay and takes the cheapest.
func (c *codec) bestSymbolMode(m int, v []uint32) (best uint32, cost uint64) {
	const fewest, manyContexts = 9, 8
	cost = 1 << 62
	for mode := range uint32(symbolModes) {
		by := c.predictor(mode, len(v), m)
		if by.contexts == 0 || mode != symbolAlone && (len(v) < fewest || by.contexts > manyContexts*len(v)) {
			continue
		}
		var counter entropy.Coder
		c.codeSymbolsBy(&counter, by, m, v)
		if counter.Cost() < cost {
			best, cost = mode, counter.Cost()
		}
	}
	return best, cost
}

// symbolsCost is the cost of codeSymbols.
func (c *codec) symbolsCost(m int, v []uint32) uint64 {
	if m <= 1 {
		return 0
	}
	_, cost := c.bestSymbolMode(m, v)
	return cost + costParameter
}

// codeSymbolsBy codes symbols. While not all have appeared, a bit says whether
// a new one does, which is the next number.
func (c *codec) codeSymbolsBy(coder *entropy.Coder, by predictor, m int, v []uint32) {
	depth := uint(bits.Len(uint(m - 1)))
	trees := newBits(&c.scratch.trees, by.contexts<<depth)
	var isNew [2]entropy.Bit // by whether the one before was
	seen, wasNew, last := uint32(0), uint32(0), uint32(0)
	for i, symbol := range v {
		context := uint32(0)
		if by.beside != nil {
			context = by.beside[i]
		} else if by.mode == symbolChained {
			context = last
		}
		tree := trees[context<<depth:][:1<<depth]
		now := uint32(0)
		switch {
		case seen == 0:
			now = 1
		case int(seen) < m:
			now = coder.Bit(&isNew[wasNew], bit(symbol == seen))
		}
		if wasNew = now; now == 1 {
			symbol = seen
			seen++
			entropy.Teach(tree, depth, symbol)
		} else {
			symbol = coder.Tree(tree, depth, symbol)
			ensure(symbol < seen)
		}
		v[i], last = symbol, symbol
	}
}
