package columns

import (
	"strconv"
	"strings"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// The alphabets of strings of digits and of random characters, the small ones
// first.
var alphabets = [...]string{
	"0123456789",
	"0123456789abcdef",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"abcdefghijklmnopqrstuvwxyz",
	"0123456789abcdefghijklmnopqrstuvwxyz",
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
}

// alphabetOf returns the number of the first alphabet that has all characters of
// some strings, or false if none has.
func alphabetOf(v []string) (number int, ok bool) {
	all := strings.Join(v, "")
next:
	for number, alphabet := range alphabets {
		for i := range len(all) {
			if strings.IndexByte(alphabet, all[i]) < 0 {
				continue next
			}
		}
		return number, true
	}
	return 0, false
}

// codeAlphabet codes the number of an alphabet.
func (c *codec) codeAlphabet(number int) int {
	number = int(c.alphabet.Code(c.Coder, 4, uint32(number)))
	ensure(number < len(alphabets))
	return number
}

// A digitsPlan is numbers written with the characters of an alphabet as digits,
// each with the same number of them; or decimal integers, if that is 0.
type digitsPlan struct {
	alphabet int
	length   int
	numbers  []int64
}

// longestDigits is enough for the 62 bits that a number may have.
const longestDigits = 18

func (p *digitsPlan) number() uint32 { return planDigits }

func (p *digitsPlan) code(c *codec, n, _, _ int) {
	p.length = int(c.length.Code(c.Coder, uint64(p.length)))
	ensure(p.length >= 0 && p.length <= longestDigits)
	if p.length > 0 {
		p.alphabet = c.codeAlphabet(p.alphabet)
	}
	p.numbers = c.codeIntegers(n, p.numbers)
}

func (p *digitsPlan) append(out []byte, i int) []byte {
	if p.length == 0 {
		return strconv.AppendInt(out, p.numbers[i], 10)
	}
	alphabet, rest := alphabets[p.alphabet], uint64(p.numbers[i])
	var digits [longestDigits]byte
	for k := p.length - 1; k >= 0; k-- {
		digits[k] = alphabet[rest%uint64(len(alphabet))]
		rest /= uint64(len(alphabet))
	}
	return append(out, digits[:p.length]...)
}

// digitsOf returns the plan of strings that are numbers, or nil if there is none.
func digitsOf(v []string) *digitsPlan {
	p := &digitsPlan{}
	for _, s := range v {
		units, places, ok := readDecimal(s)
		if !ok || places > 0 {
			return digitsOfOneLength(v)
		}
		p.numbers = append(p.numbers, units)
	}
	return p
}

func digitsOfOneLength(v []string) *digitsPlan {
	const mostBits = 62
	alphabet, ok := alphabetOf(v)
	length := len(v[0])
	if !ok || length == 0 || length > longestDigits ||
		int(entropy.Log(uint32(len(alphabets[alphabet]))))*length > mostBits*entropy.CostBit {
		return nil
	}
	p := &digitsPlan{alphabet: alphabet, length: length}
	for _, s := range v {
		if len(s) != length {
			return nil
		}
		number := int64(0)
		for i := range length {
			number = number*int64(len(alphabets[alphabet])) + int64(strings.IndexByte(alphabets[alphabet], s[i]))
		}
		p.numbers = append(p.numbers, number)
	}
	return p
}

// A randomPlan is characters of an alphabet that nothing predicts.
type randomPlan struct {
	alphabet int
	lengths  []int64
	texts    []string
}

func (p *randomPlan) number() uint32 { return planRandom }

func (p *randomPlan) code(c *codec, n, _, _ int) {
	p.alphabet = c.codeAlphabet(p.alphabet)
	p.lengths = c.codeIntegers(n, p.lengths)
	alphabet := alphabets[p.alphabet]
	p.texts = sized(p.texts, n)
	for i, length := range p.lengths {
		ensure(length >= 0 && length <= int64(c.size))
		c.spend(int(length))
		text := make([]byte, length)
		for k := range text {
			number := 0
			if !c.Reading() {
				number = strings.IndexByte(alphabet, p.texts[i][k])
			}
			text[k] = alphabet[c.Uniform(uint32(len(alphabet)), uint32(number))]
		}
		p.texts[i] = string(text)
	}
}

func (p *randomPlan) append(out []byte, i int) []byte { return append(out, p.texts[i]...) }

// randomOf returns the plan of strings, or nil if there is none, and the cost of
// their characters.
func randomOf(v []string) (p *randomPlan, cost uint64) {
	const fewest = 5 // characters, for which it can pay
	alphabet, ok := alphabetOf(v)
	total := 0
	p = &randomPlan{alphabet: alphabet, texts: v}
	for _, s := range v {
		total += len(s)
		p.lengths = append(p.lengths, int64(len(s)))
	}
	if !ok || total < fewest*len(v) {
		return nil, 0
	}
	return p, uint64(total) * uint64(entropy.Log(uint32(len(alphabets[alphabet]))))
}
