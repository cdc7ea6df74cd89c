package coder

// guess returns the byte that a repeat or a column expects, with a leading one,
// and its record, 0 to 63; the byte is 0 if none is expected.
func (m *model) guess(i int) (b, record uint32) {
	if i < repeats {
		if r := m.repeats[i]; r.at != none {
			return uint32(m.text[r.at]) | 256, r.length
		}
		return 0, 0
	}
	c := m.columns[i-repeats]
	if c.at[0] == none || int(c.at[0]) >= len(m.text) {
		return 0, 0
	}
	return uint32(m.text[c.at[0]]) | 256, c.agreed | c.missed<<4
}

// predict computes p.
func (m *model) predict() {
	in := m.in[:]
	m.contexts.predict(in, m.logistic)
	in = in[contexts:]
	m.learning = m.learning[:0]
	for i := range guesses {
		in[i] = 0
		if b, record := m.guess(i); b>>(8-m.count) == m.bits {
			in[i] = m.ask(&m.trust[i][record<<1|b>>(7-m.count)&1])
		}
	}
	in = in[guesses:]
	for i, e := range m.experts {
		for opinion := range opinions {
			in[i*opinions+opinion] = 0
			if p, known := e.predict(opinion, m.bits, m.count); known > 0 {
				in[i*opinions+opinion] = m.ask(&m.scaled[i][opinion][known*33+nearestStep(m.stretch(p))])
			}
		}
	}
	in = in[fields*opinions:]
	in[0] = m.ask(&m.shape[m.kind<<12|m.recent&15<<8|m.bits])
	in[1] = 1 << 8 // always the same: its weight is learnt as a bias
	m.mix()
}

// ask returns the logit of an estimate and notes that it is to learn.
func (m *model) ask(e *estimate) int32 {
	m.learning = append(m.learning, e)
	return m.stretch(e.p())
}

// A map from logits to estimates has 33 steps, one every 176/256.
const (
	stepSize = 176
	lastStep = 32
)

// ofStep is the probability of the logit of a step.
func (l *logistic) ofStep(step int) uint32 {
	return uint32(l.squash(int32(step-lastStep/2) * stepSize))
}

// nearestStep is the step nearest to a logit.
func nearestStep(logit int32) uint32 {
	return uint32(logit+lastStep/2*stepSize+stepSize/2) / stepSize
}

// mix makes one probability of the predictions: two mixers, a mixer of both,
// and an estimate of what really happens when they say so.
func (m *model) mix() {
	final := &m.final[m.bits]
	sum := int64(m.mixers[0].mix(&m.in, m.kind<<8|m.bits)) * int64(final[0])
	sum += int64(m.mixers[1].mix(&m.in, m.stage<<8|m.recent&0xff)) * int64(final[1])
	m.mixed = clamp(int32(sum >> 16))

	// between two steps of the map, the nearer of which will learn
	at := min(max(m.mixed+lastStep/2*stepSize, 0), lastStep*stepSize-1)
	steps := m.refine[(m.bits|m.place()<<8)*33+uint32(at/stepSize):][:2]
	part := uint32(at % stepSize)
	refined := (steps[0].p()*(stepSize-part) + steps[1].p()*part) / stepSize
	m.refAt = &steps[0]
	if part > stepSize/2 {
		m.refAt = &steps[1]
	}
	m.p = min(max((uint32(m.squash(m.mixed))+3*refined+2)>>2, 1), 1<<16-1)
}

func (m *model) learnMix(bit uint32) {
	const rate = 2
	target := int32(bit << 16)
	err := int64(target-m.squash(m.mixed)) * rate
	final := &m.final[m.bits]
	for i := range m.mixers {
		x := &m.mixers[i]
		x.learn(&m.in, target-m.squash(x.out))
		final[i] += int32((int64(x.out)*err + 1<<17) >> 18)
	}
	m.refAt.learn(bit)
}
