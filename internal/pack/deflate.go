package pack

// mayBeDeflate reports whether data may begin with a DEFLATE stream (RFC 1951),
// judged by its first block without decoding it. It is false for nearly all
// texts that only look like base64, and spares them a decoder of 40 KB.
func mayBeDeflate(data []byte) bool {
	const (
		stored = iota
		fixed
		dynamic
	)
	in := bitReader{data: data}
	in.take(1) // whether it is the last block
	switch in.take(2) {
	case stored:
		const head = 5 // bytes: the 3 bits, filled up, the length and its complement
		return len(data) >= head && data[1] == ^data[3] && data[2] == ^data[4] &&
			len(data)-head >= int(data[1])|int(data[2])<<8
	case fixed:
		return in.hasZeros(7) // the end of the block
	case dynamic:
		return in.mayBeDynamic()
	}
	return false
}

// mayBeDynamic reports whether the head of a dynamic block makes a code.
func (in *bitReader) mayBeDynamic() bool {
	const maxLiterals, maxDistances = 286 - 257, 30 - 1
	const whole = 1 << 7 // of the code, in units of its longest words
	literals, distances, words := in.take(5), in.take(5), in.take(4)+4
	if literals > maxLiterals || distances > maxDistances {
		return false
	}
	used := 0
	for range words {
		if length := in.take(3); length != 0 {
			used += whole >> length
		}
	}
	return used == whole // a single word is not enough: it cannot tell 257 lengths that make a code
}

// bitReader reads the bits of each byte from the low one up. Beyond the end
// are zeros.
type bitReader struct {
	data []byte
	at   int // in bits
}

// take returns the next n bits, the first as the lowest.
func (in *bitReader) take(n int) (number int) {
	for i := range n {
		if in.at>>3 < len(in.data) {
			number |= int(in.data[in.at>>3]>>(in.at&7)&1) << i
		}
		in.at++
	}
	return number
}

// hasZeros reports whether n zeros stand on end in the rest.
func (in *bitReader) hasZeros(n int) bool {
	for zeros := 0; in.at < 8*len(in.data); {
		if zeros++; in.take(1) == 1 {
			zeros = 0
		}
		if zeros == n {
			return true
		}
	}
	return false
}
