package text

import "github.com/awsjar/awsjar/internal/pack/entropy"

// none is no place in the text.
const none = -1

// records is how many records an echo can have of its success.
const (
	records   = 64
	noOpinion = 2 * records
)

// An echo expects the byte that stands at a place of the text before. How far
// it is trusted is learnt for each record of its success.
type echo struct {
	place    int    // none if nothing is expected
	expected uint32 // the byte there with a leading one, or 0
	chances  [noOpinion]entropy.Bit
	used     uint32 // the number of the chance, or noOpinion
}

func newEcho() echo {
	e := echo{place: none}
	for record := range uint32(records) {
		p := uint32(half + half*(record+1)/(record+3))
		e.chances[2*record] = entropy.NewBit(entropy.One-p, 4)
		e.chances[2*record+1] = entropy.NewBit(p, 4)
	}
	return e
}

// look sets the byte that is expected.
func (e *echo) look(text []byte) {
	e.expected = 0
	if e.place >= 0 && e.place < len(text) {
		e.expected = uint32(text[e.place]) | 1<<8
	}
}

// agrees reports whether the byte expected begins with the bits of partial,
// which are that many after a leading one.
func (e *echo) agrees(partial uint32, known uint) bool {
	return e.expected != 0 && e.expected>>(8-known) == partial
}

// predict returns the logit of the next bit of the byte expected, or 0.
func (e *echo) predict(partial uint32, known uint, record uint32, l *logistic) int32 {
	if !e.agrees(partial, known) {
		e.used = noOpinion
		return 0
	}
	e.used = (record<<1 | e.expected>>(7-known)&1) % noOpinion
	return l.stretch(e.chances[e.used].P())
}

func (e *echo) learn(bit uint32) {
	if e.used < noOpinion {
		e.chances[e.used].Follow(bit)
	}
}

// A repeat finds the last place where the latest bytes stood before.
type repeat struct {
	echo
	length uint32 // bytes that agree, at most longest
	newest [1 << repeatBits]int32
}

const (
	repeatBits = 12
	shortest   = 4 // bytes that must agree
	longest    = records - 1
)

// note makes the end of the text a place to be found, and returns the place
// that was found before by the same bytes.
func (r *repeat) note(text []byte) (before int) {
	last := text[len(text)-shortest:]
	key := uint32(last[3]) | uint32(last[2])<<8 | uint32(last[1])<<16 | uint32(last[0])<<24
	entry := &r.newest[hash(key, 99)>>(32-repeatBits)]
	before = int(*entry)
	*entry = int32(len(text))
	return before
}

// next takes the last byte of text.
func (r *repeat) next(text []byte) {
	if r.place >= 0 && text[r.place] == text[len(text)-1] {
		r.place++
		r.length = min(r.length+1, longest)
	} else {
		r.forget()
	}
	if before := r.note(text); r.place == none && before > 0 {
		if n := agreeing(text, before); n >= shortest {
			r.place, r.length = before, uint32(n)
		}
	}
	r.look(text)
}

func (r *repeat) forget() { r.place, r.length, r.expected = none, 0, 0 }

// agreeing counts the bytes before place that equal the last bytes of text.
func agreeing(text []byte, place int) (n int) {
	const enough = 40
	for n < enough && n < place && text[place-1-n] == text[len(text)-1-n] {
		n++
	}
	return n
}

// An above is the echo of the string above, the last one of the same column.
type above struct {
	echo
	agreed uint32 // bytes since the last one that differed, at most 15
	missed uint32 // bytes that differed, at most 3
}

// record is its success in this string.
func (a *above) record() uint32 { return a.agreed | a.missed<<4 }

// begin begins a string whose string above stands at a place, or none.
func (a *above) begin(text []byte, place int) {
	a.place, a.agreed, a.missed = place, 0, 0
	a.look(text)
}

// next takes the last byte of text.
func (a *above) next(text []byte) {
	b := text[len(text)-1]
	if a.expected == uint32(b)|1<<8 {
		a.place++
		a.agreed = min(a.agreed+1, 15)
	} else {
		a.place = realigned(text, a.place, b)
		a.agreed, a.missed = 0, min(a.missed+1, 3)
	}
	a.look(text)
}

// realigned is the place in the string above after a byte that it did not
// expect: a word or a number may be longer or shorter than the one above it,
// and what follows it stands for the same again.
func realigned(text []byte, place int, b byte) int {
	if place < 0 {
		return none
	}
	if IsWord(b) {
		if IsWord(text[place]) {
			return place + 1
		}
		return place
	}
	const far = 48
	for i := place; i < min(place+far, len(text)) && text[i] != end; i++ {
		if text[i] == b {
			return i + 1
		}
	}
	return place
}
