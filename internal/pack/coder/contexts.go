package coder

// A context is some of what is known about the place of the next byte. Every
// context has its own histories of the bits that followed, and the histories
// have a meaning, which is learnt for each context and each stage of the text.

const contexts = 14

type contextMaps struct {
	next     *[256][2]history
	slots    slots
	hashes   [contexts]uint32
	selected [contexts]*slot
	node     int // index in the slots
	stage    uint32
	meanings [stages][contexts][256]estimate
}

func newContextMaps(size int, t *histories) *contextMaps {
	// at most 2^19 slots, or 8 MiB
	log := uint32(14)
	for 1<<log < size*8 && log < 19 {
		log++
	}
	c := &contextMaps{next: &t.next, slots: newSlots(log, t)}
	for stage := range c.meanings {
		for i := range c.meanings[stage] {
			c.meanings[stage][i] = t.meaning
		}
	}
	return c
}

// selectSlots selects the slots for the next half of a byte.
func (c *contextMaps) selectSlots(bits uint32) {
	for i, h := range c.hashes {
		c.selected[i] = c.slots.find(h + bits*0x9E3779B1)
	}
	c.node = 1
}

func (c *contextMaps) learn(bit uint32) {
	for i, s := range c.selected {
		h := &s[c.node]
		c.meanings[c.stage][i][*h].learn(bit)
		*h = c.next[*h][bit]
	}
	c.node = c.node<<1 | int(bit)
}

// predict appends the logits of all contexts; 0 from those that are new.
func (c *contextMaps) predict(to []int32, l *logistic) {
	meanings := &c.meanings[c.stage]
	for i, s := range c.selected {
		to[i] = 0
		if h := s[c.node]; h != 0 {
			to[i] = l.stretch(meanings[i][h].p())
		}
	}
}

// The stages of a text: its places, and within strings the kinds of the token above.
const stages = places + kinds

func (m *model) setStage() {
	above := m.columns[own]
	if above.at[0] == none {
		above = m.columns[kin]
	}
	m.stage = m.place()
	if m.stage == inValue {
		m.stage = places + above.kind
	}
	m.kind = 0
	if m.inToken {
		m.kind = above.kind
	}
	m.contexts.stage = m.stage
}

// setContexts computes the contexts of the next byte.
func (m *model) setContexts() {
	m.setStage()
	a, b := m.columns[own], m.columns[kin]
	// the bytes expected by the tokens above, of both columns
	a1, a2 := a.expects(m.text, 0, 0), a.expects(m.text, 1, 0)
	b1, b2 := b.expects(m.text, 0, 0), b.expects(m.text, 1, 0)
	m.contexts.hashes = [contexts]uint32{
		// the last bytes
		hash(m.last4&0xff, 0),
		hash(m.last4&0xffff, 1),
		hash(m.last4&0xffffff, 2),
		// the token so far, alone, after the token before, in its column
		hash(m.prefix, m.before+3),
		hash(m.word, m.last4&0xff|4<<8),
		hash(m.prefix, m.field[own]+5),
		// the tokens above
		hash(a1|b1<<9, 6),
		hash(a1|a2<<9|a.expects(m.text, 0, 1)<<18, m.field[own]+7+a.state()<<8),
		hash(b1|b2<<9|b.expects(m.text, 0, 1)<<18, m.field[kin]+8+b.state()<<8),
		// the place in the token
		hash(m.field[own], m.length+9<<20),
		hash(m.length, m.field[kin]+12),
		// the shape of the text
		hash(m.recent, m.place()+10<<20),
		hash(m.recent&0xffff, min(m.run, 40)|a1<<8|11<<20),
		// the word in its column
		hash(m.word, m.field[kin]+13),
	}
	m.contexts.selectSlots(1)
}
