package entropy

import "math/bits"

// Tree codes a symbol of that many bits, the highest first, each by the Bit of
// the bits before it. The nodes are t[1:1<<depth].
func (c *Coder) Tree(t []Bit, depth uint, symbol uint32) uint32 {
	node := uint32(1)
	for i := int(depth) - 1; i >= 0; i-- {
		node = node<<1 | c.Bit(&t[node], symbol>>i&1)
	}
	return node - 1<<depth
}

// Teach makes a tree learn a symbol that was coded in another way.
func Teach(t []Bit, depth uint, symbol uint32) {
	node := uint32(1)
	for i := int(depth) - 1; i >= 0; i-- {
		bit := symbol >> i & 1
		t[node].Learn(bit)
		node = node<<1 | bit
	}
}

// A Choice is the model of a parameter of at most 8 bits. It learns, so that a
// choice that is made again and again costs next to nothing.
type Choice [256]Bit

// Code codes a choice of that many bits.
func (m *Choice) Code(c *Coder, depth uint, choice uint32) uint32 {
	return c.Tree(m[:], depth, choice)
}

// lengthBits are enough for the length of a number of 64 bits, 0 to 64.
const lengthBits = 7

// A Number is the model of a parameter of any size.
type Number struct {
	lengths  [1 << lengthBits]Bit
	mantissa Mantissa
}

// Code codes a number.
func (m *Number) Code(c *Coder, number uint64) uint64 {
	length := c.Tree(m.lengths[:], lengthBits, uint32(bits.Len64(number)))
	return m.mantissa.Code(c, uint(min(length, 64)), number)
}

// CodeSigned codes a number with a sign: 0, -1, 1, -2 and so on.
func (m *Number) CodeSigned(c *Coder, number int64) int64 {
	folded := m.Code(c, uint64(number<<1)^uint64(number>>63))
	return int64(folded>>1) ^ -int64(folded&1)
}

// A Mantissa is the model of the bits of numbers whose length is known: the bit
// after the leading one by the length, the rest plain.
type Mantissa [65]Bit

// Code codes a number of that length in bits.
func (m *Mantissa) Code(c *Coder, length uint, number uint64) uint64 {
	if length <= 1 {
		return uint64(length)
	}
	rest := length - 2
	top := 2 | uint64(c.Bit(&m[length], uint32(number>>rest)&1))
	return top<<rest | c.Plain(rest, number&(1<<rest-1))
}
