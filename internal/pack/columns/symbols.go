package columns

import (
	"math/bits"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// codeSymbols codes n symbols, numbers below m that are numbered in the order of
// their first appearance. While not all have appeared, a bit says whether a new
// one does, which is the next number.
func (c *codec) codeSymbols(n, m int, v []uint32) []uint32 {
	v = sized(v, n)
	if m <= 1 {
		return v
	}
	c.spend(n)
	depth := uint(bits.Len(uint(m - 1)))
	tree := make([]entropy.Bit, 1<<depth)
	var isNew entropy.Bit
	seen := uint32(0)
	for i, symbol := range v {
		if seen == 0 || int(seen) < m && c.Bit(&isNew, bit(symbol == seen)) == 1 {
			symbol = seen
			seen++
			entropy.Teach(tree, depth, symbol)
		} else {
			symbol = c.Tree(tree, depth, symbol)
			ensure(symbol < seen)
		}
		v[i] = symbol
	}
	return v
}

// symbolsCost guesses the cost of symbols below m: by how often each occurs, and
// some bits to learn that.
func symbolsCost(v []uint32, m int) (cost uint64) {
	const learning = 4 * entropy.CostBit
	counts := make([]uint32, m)
	for _, symbol := range v {
		counts[symbol]++
	}
	for _, count := range counts {
		cost += uint64(count)*uint64(entropy.Log(uint32(len(v)))-entropy.Log(max(count, 1))) + learning
	}
	return cost
}
