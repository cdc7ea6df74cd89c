package entropy

import (
	"math/bits"
	"sync"
)

// CostBit is the cost of one bit in the unit of costs, 1/256 bits.
const CostBit = 256

// Cost returns the cost of the choices so far, of a Coder that counts.
func (c *Coder) Cost() uint64 { return c.cost }

// logBits is the precision of the table of logarithms: it holds those of 12 bits.
const logBits = 12

// logarithms are the binary ones of the numbers from 1 to 4096, in 1/256.
type logarithms [1<<logBits + 1]uint32

var tableOfLogs = sync.OnceValue(func() *logarithms {
	table := new(logarithms)
	for i := 1; i < len(table); i++ {
		table[i] = logarithm(uint32(i))
	}
	return table
})

// logarithm squares the number, scaled to lie between 1 and 2, again and again:
// each time that the square reaches 2, the next bit of the logarithm is a one.
func logarithm(n uint32) uint32 {
	whole := bits.Len32(n) - 1
	scaled := uint64(n) << (31 - whole) // 1 is 1<<31
	log := uint32(whole)
	for range 8 {
		scaled = scaled * scaled >> 31
		log <<= 1
		if scaled >= 1<<32 {
			log |= 1
			scaled >>= 1
		}
	}
	return log
}

// of returns the logarithm of n, at least 1.
func (l *logarithms) of(n uint32) uint32 {
	shift := max(bits.Len32(n)-logBits, 0)
	return l[n>>shift] + uint32(shift)*CostBit
}

// Log returns the binary logarithm of n, at least 1, in 1/256: the cost of one
// of n equally likely choices.
func Log(n uint32) uint32 { return tableOfLogs().of(n) }

func (c *Coder) log(n uint32) uint32 {
	if c.logs == nil {
		c.logs = tableOfLogs()
	}
	return c.logs.of(n)
}
