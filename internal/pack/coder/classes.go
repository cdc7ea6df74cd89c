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

// isWord reports whether c is part of a word: a letter, a digit, or beyond ASCII.
func isWord(c byte) bool { return classes[c]-1 < classUpper || c >= 0x80 }

// classMask is the bit of a class among those that a token is made of.
var classMask = [16]uint8{
	classDigit: madeOfDigits, classLowerHex: madeOfLowerHex, classLower: madeOfLower,
	classUpperHex: madeOfUpperHex, classUpper: madeOfUpper, classSpace: madeOfSpaces,
	classOther: madeOfOther, classLead: madeOfOther, classTrail: madeOfOther, classEscape: madeOfOther,
}

const (
	madeOfDigits = 1 << iota
	madeOfLowerHex
	madeOfLower
	madeOfUpperHex
	madeOfUpper
	madeOfSpaces
	madeOfOther
)

// The kinds of tokens.
const (
	kindShort = iota // too short to tell
	kindDigits
	kindHex
	kindCapitals // and digits
	kindWords
	kindMixed // digits and letters of both cases, as in base64
	kindOther
	kinds
)

// kindOf tells the kind of a finished token from the classes it is made of and
// its length.
func kindOf(madeOf uint8, length uint32) uint32 {
	const (
		lower = madeOfLowerHex | madeOfLower
		upper = madeOfUpperHex | madeOfUpper
	)
	only := func(classes uint8) bool { return madeOf&^classes == 0 }
	switch {
	case length < 10:
		return kindShort
	case only(madeOfDigits):
		return kindDigits
	case only(madeOfDigits | madeOfLowerHex):
		return kindHex
	case only(madeOfDigits | upper):
		return kindCapitals
	case only(lower | madeOfSpaces):
		return kindWords
	case only(madeOfDigits|lower|upper) && madeOf&madeOfDigits != 0 && madeOf&lower != 0 && madeOf&upper != 0:
		return kindMixed
	}
	return kindOther
}
