package entropy

// Chances are probabilities in 1/65536. A Coder needs a chance of at least one,
// and at most 65535.
const (
	chanceBits = 16
	One        = 1 << chanceBits // the probability of a certain choice
)

// direction says whether a Coder writes, reads or counts the choices that it is
// given.
type direction uint8

const (
	counting direction = iota // adds up their cost; the zero Coder does
	writing
	reading
)

// A Coder is a range coder as in LZMA, without the byte of zero that LZMA
// begins with: 32 bits of range, renewed by a byte as soon as 24 are left, and
// a low end whose carry is kept back.
type Coder struct {
	direction direction
	width     uint32 // of the interval

	// writing
	low  uint64 // the low end of the interval: 32 bits and the carry
	last byte   // written, but for a carry that may still come
	held int    // bytes not in out yet: last, and 0xff for each further one
	out  []byte

	// reading
	in       []byte
	distance uint32 // of the code from the low end

	cost uint64 // counting: in 1/256 bits
}

// NewWriter returns a Coder that writes.
func NewWriter() *Coder { return &Coder{direction: writing, width: 1<<32 - 1} }

// NewReader returns a Coder that reads the code of another one. Zeros follow
// the end of the code, as many as are asked for: the caller sets the bound.
func NewReader(code []byte) *Coder {
	c := &Coder{direction: reading, width: 1<<32 - 1, in: code}
	for range 4 {
		c.distance = c.distance<<8 | uint32(c.next())
	}
	return c
}

// Reading reports whether the Coder reads.
func (c *Coder) Reading() bool { return c.direction == reading }

// Chance codes one bit, a one with the probability p/65536.
func (c *Coder) Chance(p, bit uint32) uint32 {
	switch c.direction {
	case reading:
		ones := uint32(uint64(c.width) * uint64(p) >> chanceBits)
		if c.distance < ones {
			bit, c.width = 1, ones
		} else {
			bit, c.width, c.distance = 0, c.width-ones, c.distance-ones
		}
	case writing:
		ones := uint32(uint64(c.width) * uint64(p) >> chanceBits)
		if bit != 0 {
			c.width = ones
		} else {
			c.width -= ones
			c.low += uint64(ones)
		}
	default:
		if bit == 0 {
			p = One - p
		}
		c.cost += chanceBits*CostBit - uint64(Log(p))
		return bit
	}
	if c.width < 1<<24 {
		c.renew()
	}
	return bit
}

// MostUniform is the largest number of equally likely choices.
const MostUniform = 1 << 16

// Uniform codes one of n equally likely numbers, from 0 to n-1.
func (c *Coder) Uniform(n, number uint32) uint32 {
	switch c.direction {
	case reading:
		c.width /= n
		number = min(c.distance/c.width, n-1)
		c.distance -= number * c.width
	case writing:
		c.width /= n
		c.low += uint64(number) * uint64(c.width)
	default:
		c.cost += uint64(Log(n))
		return number
	}
	if c.width < 1<<24 {
		c.renew()
	}
	return number
}

// Plain codes the low bits of a number as they are.
func (c *Coder) Plain(bits uint, number uint64) (coded uint64) {
	for bits > 0 {
		piece := min(bits, chanceBits)
		bits -= piece
		coded = coded<<piece | uint64(c.Uniform(1<<piece, uint32(number>>bits)&(1<<piece-1)))
	}
	return coded
}

// renew makes the interval as wide as the next choice needs.
func (c *Coder) renew() {
	for c.width < 1<<24 {
		c.width <<= 8
		if c.direction == reading {
			c.distance = c.distance<<8 | uint32(c.next())
		} else {
			c.shift()
		}
	}
}

func (c *Coder) next() byte {
	if len(c.in) == 0 {
		return 0
	}
	b := c.in[0]
	c.in = c.in[1:]
	return b
}

// shift moves the highest byte of the low end out, or keeps it back while a
// carry may still change it.
func (c *Coder) shift() {
	if c.held == 0 || c.low < 0xff<<24 || c.low >= 1<<32 {
		carry := byte(c.low >> 32)
		if c.held > 0 {
			c.out = append(c.out, c.last+carry)
		}
		for ; c.held > 1; c.held-- {
			c.out = append(c.out, 0xff+carry)
		}
		c.held, c.last = 0, byte(c.low>>24)
	}
	c.held++
	c.low = c.low << 8 & (1<<32 - 1)
}

// Finish returns the code: of all numbers in the interval the one that ends
// with the most zero bytes, without those.
func (c *Coder) Finish() []byte {
	for rest := uint64(1<<32 - 1); ; rest >>= 8 {
		if number := (c.low + rest) &^ rest; number < c.low+uint64(c.width) {
			c.low = number
			break
		}
	}
	for range 5 { // 4 bytes of the low end, and the one kept back
		c.shift()
	}
	end := len(c.out)
	for end > 0 && c.out[end-1] == 0 {
		end--
	}
	return c.out[:end]
}
