package coder

// inputs is the number of predictions that are mixed; a multiple of four.
const inputs = contexts + guesses + opinions*fields + 2

type vector [inputs]int32

// A mixer weighs the predictions, which are logits. It has many sets of
// weights, of which the place in the text selects one, and it learns from each
// bit which predictions to trust there (by gradient descent on the size of the
// code).
type mixer struct {
	sets     []weights
	selected *weights
	out      int32 // the mixed logit
}

type weights struct {
	vector       // in 1/65536
	used   int32 // bits learnt
}

const firstWeight = 5500

func newMixer(sets int) mixer {
	m := mixer{sets: make([]weights, sets)}
	for i := range m.sets {
		for k := range m.sets[i].vector {
			m.sets[i].vector[k] = firstWeight
		}
	}
	return m
}

// mix returns the logit by a set of weights.
func (m *mixer) mix(in *vector, set uint32) int32 {
	m.selected = &m.sets[set]
	w := &m.selected.vector
	var a, b, c, d int64
	for i := 0; i < inputs; i += 4 {
		a += int64(w[i]) * int64(in[i])
		b += int64(w[i+1]) * int64(in[i+1])
		c += int64(w[i+2]) * int64(in[i+2])
		d += int64(w[i+3]) * int64(in[i+3])
	}
	m.out = clamp(int32((a + b + c + d) >> 16))
	return m.out
}

// learn moves the weights that were used, by the error of their prediction in
// 1/65536. New sets learn six times as fast as old ones.
func (m *mixer) learn(in *vector, err int32) {
	const slow, fast, aging = 2 << 4, 10 << 4, 1 << 10
	w := &m.selected.vector
	step := int64(err) * int64(slow+fast*aging/(aging+m.selected.used)) >> 4
	m.selected.used++
	const least = 1 << 17 / (maxLogit + 1) // with a smaller step no weight moves
	if -least <= step && step <= least {
		return
	}
	for i := range w {
		w[i] += int32((int64(in[i])*step + 1<<17) >> 18)
	}
}
