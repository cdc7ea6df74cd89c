package coder

// repeat finds the last place where the latest bytes stood before and expects
// the byte that followed there.
type repeat struct {
	least  int // bytes that must agree
	newest [1 << 14]int32
	at     int32  // place expected; none if there is no repeat
	length uint32 // bytes that agree, at most 63
}

func newRepeat(least int) *repeat {
	r := &repeat{least: least, at: none}
	for i := range r.newest {
		r.newest[i] = none
	}
	return r
}

// next takes the last byte of text.
func (r *repeat) next(text []byte) {
	end := len(text)
	if r.at != none && text[r.at] == text[end-1] {
		r.at++
		r.length = min(r.length+1, 63)
	} else {
		r.at, r.length = none, 0
	}
	if end < r.least {
		return
	}
	h := uint32(0)
	for _, b := range text[end-r.least:] {
		h = (h + uint32(b) + 1) * 0x2F0B4C47
	}
	entry := &r.newest[h*0x9E3779B1>>18]
	if r.at == none && *entry != none {
		n := agree(text, int(*entry))
		if n >= r.least {
			r.at, r.length = *entry, uint32(n)
		}
	}
	*entry = int32(end)
}

// agree counts the bytes before place that equal the last bytes of text.
func agree(text []byte, place int) (n int) {
	const enough = 40
	for n < enough && n < place && text[place-1-n] == text[len(text)-1-n] {
		n++
	}
	return n
}
