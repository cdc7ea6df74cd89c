package text

import "github.com/awsjar/awsjar/internal/pack/entropy"

// A context is some of what is known about the place of the next byte. Every
// context has its own histories of the bits that followed, and the histories
// have a meaning, which is learnt for each context.

const contexts = 7

type contextMaps struct {
	next     *[256][2]history
	slots    slots
	hashes   [contexts]uint32
	selected [contexts]*slot
	node     int // index in the slots
	meanings [contexts][256]entropy.Bit
}

func newContextMaps(t *histories) contextMaps {
	c := contextMaps{next: &t.next, slots: newSlots(t)}
	for i := range c.meanings {
		c.meanings[i] = t.meaning
	}
	return c
}

// selectSlots selects the slots for the next half of a byte.
func (c *contextMaps) selectSlots(partial uint32) {
	for i, h := range &c.hashes {
		c.selected[i] = c.slots.find(h + partial*0x9E3779B1)
	}
	c.node = 1
}

// predict sets the logits of all contexts; 0 from those that are new.
func (c *contextMaps) predict(to *[opinions]int32, l *logistic) {
	node := c.node & 15
	for i, s := range &c.selected {
		to[i] = 0
		if h := s[node]; h != 0 {
			to[i] = l.stretch(c.meanings[i][h].P())
		}
	}
}

func (c *contextMaps) learn(bit uint32) {
	node := c.node & 15
	for i, s := range &c.selected {
		h := s[node]
		c.meanings[i][h].Learn(bit)
		s[node] = c.next[h][bit&1]
	}
	c.node = c.node<<1 | int(bit)
}

// setContexts computes the contexts of the next byte.
func (m *Model) setContexts() {
	last := m.text[len(m.text)-4:]
	one := uint32(last[3])
	two := one | uint32(last[2])<<8
	three := two | uint32(last[1])<<16
	four := three | uint32(last[0])<<24
	column := uint32(m.column)
	m.contexts.hashes = [contexts]uint32{
		hash(one, column),
		hash(two, 1<<20),
		hash(three, 2<<24),
		hash(four, 3),
		hash(m.word, one|4<<16),
		hash(m.prefix, column+5<<16),
		hash(m.above.expected|one<<9|min(m.above.agreed, 3)<<17, column+6<<16),
	}
	m.contexts.selectSlots(1)
}

// isWord reports whether a byte belongs to a word or a number: letters, digits
// and all beyond ASCII.
func isWord(b byte) bool {
	return b-'0' < 10 || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80
}
