package coder

// The predictions that are mixed.
const (
	contexts = 14
	pointers = 4 // two repeats, two columns
	experts  = 4
)

// model predicts the next bit of a text from the bits before.
type model struct {
	*logistic
	histories *histories
	document
	text    []byte
	columns [fields]*column
	repeats [2]*repeat
	experts [fields]expert

	bits  uint32 // bits of the current byte after a leading one
	count uint32 // their number
	last4 uint32 // the last four bytes

	slots    slots
	hashes   [contexts]uint32
	current  [contexts]*slot
	node     int                                  // index in the slots
	meanings [meaningSets][contexts][256]estimate // what the histories of a context mean
	group    uint32
	trust    [pointers][1024]estimate
	trusted  [pointers]*estimate // those that predict the current bit
	scaled   [experts][8 * 33]estimate
	heard    [experts]*estimate
	direct   [kinds * 16 * 256]estimate
	directAt *estimate

	in     vector
	mixers [nMix]mixer
	final  [256][nMix]int32
	mixed  int32
	refine []estimate
	refAt  int
	p      uint32
}

const nMix = 3
const (
	rateMixers = 8
	rateFinal  = 2
)

func newModel(size int) *model {
	t := newHistories()
	log := uint32(14)
	for 1<<log < size*8 && log < 19 {
		log++
	}
	m := &model{
		logistic:  newLogistic(),
		histories: t,
		text:      make([]byte, 0, size),
		slots:     newSlots(log, t),
		bits:      1,
	}
	for i := range m.columns {
		m.columns[i] = newColumn(size + 1)
	}
	m.repeats[0], m.repeats[1] = newRepeat(6), newRepeat(3)
	for g := range m.meanings {
		for i := range m.meanings[g] {
			m.meanings[g][i] = t.first
		}
	}
	for i := range m.trust {
		for k := range m.trust[i] {
			n := uint32(k >> 1 & 63)
			p := half + half*(n+1)/(n+3)
			if k&1 == 0 {
				p = 1<<16 - p
			}
			m.trust[i][k] = newEstimate(p, 4)
		}
	}
	for i := range m.experts {
		m.experts[i].spreads = new([256]*spreads)
	}
	for i := range m.scaled {
		for k := range m.scaled[i] {
			m.scaled[i][k] = newEstimate(uint32(m.squash(int32(k%33-16)*176)), 8)
		}
	}
	for i := range m.direct {
		m.direct[i] = newEstimate(half, 0)
	}
	m.mixers[0] = newMixer(256, 7000)
	m.mixers[1] = newMixer(512, 7000)
	m.mixers[2] = newMixer(kinds*8*16, 7000)
	for i := range m.final {
		for k := range nMix {
			m.final[i][k] = 65536 / nMix
		}
	}
	m.refine = make([]estimate, places*256*33)
	for i := range m.refine {
		m.refine[i] = newEstimate(uint32(m.squash(int32(i%33-16)*176)), 6)
	}
	m.beginDocument()
	return m
}

// beginDocument forgets the place in the text, not what was learnt.
func (m *model) beginDocument() {
	m.document.reset()
	for i, c := range m.columns {
		c.reset()
		m.experts[i].live = false
	}
	m.setContexts()
	m.predict()
}

// learn takes the bit that followed and predicts the next one.
func (m *model) learn(bit uint32) {
	m.learnMix(bit)
	for i, s := range m.current {
		h := &s[m.node]
		m.meanings[m.group][i][*h].learn(bit, 255)
		*h = m.histories.next[*h][bit]
	}
	for _, e := range m.trusted {
		if e != nil {
			e.learn(bit, 255)
		}
	}
	m.directAt.learn(bit, 255)
	for _, e := range m.heard {
		if e != nil {
			e.learn(bit, 255)
		}
	}
	m.bits = m.bits<<1 | bit
	m.count++
	m.node = m.node<<1 | int(bit)
	if m.count == 4 {
		m.findSlots()
	}
	if m.count == 8 {
		m.nextByte(byte(m.bits))
	}
	m.predict()
}

func (m *model) learnMix(bit uint32) {
	target := int32(bit << 16)
	err := int64(target-m.squash(m.mixed)) * rateFinal
	final := &m.final[m.bits]
	for i := range m.mixers {
		x := &m.mixers[i]
		x.learn(&m.in, target-m.squash(x.out))
		final[i] += int32((int64(x.out)*err + 1<<17) >> 18)
	}
	m.refine[m.refAt].learn(bit, 255)
}

func (m *model) nextByte(b byte) {
	m.last4 = m.last4<<8 | uint32(b)
	m.bits, m.count = 1, 0
	for _, c := range m.columns {
		c.next(m.text, b)
	}
	m.text = append(m.text, b)
	for _, r := range m.repeats {
		r.next(m.text)
	}
	was, used, length := m.inToken, m.used, m.length
	starts := m.document.next(b)
	if was && (starts || !m.inToken) {
		for _, c := range m.columns {
			c.end(kind(used, length))
		}
	}
	if starts {
		general := m.field[own]
		if m.columns[own].find(m.special) != none {
			m.field[own] = m.special
		} else {
			defer m.columns[own].note(m.special, len(m.text))
		}
		if m.field[own] != general {
			defer m.columns[own].note(general, len(m.text))
		}
		for i, c := range m.columns {
			c.start(m.field[i], len(m.text))
		}
	}
	for i, c := range m.columns {
		m.experts[i].next(m.text, b, c, hash(m.field[i], m.numbers))
	}
	m.setContexts()
}

// setContexts computes what the next byte is predicted from.
func (m *model) setContexts() {
	a, b := m.columns[own], m.columns[kin]
	e1, e2 := a.expects(m.text, 0, 0), a.expects(m.text, 1, 0)
	k1, k2 := b.expects(m.text, 0, 0), b.expects(m.text, 1, 0)
	m.hashes = [contexts]uint32{
		0:  hash(m.last4&0xff, 0),
		1:  hash(m.last4&0xffff, 1),
		2:  hash(m.last4&0xffffff, 2),
		3:  hash(m.last4, 3),
		4:  hash(m.word, m.last4&0xff|0x400),
		5:  hash(m.prefix, m.field[own]+5),
		6:  hash(e1|k1<<9, a.state()|b.state()<<8|6<<20),
		7:  hash(e1|e2<<9|a.expects(m.text, 0, 1)<<18, m.field[own]+7+a.state()<<8),
		8:  hash(k1|k2<<9|b.expects(m.text, 0, 1)<<18, m.field[kin]+8+b.state()<<8),
		9:  hash(m.field[own], m.length+9<<20),
		10: hash(m.recent, m.place()+10<<20),
		11: hash(m.recent&0xffff, min(m.run, 40)|e1<<8|11<<20),
		12: hash(m.length, m.field[kin]+12),
		13: hash(m.word, m.field[kin]+13),
	}
	m.group = m.place()
	k := a.kind
	if a.at[0] == none {
		k = b.kind
	}
	if m.group == 3 {
		m.group = uint32(7 + k)
	}
	m.findSlots()
}

const meaningSets = 14

var groups = [kinds]uint8{0, 1, 2, 2, 0, 2, 0}
var _ = groups

// findSlots selects the slots of all contexts, for the first or the second half
// of a byte.
func (m *model) findSlots() {
	for i, h := range m.hashes {
		m.current[i] = m.slots.find(h + m.bits*0x9E3779B1)
	}
	m.node = 1
}

// expected is the byte that pointer model i expects, with a leading one, and
// how well it did, 0 to 63; 0 if it expects none.
func (m *model) expected(i int) (b, record uint32) {
	if i < 2 {
		if r := m.repeats[i]; r.at != none {
			return uint32(m.text[r.at]) | 256, r.length
		}
		return 0, 0
	}
	c := m.columns[i-2]
	if c.at[0] != none && int(c.at[0]) < len(m.text) {
		return uint32(m.text[c.at[0]]) | 256, c.agreed | c.missed<<4
	}
	return 0, 0
}

// predict computes p, the probability that the next bit is a one.
func (m *model) predict() {
	in := &m.in
	for i, s := range m.current {
		in[i] = 0
		if h := s[m.node]; h != 0 {
			in[i] = m.stretch(m.meanings[m.group][i][h].p())
		}
	}
	k := contexts
	for i := range pointers {
		m.trusted[i] = nil
		in[k] = 0
		if b, record := m.expected(i); b>>(8-m.count) == m.bits {
			e := &m.trust[i][record<<1|b>>(7-m.count)&1|m.count<<7]
			in[k] = m.stretch(e.p())
			m.trusted[i] = e
		}
		k++
	}
	for i := range experts {
		in[k], in[k+1] = 0, 0
		m.heard[i] = nil
		if p, known := m.experts[i>>1].predict(i&1, m.bits, m.count); known > 0 {
			in[k] = m.stretch(p)
			e := &m.scaled[i][int32(known)*33+(in[k]+16*176+88)/176]
			in[k+1] = m.stretch(e.p())
			m.heard[i] = e
		}
		k += 2
	}
	kind := uint32(m.columns[own].kind)
	if m.columns[own].at[0] == none {
		kind = uint32(m.columns[kin].kind)
	}
	if !m.inToken {
		kind = 0
	}
	m.directAt = &m.direct[kind<<12|m.recent&15<<8|m.bits]
	in[k] = m.stretch(m.directAt.p())
	k++
	in[k] = 256
	m.mix(kind)
}

func (m *model) mix(kind uint32) {
	place := m.place()
	selected := [nMix]uint32{m.bits, m.recent&255<<1 | b2u(m.run >= 12), kind<<7 | place<<4 | min(m.repeats[1].length, 15)}
	var sum int64
	for i := range m.mixers {
		sum += int64(m.mixers[i].mix(&m.in, int(selected[i]))) * int64(m.final[m.bits][i])
	}
	m.mixed = clamp(int32(sum >> 16))
	v := min(max(m.mixed+16*176, 0), 32*176-1)
	at := int(m.bits|place<<8)*33 + int(v/176)
	above := v % 176
	p := (int32(m.refine[at].p())*(176-above) + int32(m.refine[at+1].p())*above) / 176
	m.refAt = at
	if above > 88 {
		m.refAt++
	}
	m.p = uint32(min(max((m.squash(m.mixed)+3*p+2)>>2, 1), 1<<16-1))
}

func b2u(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
