package entropy

// A Bit is the chance of a one that is learnt from the bits seen: 22 bits of
// probability above the number of bits seen, which stops at mostSeen. The first
// bits move it far, the later ones less and less. The highest bit is inverted,
// so that the zero Bit is one that has seen nothing: one half.
type Bit uint32

const (
	seenBits = 10
	mostSeen = 127
	inverted = 1 << 31

	// No Bit is ever surer than this, however often it was right.
	leastChance = 32
)

// NewBit returns a Bit of chance p/65536, as sure as if it had seen so many bits.
func NewBit(p, seen uint32) Bit {
	return Bit((min(p, One-1)<<(32-chanceBits) | seen) ^ inverted)
}

// P returns the chance of a one in 1/65536, from 0 to 65535.
func (b Bit) P() uint32 { return uint32(b^inverted) >> (32 - chanceBits) }

// rates are by how much of the distance a Bit moves that has seen i bits, in
// 1/65536: 1/(i+1.5).
var rates = func() (t [mostSeen + 1]int64) {
	for i := range t {
		t[i] = int64(2 * One / (2*i + 3))
	}
	return t
}()

// Learn moves the chance towards the bit that came.
func (b *Bit) Learn(bit uint32) {
	state := uint32(*b ^ inverted)
	seen := state & (1<<seenBits - 1)
	p := int64(state >> seenBits)
	target := int64(bit) * (1<<(32-seenBits) - 1)
	p += (target - p) * rates[seen&mostSeen] >> chanceBits
	if seen < mostSeen {
		seen++
	}
	*b = Bit(uint32(p)<<seenBits|seen) ^ inverted
}

// Bit codes a bit by a chance, which learns from it.
func (c *Coder) Bit(b *Bit, bit uint32) uint32 {
	bit = c.Chance(min(max(b.P(), leastChance), One-leastChance), bit)
	b.Learn(bit)
	return bit
}
