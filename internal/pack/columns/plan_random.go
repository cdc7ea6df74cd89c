package columns

import (
	"bytes"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// A randomPlan is characters of an alphabet that nothing predicts. Strings of
// one length may have places where always the same character stands, as in a
// UUID, or one of few.
type randomPlan struct {
	alphabet int
	fixed    bool // all strings have one length
	lengths  []int64
	places   []place // of strings of one length
	texts    [][]byte
}

// A place is the characters that stand there; nil for any of the alphabet.
type place struct{ chars []byte }

const mostPlaceChars = 8

func (p *randomPlan) code(c *codec, n, _, _ int) {
	p.alphabet = c.codeAlphabet(p.alphabet)
	p.fixed = c.models.fixed.Code(c.Coder, 1, bit(p.fixed)) == 1
	if p.fixed {
		p.codePlaces(c)
	} else {
		p.lengths = c.codeIntegers(n, p.lengths)
	}
	if c.Reading() {
		p.texts = make([][]byte, n)
	}
	for i := range p.texts {
		length := len(p.places)
		if !p.fixed {
			ensure(p.lengths[i] >= 0 && p.lengths[i] <= int64(c.size))
			length = int(p.lengths[i])
		}
		c.spend(length)
		if c.Reading() {
			p.texts[i] = make([]byte, length)
		}
		p.codeCharacters(c.Coder, p.texts[i])
	}
}

func (p *randomPlan) codePlaces(c *codec) {
	length := int(c.models.length.Code(c.Coder, uint64(len(p.places))))
	c.spend(length)
	if c.Reading() {
		p.places = make([]place, length)
	}
	for i := range p.places {
		chars := p.places[i].chars
		count := int(c.models.place.Code(c.Coder, 4, uint32(len(chars))))
		ensure(count <= mostPlaceChars)
		if c.Reading() {
			chars = make([]byte, count)
		}
		for k := range chars {
			chars[k] = byte(c.models.char.Code(c.Coder, 8, uint32(chars[k])))
		}
		p.places[i].chars = chars
	}
}

// codeCharacters codes the characters of one string.
func (p *randomPlan) codeCharacters(c *entropy.Coder, s []byte) {
	alphabet, digits := alphabets[p.alphabet], &digits[p.alphabet]
	for i := range s {
		var chars []byte
		if p.fixed {
			chars = p.places[i].chars
		}
		if len(chars) == 0 {
			s[i] = alphabet[c.Uniform(uint32(len(alphabet)), uint32(digits[s[i]]))]
			continue
		}
		number := 0
		if !c.Reading() {
			number = bytes.IndexByte(chars, s[i])
		}
		s[i] = chars[c.Uniform(uint32(len(chars)), uint32(number))]
	}
}

func (p *randomPlan) append(out []byte, i int) []byte { return append(out, p.texts[i]...) }

// randomOf returns the plan of strings, or nil if there is none, and the cost of
// their characters.
func randomOf(v [][]byte) (p *randomPlan, cost uint64) {
	total := 0
	p = &randomPlan{fixed: isOneLength(v), texts: v}
	for _, s := range v {
		total += len(s)
		p.lengths = append(p.lengths, int64(len(s)))
	}
	const fewest = 5 // characters, for which it can pay
	if total < fewest*len(v) {
		return nil, 0
	}
	var skip func(int) bool
	if p.fixed {
		p.places = placesOf(v)
		skip = func(i int) bool { return p.places[i].chars != nil }
		for _, place := range p.places {
			cost += uint64(3+8*len(place.chars)) * entropy.CostBit
		}
	}
	a, ok := smallestAlphabet(v, skip)
	if !ok {
		return nil, 0
	}
	p.alphabet = a
	var counter entropy.Coder
	for _, s := range v {
		p.codeCharacters(&counter, s)
	}
	return p, cost + counter.Cost()
}

func isOneLength(v [][]byte) bool {
	for _, s := range v[1:] {
		if len(s) != len(v[0]) {
			return false
		}
	}
	return true
}

// placesOf finds the places of strings of one length where one character
// stands, or few.
func placesOf(v [][]byte) []place {
	const strings = 6 // for each character that a place has
	places := make([]place, len(v[0]))
	for i := range places {
		chars := charactersAt(v, i)
		if len(chars) == 1 || len(chars) <= mostPlaceChars && len(v) > strings*len(chars) {
			places[i].chars = chars
		}
	}
	return places
}

// charactersAt returns the characters that stand at a place, in the order of
// their first appearance.
func charactersAt(v [][]byte, i int) (chars []byte) {
	var seen [256]bool
	for _, s := range v {
		if !seen[s[i]] {
			seen[s[i]] = true
			chars = append(chars, s[i])
		}
	}
	return chars
}
