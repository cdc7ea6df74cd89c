package coder

// The classes of characters that the contexts tell apart.
const (
	classDigit = iota + 1
	classLowerHex
	classLower
	classUpperHex
	classUpper
	classQuote
	classComma // and colon
	classOpen
	classClose
	classJoin // - . _ +
	classSpace
	classLead  // the first byte of a character beyond ASCII
	classTrail // its other bytes
	classEscape
	classOther
)

var classes = func() (t [256]uint8) {
	for i := range t {
		t[i] = classOther
		if i >= 0x80 {
			t[i] = classTrail
		}
		if i >= 0xc0 {
			t[i] = classLead
		}
	}
	for class, characters := range map[uint8]string{
		classDigit:    "0123456789",
		classLowerHex: "abcdef",
		classLower:    "ghijklmnopqrstuvwxyz",
		classUpperHex: "ABCDEF",
		classUpper:    "GHIJKLMNOPQRSTUVWXYZ",
		classQuote:    `"`,
		classComma:    ",:",
		classOpen:     "{[",
		classClose:    "}]",
		classJoin:     "-._+",
		classSpace:    " ",
		classEscape:   `\`,
	} {
		for i := range characters {
			t[characters[i]] = class
		}
	}
	return t
}()

func isDigit(c byte) bool { return c-'0' < 10 }

// isLetter reports whether c is part of a word: a letter, a digit, or beyond ASCII.
func isWord(c byte) bool { return classes[c]-1 < classUpper || c >= 0x80 }
