package columns

import (
	"strconv"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// An integerTextPlan is decimal integers.
type integerTextPlan struct{ numbers []int64 }

func (p *integerTextPlan) code(c *codec, n, _, _ int) { p.numbers = c.codeIntegers(n, p.numbers) }

func (p *integerTextPlan) append(out []byte, i int) []byte {
	return strconv.AppendInt(out, p.numbers[i], 10)
}

// integersOf returns the integers that strings hold, nil unless all do.
func integersOf(v [][]byte) (numbers []int64) {
	for _, s := range v {
		d, ok := readDecimal(s)
		if !ok || d.places > 0 {
			return nil
		}
		numbers = append(numbers, d.units)
	}
	return numbers
}

// The alphabets of strings of digits and of random characters.
var alphabets = [...]string{
	"0123456789",
	"0123456789abcdef",
	"0123456789ABCDEF",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"abcdefghijklmnopqrstuvwxyz",
	"0123456789ABCDEFGHJKMNPQRSTVWXYZ",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
	"0123456789abcdefghijklmnopqrstuvwxyz",
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
}

const noDigit = 255

// digits are the places of the characters in each alphabet.
var digits = func() (t [len(alphabets)][256]uint8) {
	for a, alphabet := range alphabets {
		for b := range t[a] {
			t[a][b] = noDigit
		}
		for i := range len(alphabet) {
			t[a][alphabet[i]] = uint8(i)
		}
	}
	return t
}()

// smallestAlphabet returns the smallest alphabet of all bytes of the strings
// but those at the places skipped.
func smallestAlphabet(v [][]byte, skip func(place int) bool) (alphabet int, ok bool) {
	var used [256]bool
	for _, s := range v {
		for i, b := range s {
			if skip == nil || !skip(i) {
				used[b] = true
			}
		}
	}
	best := -1
	for a := range alphabets {
		if covers(a, &used) && (best < 0 || len(alphabets[a]) < len(alphabets[best])) {
			best = a
		}
	}
	return best, best >= 0
}

func covers(alphabet int, used *[256]bool) bool {
	for b, isUsed := range used {
		if isUsed && digits[alphabet][b] == noDigit {
			return false
		}
	}
	return true
}

// codeAlphabet codes the number of an alphabet.
func (c *codec) codeAlphabet(number int) int {
	number = int(c.alphabet.Code(c.Coder, 4, uint32(number)))
	ensure(number < len(alphabets))
	return number
}

// A radixPlan is strings of one length as numbers whose digits are an alphabet.
type radixPlan struct {
	alphabet int
	length   int
	numbers  []int64
}

// longestRadix is enough for the 62 bits that a number may have.
const longestRadix = 18

func (p *radixPlan) code(c *codec, n, _, _ int) {
	p.alphabet = c.codeAlphabet(p.alphabet)
	p.length = int(c.models.length.Code(c.Coder, uint64(p.length)))
	ensure(p.length > 0 && p.length <= longestRadix)
	p.numbers = c.codeIntegers(n, p.numbers)
}

func (p *radixPlan) append(out []byte, i int) []byte {
	start := len(out)
	alphabet := alphabets[p.alphabet]
	base := uint64(len(alphabet))
	rest := uint64(p.numbers[i])
	out = append(out, make([]byte, p.length)...)
	for k := len(out) - 1; k >= start; k-- {
		out[k] = alphabet[rest%base]
		rest /= base
	}
	return out
}

// radixOf returns the plan of strings of one length, or nil if there is none.
func radixOf(v [][]byte) *radixPlan {
	const mostBits = 62
	a, ok := smallestAlphabet(v, nil)
	if !ok || len(v[0]) == 0 || len(v[0]) > longestRadix || int(entropy.Log(uint32(len(alphabets[a]))))*len(v[0]) > mostBits*entropy.CostBit {
		return nil
	}
	p := &radixPlan{alphabet: a, length: len(v[0])}
	for _, s := range v {
		number := int64(0)
		for _, b := range s {
			number = number*int64(len(alphabets[a])) + int64(digits[a][b])
		}
		p.numbers = append(p.numbers, number)
	}
	return p
}
