package columns

import "bytes"

// A kind is a kind of value in a column. An object is coded as a record, whose
// keys are those of a shape, or as a map, whose keys are a column; an array as
// an array, whose elements are one column, or as a tuple, with a column for
// each place.
type kind = uint8

const (
	kindNull kind = iota
	kindTrue
	kindFalse
	kindNumber
	kindString
	kindRecord
	kindMap
	kindArray
	kindTuple
	kinds
)

// A node is a value of a parsed document.
type node struct {
	kind kind
	text []byte   // of a number, or of a string between its quotes
	keys [][]byte // of an object, between their quotes
	kids []*node  // of an object or an array
}

// deepest is how deep values may lie within each other.
const deepest = 60

// parse returns the value that a compact JSON text holds, nil if it is not one.
// It takes some texts that are no JSON: the text between two quotes is not looked
// at, nor the order of the characters of a number.
func parse(s []byte) *node {
	p := parser{rest: s}
	n := p.value(0)
	if n == nil || len(p.rest) > 0 {
		return nil
	}
	return n
}

type parser struct {
	rest  []byte
	nodes []node // memory for more
}

func (p *parser) newNode(k kind) *node {
	if len(p.nodes) == 0 {
		p.nodes = make([]node, 128)
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	n.kind = k
	return n
}

// skip skips a word if it comes next.
func (p *parser) skip(word string) bool {
	if len(p.rest) < len(word) || string(p.rest[:len(word)]) != word {
		return false
	}
	p.rest = p.rest[len(word):]
	return true
}

// value returns the next value, or nil if none comes.
func (p *parser) value(deep int) *node {
	switch {
	case deep > deepest:
		return nil
	case p.skip(`"`):
		n := p.newNode(kindString)
		var ok bool
		if n.text, ok = p.string(); !ok {
			return nil
		}
		return n
	case p.skip("{"):
		return p.container(p.newNode(kindRecord), "}", deep)
	case p.skip("["):
		return p.container(p.newNode(kindArray), "]", deep)
	case p.skip("null"):
		return p.newNode(kindNull)
	case p.skip("true"):
		return p.newNode(kindTrue)
	case p.skip("false"):
		return p.newNode(kindFalse)
	}
	size := 0
	for size < len(p.rest) && (p.rest[size]-'0' < 10 || bytes.IndexByte([]byte("+-.eE"), p.rest[size]) >= 0) {
		size++
	}
	if size == 0 {
		return nil
	}
	n := p.newNode(kindNumber)
	n.text, p.rest = p.rest[:size], p.rest[size:]
	return n
}

// container reads the members or the elements of n up to its end.
func (p *parser) container(n *node, end string, deep int) *node {
	if p.skip(end) {
		return n
	}
	for {
		if n.kind == kindRecord {
			if !p.skip(`"`) {
				return nil
			}
			key, ok := p.string()
			if !ok || !p.skip(":") {
				return nil
			}
			n.keys = append(n.keys, key)
		}
		kid := p.value(deep + 1)
		if kid == nil {
			return nil
		}
		n.kids = append(n.kids, kid)
		if p.skip(end) {
			return n
		}
		if !p.skip(",") {
			return nil
		}
	}
}

// string reads a string after its first quote. The bytes below leastText have a
// meaning of their own in the columns of text.
func (p *parser) string() (s []byte, ok bool) {
	for i := 0; i < len(p.rest); i++ {
		switch b := p.rest[i]; {
		case b == '"':
			s, p.rest = p.rest[:i:i], p.rest[i+1:]
			return s, true
		case b == '\\':
			i++
		case int(b) < leastText:
			return nil, false
		}
	}
	return nil, false
}
