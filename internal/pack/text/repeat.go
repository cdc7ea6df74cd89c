package text

import "github.com/awsjar/awsjar/internal/pack/entropy"

// A repeat is the last place where the latest bytes stood before. It expects the
// byte that followed there. How far it is trusted is learnt for each number of
// bytes that agree.
type repeat struct {
	place    int    // none if nothing is expected
	expected uint32 // the byte there with a leading one, or 0
	length   uint32 // bytes that agree, at most longest
	chances  [longest + 1][2]entropy.Bit
	used     *entropy.Bit // the chance of this bit, or nil
	newest   [1 << repeatBits]int32
}

const (
	none       = -1 // is no place in the text
	repeatBits = 12
	shortest   = 4 // bytes that must agree
	longest    = 63
)

func newRepeat() repeat {
	r := repeat{place: none}
	for length := range r.chances {
		p := uint32(half + half*(length+1)/(length+3))
		r.chances[length] = [2]entropy.Bit{entropy.NewBit(entropy.One-p, 4), entropy.NewBit(p, 4)}
	}
	return r
}

// predict returns the logit of the next bit of the byte expected, or 0 if that
// byte does not begin with the bits of partial, which are so many.
func (r *repeat) predict(partial uint32, known uint, l *logistic) int32 {
	if r.used = nil; r.expected>>(8-known) != partial {
		return 0
	}
	r.used = &r.chances[r.length][r.expected>>(7-known)&1]
	return l.stretch(r.used.P())
}

func (r *repeat) learn(bit uint32) {
	if r.used != nil {
		r.used.Learn(bit)
	}
}

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
	if r.place != none {
		r.expected = uint32(text[r.place]) | 1<<8
	}
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
