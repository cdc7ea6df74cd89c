package coder

// The arithmetic coder narrows an interval [low, high] of 32-bit numbers: the
// part below the split belongs to a one, the rest to a zero. Leading bytes on
// which both ends agree are written out. The code is the shortest string of
// bytes that, followed by zero bytes without end, lies within the last interval.

type interval struct {
	low, high uint32
}

func wholeInterval() interval { return interval{0, ^uint32(0)} }

// split is the last number that belongs to a one of probability p.
func (v *interval) split(p uint32) uint32 {
	return v.low + uint32(uint64(v.high-v.low)*uint64(p)>>16)
}

// narrow keeps the part of the bit.
func (v *interval) narrow(split, bit uint32) {
	if bit == 1 {
		v.high = split
	} else {
		v.low = split + 1
	}
}

// settled reports whether the first byte is the same throughout.
func (v *interval) settled() bool { return (v.low^v.high)>>24 == 0 }

func (v *interval) shift() {
	v.low <<= 8
	v.high = v.high<<8 | 0xff
}

type writer struct {
	interval
	out []byte
}

func (w *writer) write(bit, p uint32) {
	w.narrow(w.split(p), bit)
	for w.settled() {
		w.out = append(w.out, byte(w.low>>24))
		w.shift()
	}
}

// finish writes the last bytes, as few as tell the interval, and returns the code.
func (w *writer) finish() []byte {
	for keep := uint(0); keep <= 32; keep += 8 {
		// the first number from low on of which all but the first keep bits are zero
		rest := uint64(1)<<(32-keep) - 1
		number := (uint64(w.low) + rest) &^ rest
		if number > uint64(w.high) {
			continue
		}
		for ; keep > 0; keep -= 8 {
			w.out = append(w.out, byte(number>>24))
			number <<= 8
		}
		break
	}
	return w.out
}

type reader struct {
	interval
	code   uint32
	in     []byte
	beyond int // zero bytes read after the end
}

func newReader(in []byte) *reader {
	r := &reader{interval: wholeInterval(), in: in}
	for range 4 {
		r.next()
	}
	return r
}

func (r *reader) next() {
	r.code <<= 8
	if len(r.in) == 0 {
		r.beyond++
		return
	}
	r.code |= uint32(r.in[0])
	r.in = r.in[1:]
}

func (r *reader) read(p uint32) (bit uint32) {
	split := r.split(p)
	if r.code <= split {
		bit = 1
	}
	r.narrow(split, bit)
	for r.settled() {
		r.shift()
		r.next()
	}
	return bit
}
