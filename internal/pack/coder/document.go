package coder

// document follows a JSON text byte by byte and knows where in the tree the
// next byte stands. It takes any bytes; what is not JSON merely predicts badly.
type document struct {
	open     []container
	inToken  bool // within a key or a value
	inString bool
	isKey    bool
	escaped  bool // the last byte was a backslash within a string

	length  uint32    // bytes of the token so far, at most 255
	prefix  uint32    // hash of these bytes
	before  uint32    // hash of the token before this one
	field   [2]uint32 // see startToken
	special uint32    // the own field within containers of this name only
	numbers uint32    // runs of digits in the token so far
	madeOf  uint8     // classes of the bytes in the token, see kindOf
	digits  bool      // the last byte was a digit

	word   uint32 // hash of the word so far
	recent uint32 // classes of the last eight bytes, four bits each
	run    uint32 // length of the run of hexadecimal digits and dashes, at most 63
}

// container is an array or an object that is not closed yet.
type container struct {
	object bool
	key    uint32 // hash of the member's key
	index  uint32 // elements before
	name   uint32 // hash of the key under which the container stands
}

// deepest is the number of containers that are told apart; those within the
// deepest count as part of it.
const deepest = 64

// The two fields of a token. Tokens of the same field form a column, and the
// token above in the column tells much about the next one.
const (
	own = iota // the same key, or the same place in an array
	kin        // any member of containers with this name
	fields
)

func (d *document) reset() {
	*d = document{open: append(d.open[:0], container{})}
}

// startToken is called when the next byte begins a key or a value.
func (d *document) startToken(key bool) {
	c := &d.open[len(d.open)-1]
	depth := uint32(len(d.open)) << 2
	d.before = d.prefix
	d.inToken, d.isKey = true, key
	d.length, d.prefix, d.numbers, d.madeOf = 0, 0, 0, 0
	switch {
	case key:
		d.field[own], d.field[kin] = hash(depth+1, c.key), hash(depth+2, c.name)
	case c.object:
		d.field[own], d.field[kin] = hash(depth+3, c.key), hash(depth, c.name)
	default:
		d.field[own], d.field[kin] = hash(depth+3, min(c.index, 31)), hash(depth, c.name)
	}
	d.special = hash(d.field[own], c.name)
}

// next takes a byte and reports whether the one after it begins a token.
func (d *document) next(b byte) (starts bool) {
	d.nextInText(b)
	if d.inToken {
		d.prefix = hash(d.prefix, uint32(b))
		d.length = min(d.length+1, 255)
		d.madeOf |= classMask[classes[b]]
	}
	if d.digits && !isDigit(b) {
		d.numbers++
	}
	d.digits = isDigit(b)
	if d.inString {
		d.nextInString(b)
		return false
	}
	return d.nextInSyntax(b)
}

// nextInText keeps what does not depend on JSON: classes, runs and words.
func (d *document) nextInText(b byte) {
	class := classes[b]
	d.recent = d.recent<<4 | uint32(class)
	switch {
	case class == classDigit || class == classLowerHex || class == classUpperHex:
		d.run = min(d.run+1, 63)
	case b != '-' || !d.inToken:
		d.run = 0
	}
	if isWord(b) && class != classDigit {
		d.word = hash(d.word, uint32(b|0x20))
	} else {
		d.word = 0
	}
}

func (d *document) nextInString(b byte) {
	switch {
	case d.escaped:
		d.escaped = false
	case b == '\\':
		d.escaped = true
	case b == '"':
		d.inString, d.inToken = false, false
		if d.isKey {
			d.open[len(d.open)-1].key = d.prefix
		}
	}
}

func (d *document) nextInSyntax(b byte) (starts bool) {
	c := &d.open[len(d.open)-1]
	switch b {
	case '"':
		d.inString = true
		if !d.inToken {
			d.startToken(false)
			return true
		}
	case '{', '[':
		name := c.key
		if !c.object {
			name = c.name*31 + 7
		}
		if len(d.open) < deepest {
			d.open = append(d.open, container{object: b == '{', name: name, key: 1})
		}
		d.startToken(b == '{')
		return true
	case '}', ']':
		if len(d.open) > 1 {
			d.open = d.open[:len(d.open)-1]
		}
		d.inToken = false
	case ',':
		c.index++
		d.startToken(c.object)
		return true
	case ':':
		d.startToken(false)
		return true
	}
	return false
}

// The places in the text where the next byte may stand.
const (
	outside  = iota // between tokens
	inKey           // in a string that is a key
	inHex           // in a string, after many hexadecimal digits
	inValue         // in another string
	noKey           // where a key is due
	noValue         // where a value is due
	inScalar        // in a number, true, false or null
	places
)

func (d *document) place() uint32 {
	switch {
	case !d.inToken:
		return outside
	case d.inString && d.isKey:
		return inKey
	case d.inString && d.run > 7:
		return inHex
	case d.inString:
		return inValue
	case d.isKey:
		return noKey
	case d.length == 0:
		return noValue
	}
	return inScalar
}
