package coder

// inputs is the number of predictions that are mixed, as logits, rounded up to
// a multiple of four.
const inputs = 28

type vector [inputs]int32

// A mixer weighs the predictions. It has many sets of weights, of which the
// place in the text selects one, and it learns from each bit which predictions
// to trust there (gradient descent on the coding cost).
type mixer struct {
	sets     []vector // weights in 1/65536
	selected *vector
	used     []int32
	index    int
	out      int32 // logit
}

func newMixer(sets int, weight int32) mixer {
	m := mixer{sets: make([]vector, sets), used: make([]int32, sets)}
	for i := range m.sets {
		for k := range m.sets[i] {
			m.sets[i][k] = weight
		}
	}
	return m
}

// mix predicts with a set of weights.
func (m *mixer) mix(in *vector, set int) int32 {
	m.selected = &m.sets[set]
	m.index = set
	w := m.selected
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

// learn moves the weights by the error of the prediction, in 1/65536.
func (m *mixer) learn(in *vector, err int32) {
	w := m.selected
	n := m.used[m.index]
	e := int64(err) * int64(2*16+10*16*1024/(1024+n)) >> 4
	m.used[m.index]++
	for i := 0; i < inputs; i += 4 {
		w[i] += int32((int64(in[i])*e + 1<<17) >> 18)
		w[i+1] += int32((int64(in[i+1])*e + 1<<17) >> 18)
		w[i+2] += int32((int64(in[i+2])*e + 1<<17) >> 18)
		w[i+3] += int32((int64(in[i+3])*e + 1<<17) >> 18)
	}
}
