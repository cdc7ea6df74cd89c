package coder

// model predicts the next bit of a text from the bits before. It learns from
// every bit, in the decoder as in the encoder; so both know the same.
type model struct {
	*logistic
	*histories
	text []byte // so far

	// where the next byte stands
	document
	last4 uint32 // the last four bytes
	stage uint32 // see setStage
	kind  uint32 // of the token above; 0 outside tokens

	// the byte that is being predicted
	bits  uint32 // its bits so far, after a leading one
	count uint32 // their number

	// what predicts it
	contexts *contextMaps
	repeats  [repeats]*repeat
	columns  [fields]*column
	experts  [fields]*expert
	trust    [guesses][64 * 2]estimate                  // by the record of a guess and the bit guessed
	scaled   [fields][opinions][knowledge * 33]estimate // by what is known of the column and the opinion
	shape    [kinds * 16 * 256]estimate                 // by kind, class of the last byte and bits
	learning []*estimate                                // those that predict the current bit

	// what becomes of the predictions
	in     vector
	mixers [2]mixer
	final  [256][2]int32 // weights of the mixers, in 1/65536, by bits
	mixed  int32         // the logit that they give
	refine []estimate    // by place, bits and logit
	refAt  *estimate
	p      uint32 // probability that the next bit is a one, in 16 bits
}

const (
	repeats = 2                // of different least lengths
	guesses = repeats + fields // predictions of a whole byte
)

// newModel returns a model for a text of at most size bytes.
func newModel(size int) *model {
	histories := newHistories()
	m := &model{
		logistic:  newLogistic(),
		histories: histories,
		text:      make([]byte, 0, size),
		contexts:  newContextMaps(size, histories),
		repeats:   [repeats]*repeat{newRepeat(6), newRepeat(3)},
		bits:      1,
		learning:  make([]*estimate, 0, inputs),
		mixers:    [2]mixer{newMixer(kinds << 8), newMixer(stages << 8)},
		refine:    make([]estimate, places<<8*33),
	}
	for i := range m.columns {
		m.columns[i], m.experts[i] = newColumn(size+1), new(expert)
	}
	m.firstEstimates()
	m.beginDocument()
	return m
}

// firstEstimates fills in what is believed before anything was learnt.
func (m *model) firstEstimates() {
	for i := range m.trust {
		for k := range m.trust[i] {
			// the longer the record of a guess, the surer
			record := uint32(k >> 1)
			p := half + half*(record+1)/(record+3)
			if k&1 == 0 {
				p = 1<<16 - p
			}
			m.trust[i][k] = newEstimate(p, 4)
		}
	}
	for i := range m.scaled {
		for opinion := range m.scaled[i] {
			for k := range m.scaled[i][opinion] {
				m.scaled[i][opinion][k] = newEstimate(m.ofStep(k%33), 8)
			}
		}
	}
	for i := range m.shape {
		m.shape[i] = newEstimate(half, 0)
	}
	for i := range m.final {
		m.final[i] = [2]int32{1 << 15, 1 << 15}
	}
	for i := range m.refine {
		m.refine[i] = newEstimate(m.ofStep(i%33), 6)
	}
}

// beginDocument forgets the place in the text, not what was learnt.
func (m *model) beginDocument() {
	m.document.reset()
	for i := range fields {
		m.columns[i].reset()
		m.experts[i].live = false
	}
	m.setContexts()
	m.predict()
}

// learn takes the bit that followed and predicts the next one.
func (m *model) learn(bit uint32) {
	m.learnMix(bit)
	m.contexts.learn(bit)
	for _, e := range m.learning {
		e.learn(bit)
	}
	m.bits = m.bits<<1 | bit
	m.count++
	switch m.count {
	case 4:
		m.contexts.selectSlots(m.bits)
	case 8:
		m.nextByte(byte(m.bits))
	}
	m.predict()
}

// nextByte takes a finished byte.
func (m *model) nextByte(b byte) {
	m.bits, m.count = 1, 0
	m.last4 = m.last4<<8 | uint32(b)
	for _, c := range m.columns {
		c.next(m.text, b)
	}
	m.text = append(m.text, b)
	for _, r := range m.repeats {
		r.next(m.text)
	}
	within, madeOf, length := m.inToken, m.madeOf, m.length
	starts := m.document.next(b)
	if within && (starts || !m.inToken) {
		for _, c := range m.columns {
			c.end(kindOf(madeOf, length))
		}
	}
	if starts {
		m.startToken()
	}
	for i, c := range m.columns {
		m.experts[i].next(m.text, b, c, hash(m.field[i], m.numbers))
	}
	m.setContexts()
}

// startToken finds the tokens above the one that begins. Where containers of
// this name had such a token before, the column is theirs alone.
func (m *model) startToken() {
	place, general := len(m.text), m.field[own]
	if m.columns[own].find(m.special) != none {
		m.field[own] = m.special
	}
	for i, c := range m.columns {
		c.start(m.field[i], place)
	}
	m.columns[own].note(general, place)
	m.columns[own].note(m.special, place)
}
