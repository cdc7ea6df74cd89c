package pack

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/pack/base87"
)

// A packed text is
//
//	mark (1) format (1) check (4) turn (1) body (any number of characters)
//
// The mark begins no JSON text, no base64 and nothing that Python's repr makes
// of a scalar. The check guards the text, so that damage is found before any
// decoder runs: it is a number modulo the prime checkPrime, in which any change
// of a single character, and any exchange of two neighbours, changes the result.
// The turn says by how many places the alphabet of the body is turned.
const (
	mark       = '^'
	checkChars = 4
	checkStart = 2
	turnAt     = checkStart + checkChars
	bodyStart  = turnAt + 1

	checkPrime  = 57289759 // the largest prime below 87^4
	checkFactor = 31415926
)

// Format characters. None is ever used again for something else.
const (
	formatFlate   = '0'
	formatColumns = '1'
	formatPointer = '@'
)

// templates are sequences of the alphabet that Terraform, CloudFormation and
// others replace in a file.
var templates = [...]string{"${", "%{"}

// sealEnvelope writes body as a packed text. Of the 87 turns it takes the first
// that leaves no template in the text; should every turn leave one, the last.
func sealEnvelope(format byte, body []byte) string {
	const last = int(base87.Base) - 1
	spoilt := spoiltTurns(base87.Encode(body, 0))
	for turn := range last {
		if spoilt[turn] {
			continue
		}
		if text := sealTurned(format, body, turn); !hasTemplate(text) {
			return text
		}
	}
	return sealTurned(format, body, last)
}

func sealTurned(format byte, body []byte, turn int) string {
	rest := string(base87.Alphabet[turn]) + base87.Encode(body, turn)
	return string([]byte{mark, format}) + base87Number(check(format, rest)) + rest
}

// spoiltTurns are the turns that make a template of two neighbours in a body
// that is written without a turn.
func spoiltTurns(body string) (spoilt [base87.Base]bool) {
	const base = int(base87.Base)
	for i := 1; i < len(body); i++ {
		first, _ := base87.Digit(body[i-1])
		second, _ := base87.Digit(body[i])
		for _, template := range templates {
			begin, _ := base87.Digit(template[0])
			end, _ := base87.Digit(template[1])
			if (second-first+base)%base == (end-begin+base)%base {
				spoilt[(begin-first+base)%base] = true
			}
		}
	}
	return spoilt
}

func hasTemplate(text string) bool {
	for _, template := range templates {
		if strings.Contains(text, template) {
			return true
		}
	}
	return false
}

// openEnvelope returns the format and the body of a text that begins with mark.
func openEnvelope(text string) (format byte, body []byte, err error) {
	if len(text) < checkStart {
		return 0, nil, fmt.Errorf("%w: it ends after its mark", ErrCorrupt)
	}
	format = text[1]
	if format != formatFlate && format != formatColumns && format != formatPointer {
		unknown, _ := utf8.DecodeRuneInString(text[1:])
		return 0, nil, &UnknownFormatError{Format: unknown}
	}
	if !checks(text[1:]) {
		return 0, nil, fmt.Errorf("%w: its checksum does not match", ErrCorrupt)
	}
	turn, _ := base87.Digit(text[turnAt])
	body, err = base87.Decode(text[bodyStart:], turn)
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return format, body, nil
}

// lostMark reports whether text is a packed text whose first character was
// changed or removed.
func lostMark(text string) bool {
	_, size := utf8.DecodeRuneInString(text)
	return checks(text) || checks(text[size:])
}

// checks reports whether a packed text without its mark, which may be anything,
// carries the right checksum.
func checks(unmarked string) bool {
	const checkStart, turnAt, bodyStart = checkStart - 1, turnAt - 1, bodyStart - 1
	if len(unmarked) < bodyStart {
		return false
	}
	for i := range len(unmarked) { // first, for most texts end here: the quotes of JSON are no digits
		if _, ok := base87.Digit(unmarked[i]); !ok {
			return false
		}
	}
	return unmarked[checkStart:turnAt] == base87Number(check(unmarked[0], unmarked[turnAt:]))
}

// check is the checksum of the format and of the text after the check.
func check(format byte, rest string) uint64 {
	sum := uint64(format)
	for i := range len(rest) {
		sum = (sum*checkFactor + uint64(rest[i])) % checkPrime
	}
	return sum
}

// base87Number is the check in four digits.
func base87Number(sum uint64) string {
	var text [checkChars]byte
	for i := range text {
		text[checkChars-1-i] = base87.Alphabet[sum%base87.Base]
		sum /= base87.Base
	}
	return string(text[:])
}
