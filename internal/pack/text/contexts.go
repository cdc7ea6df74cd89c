package text

import "github.com/awsjar/awsjar/internal/pack/entropy"

// A context is a part of the knowledge about the place of the next byte. Every
// context has its own histories of the bits that followed, and the histories
// have a meaning, which is learnt for each context.

const contexts = 7

type contextMaps struct {
	next     *[256][2]history
	slots    slots
	hashes   [contexts]uint32
	selected [contexts]uint32 // places of slots
	node     int              // index in the slots
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
	for i, place := range &c.selected {
		to[i] = 0
		if h := c.slots.table[place&(1<<slotBits-1)][node]; h != 0 {
			to[i] = l.stretch(c.meanings[i][h].P())
		}
	}
}

func (c *contextMaps) learn(bit uint32) {
	node := c.node & 15
	for i, place := range &c.selected {
		h := &c.slots.table[place&(1<<slotBits-1)][node]
		c.meanings[i][*h].Learn(bit)
		*h = c.next[*h][bit&1]
	}
	c.node = c.node<<1 | int(bit)
}

// setContexts computes the contexts of the next byte. Each is hashed with a
// number of its own.
func (m *Model) setContexts() {
	const (
		anything = iota
		afterTwo
		afterThree
		wordAndByte
		wordInColumn
		classesInColumn
	)
	text := m.text[len(m.text)-3:]
	one := uint32(text[2])
	two := one | uint32(text[1])<<8
	three := two | uint32(text[0])<<16
	m.contexts.hashes = [contexts]uint32{
		anything,
		hash(one, m.column),
		hash(two, afterTwo<<20),
		hash(three, afterThree<<24),
		hash(m.word, one|wordAndByte<<16),
		hash(m.word, m.column+wordInColumn<<16),
		hash(m.classes, m.column+classesInColumn<<16),
	}
	m.contexts.selectSlots(1)
}

// IsWord reports whether a byte belongs to a word or a number: letters, digits
// and all beyond ASCII.
func IsWord(b byte) bool {
	return IsDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80
}

// classOf returns the class of a byte, of seven.
func classOf(b byte) uint32 {
	switch {
	case IsDigit(b):
		return 0
	case b-'a' < 26:
		return 1
	case b-'A' < 26:
		return 2
	case b >= 0x80:
		return 3
	case b == end:
		return 4
	case b == ' ':
		return 5
	}
	return 6
}

// IsDigit reports whether a byte is a digit.
func IsDigit(b byte) bool { return b-'0' < 10 }
