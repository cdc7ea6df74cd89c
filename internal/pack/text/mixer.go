package text

// opinions is how many predictions are mixed.
const opinions = contexts + 1 // and the repeat

// A mixer weighs the opinions, which are logits. It has many sets of weights,
// of which the place in the text selects one, and it learns from each bit which
// opinions to trust there (by gradient descent on the size of the code).
type mixer struct {
	sets     []weights
	selected uint32
	mixed    int32 // the mixed logit
}

type weights struct {
	of   [opinions]int32 // in 1/65536
	used int32           // bits learnt
}

const firstWeight = 12000

func newMixer(sets int) mixer {
	m := mixer{sets: make([]weights, sets)}
	for i := range m.sets {
		for k := range m.sets[i].of {
			m.sets[i].of[k] = firstWeight
		}
	}
	return m
}

// mix returns the logit by a set of weights.
func (m *mixer) mix(in *[opinions]int32, set uint32) int32 {
	m.selected = set
	sum := int64(0)
	for i, w := range &m.sets[set].of {
		sum += int64(w) * int64(in[i])
	}
	m.mixed = clamp(int32(sum >> 16))
	return m.mixed
}

// learn moves the weights that were used, by the error of their prediction in
// 1/65536. New sets learn six times as fast as old ones.
func (m *mixer) learn(inputs *[opinions]int32, err int32) {
	const slow, fast, aging = 26, 900, 150
	set := &m.sets[m.selected]
	step := int64(err) * int64(slow+fast*aging/(aging+set.used)) >> 4
	set.used++
	w := &set.of
	for i, in := range inputs {
		w[i] += int32((int64(in)*step + 1<<17) >> 18)
	}
}
