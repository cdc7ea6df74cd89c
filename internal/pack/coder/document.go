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
	used    uint8     // classes of the bytes in the token, see kind
	digits  bool      // the last byte was a digit

	word   uint32 // hash of the word so far
	former uint32 // hash of the word before
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
	d.length, d.prefix, d.numbers, d.used = 0, 0, 0, 0
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
		d.used |= classMask[classes[b]]
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
		if d.word != 0 {
			d.former = d.word
		}
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

// place is where in the text the next byte stands, 0 to 6.
func (d *document) place() uint32 {
	switch {
	case !d.inToken:
		return 0
	case d.inString && d.isKey:
		return 1
	case d.inString && d.run > 7:
		return 2
	case d.inString:
		return 3
	case d.isKey:
		return 4
	case d.length == 0:
		return 5
	}
	return 6
}

const places = 7

// classMask is the bit of a class in document.used.
var classMask = [16]uint8{
	classDigit: 1, classLowerHex: 2, classLower: 4, classUpperHex: 8, classUpper: 16,
	classSpace: 32, classOther: 64, classLead: 64, classTrail: 64, classEscape: 64,
}

// kind is what a finished token is made of, told from its length and the
// classes used in it.
func kind(used uint8, length uint32) uint8 {
	switch {
	case length < 10:
		return 0
	case used&^1 == 0:
		return 1 // digits
	case used&^3 == 0:
		return 2 // hexadecimal digits
	case used&^25 == 0:
		return 3 // capitals and digits
	case used&^38 == 0:
		return 4 // words
	case used&96 == 0 && used&1 != 0 && used&6 != 0 && used&24 != 0:
		return 5 // digits and letters of both cases
	}
	return 6
}

const kinds = 7
