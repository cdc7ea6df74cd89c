// Package base87 writes bytes as text in 87 printable ASCII characters, 45 bits
// in 7 characters, so that a character carries 6.43 bits where base64 carries 6.
//
// The characters are all of printable ASCII except the space and " & ' < = > \.
// None of the 87 is escaped by JSON, nor by the JSON encoders that make their
// output safe for HTML, and a text of them is literal between the single
// quotes of a shell, of YAML or of a .env file.
package base87

import "errors"

// Alphabet is the 87 characters in the order of their digits, 0 first.
const Alphabet = "!#$%()*+,-./0123456789:;?@" +
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// Base is the number of characters in the Alphabet.
const Base = uint64(len(Alphabet))

const (
	blockBits  = 45 // 2^45 < 87^7
	blockChars = 7
)

// ErrSyntax is the error of Decode for a text that Encode cannot have written.
var ErrSyntax = errors.New("base87: not a base87 text")

// tailChars[b] is the number of characters that hold b bits.
var tailChars = func() (chars [blockBits + 1]int) {
	for bits := range chars {
		for most := uint64(1); most < 1<<bits; most *= Base {
			chars[bits]++
		}
	}
	return chars
}()

// digits is the reverse of Alphabet; 0xff stands for a foreign character.
var digits = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range Alphabet {
		t[Alphabet[i]] = byte(i)
	}
	return t
}()

// Digit returns the place of c in the Alphabet, or false for a foreign character.
func Digit(c byte) (digit int, ok bool) {
	return int(digits[c]), digits[c] != 0xff
}

// EncodedLen returns the number of characters that Encode writes for n bytes.
func EncodedLen(n int) int {
	return n*8/blockBits*blockChars + tailChars[n*8%blockBits]
}

// decodedLen returns the number of bytes held by a text of the given number of
// characters, or false if no number of bytes makes a text of this length.
func decodedLen(chars int) (int, bool) {
	n := chars * blockBits / blockChars / 8
	for n > 0 && EncodedLen(n) > chars {
		n--
	}
	for EncodedLen(n) < chars {
		n++
	}
	return n, EncodedLen(n) == chars
}

// Encode writes src in the Alphabet turned by turn places (0 to 86): digit d
// is the character at place d+turn, counted round the end. The bytes are read
// as one string of bits, the high bit of each byte first; every 45 bits become
// 7 characters, the most significant digit first, and the rest becomes as few
// characters as hold it.
func Encode(src []byte, turn int) string {
	dst := make([]byte, 0, EncodedLen(len(src)))
	var held uint64 // bits not yet written, in the low end
	count := 0      // their number
	for _, b := range src {
		if count+8 < blockBits {
			held, count = held<<8|uint64(b), count+8
			continue
		}
		over := count + 8 - blockBits
		dst = appendDigits(dst, held<<(8-over)|uint64(b)>>over, blockChars, turn)
		held, count = uint64(b)&(1<<over-1), over
	}
	return string(appendDigits(dst, held, tailChars[count], turn))
}

// appendDigits writes value in n digits.
func appendDigits(dst []byte, value uint64, n, turn int) []byte {
	start := len(dst)
	dst = append(dst, "       "[:n]...)
	for i := start + n - 1; i >= start; i-- {
		dst[i] = Alphabet[(value%Base+uint64(turn))%Base]
		value /= Base
	}
	return dst
}

// Decode is the reverse of Encode with the same turn. It returns ErrSyntax for
// a foreign character, a length that no number of bytes has, and digits beyond
// the largest value of their bits; so each value has exactly one text.
func Decode(text string, turn int) ([]byte, error) {
	n, ok := decodedLen(len(text))
	if !ok {
		return nil, ErrSyntax
	}
	dst := make([]byte, 0, n)
	var held uint64 // bits not yet written out, in the low end
	count := 0      // their number
	for left := n * 8; left > 0; {
		size := min(blockBits, left)
		chars := tailChars[size]
		value, ok := parseDigits(text[:chars], turn)
		if !ok || value >= 1<<size {
			return nil, ErrSyntax
		}
		text, left = text[chars:], left-size
		held, count = held<<size|value, count+size // at most 7+45 bits
		for ; count >= 8; count -= 8 {
			dst = append(dst, byte(held>>(count-8)))
		}
		held &= 1<<count - 1
	}
	return dst, nil
}

func parseDigits(text string, turn int) (value uint64, ok bool) {
	for i := range len(text) {
		digit := digits[text[i]]
		if digit == 0xff {
			return 0, false
		}
		value = value*Base + (uint64(digit)+Base-uint64(turn))%Base
	}
	return value, true
}
