package coder

// column follows the token above in the same field while the current token is
// written, and so expects the next byte. Where the two differ it finds its way
// again at the next separator.
type column struct {
	newest [1 << 12]newest // by field
	link   []int32         // start of a token -> start of the token above it
	kinds  []uint8         // start of a token -> its kind
	begun  int             // start of the current token

	at     [2]int32 // place in the token above, and in the one above that; -1 for none
	kind   uint32   // of the token above
	agreed uint32   // bytes predicted right since the last wrong one
	missed uint32   // bytes predicted wrong in this token
	order  uint32   // of the digits so far against those above: see compare
	gap    uint32   // of the last digit that differed
}

// newest is the start of the newest token of a field.
type newest struct {
	field uint32
	start int32
}

const none = -1

func newColumn(size int) *column {
	c := &column{link: make([]int32, size), kinds: make([]uint8, size)}
	c.reset()
	return c
}

func (c *column) reset() { c.at, c.kind = [2]int32{none, none}, 0 }

// find returns the start of the newest token of a field, or none.
func (c *column) find(field uint32) int32 {
	if n := &c.newest[field>>20]; n.field == field && n.start > 0 {
		return n.start
	}
	return none
}

// note makes the token at place the newest of a field.
func (c *column) note(field uint32, place int) {
	c.newest[field>>20] = newest{field, int32(place)}
}

// start begins a token of the field at the given place.
func (c *column) start(field uint32, place int) {
	above := c.find(field)
	c.at, c.kind = [2]int32{above, none}, 0
	if above != none {
		c.at[1], c.kind = c.link[above], uint32(c.kinds[above])
	}
	c.begun = place
	c.link[place] = above
	c.note(field, place)
	c.agreed, c.missed, c.order, c.gap = 0, 0, 0, 0
}

// end notes the kind of a finished token.
func (c *column) end(kind uint32) { c.kinds[c.begun] = uint8(kind) }

// next takes byte b, which text does not hold yet.
func (c *column) next(text []byte, b byte) {
	var expected byte
	if c.at[0] != none && int(c.at[0]) < len(text) {
		expected = text[c.at[0]]
	}
	c.compare(expected, b)
	var right bool
	c.at[0], right = align(text, c.at[0], b)
	c.at[1], _ = align(text, c.at[1], b)
	if right {
		c.agreed = min(c.agreed+1, 15)
	} else {
		c.agreed = 0
		c.missed = min(c.missed+1, 3)
	}
}

// The digits of a number against those of the number above.
const (
	noNumber = iota
	equal
	above
	below
)

func (c *column) compare(expected, b byte) {
	switch {
	case !isDigit(b):
		c.order, c.gap = noNumber, 0
		return
	case b == expected:
		if c.order == noNumber {
			c.order = equal
		}
		if c.order > equal {
			c.gap = 8
		}
		return
	case c.order == equal || c.order == noNumber && expected != 0:
		c.order = above
		if b < expected {
			c.order = below
		}
	}
	c.gap = uint32(min(max(int(b)-int(expected), -3), 3) + 4)
}

// align moves a place in a former token past byte b and reports whether b
// stood there.
func align(text []byte, at int32, b byte) (int32, bool) {
	if at == none || int(at) >= len(text) {
		return none, false
	}
	expected := text[at]
	if expected == b {
		return at + 1, true
	}
	if isWord(b) {
		if isWord(expected) {
			return at + 1, false // one character in place of another
		}
		return at, false // the current part is longer
	}
	const farthest = 48
	for i := int(at); i < min(int(at)+farthest, len(text)); i++ {
		if text[i] == b {
			return int32(i + 1), false // the current part is shorter
		}
	}
	return at, false
}

// expects is the byte that stands ahead places on in the token above (0) or the
// one above that (1), plus one; 0 for none.
func (c *column) expects(text []byte, token int, ahead int32) uint32 {
	at := c.at[token]
	if at == none || int(at+ahead) >= len(text) {
		return 0
	}
	return uint32(text[at+ahead]) + 1
}

// state tells how well the column has done in this token.
func (c *column) state() uint32 { return min(c.agreed, 3) | c.order<<2 | c.gap<<4 }
