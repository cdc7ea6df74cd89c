package entropy

import "math/bits"

// CostBit is the cost of one bit in the unit of costs, 1/256 bits.
const CostBit = 256

// Cost returns the cost of the choices so far, of a Coder that counts.
func (c *Coder) Cost() uint64 { return c.cost }

// Log returns about the binary logarithm of n, at least 1, in 1/256: the cost of
// one of n equally likely choices. Between two powers of two it is a straight
// line.
func Log(n uint32) uint32 {
	whole := bits.Len32(n) - 1
	return uint32(whole)*CostBit + uint32(uint64(n)<<8>>whole)&(CostBit-1)
}
