package columns

import (
	"encoding/json"
	"strings"
)

// A kind is a kind of value in a column. An object is coded as a record, whose
// keys are those of a shape, or as a map, whose keys are a column; an array as
// an array, whose elements are one column, or as a tuple, with a column for
// each place.
type kind uint8

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
	text string   // of a number, or of a string between its quotes
	keys []string // of an object, between their quotes
	kids []*node  // of an object or an array
}

// deepest is how deep values may lie within each other.
const deepest = 60

// parse returns the value that a JSON text holds and the guess of its layout,
// or nil if it is not one.
func parse(value []byte) (*node, layout) {
	if !json.Valid(value) {
		return nil, noLayout
	}
	p := parser{rest: string(value)}
	root := p.value(0)
	return root, layoutOf(value, p.spaced)
}

// A parser takes valid JSON apart.
type parser struct {
	rest   string
	spaced bool   // there is white space
	nodes  []node // memory for more
}

// value returns the next value.
func (p *parser) value(deep int) *node {
	ensure(deep <= deepest)
	if len(p.nodes) == 0 {
		p.nodes = make([]node, 128)
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	switch p.peek() {
	case '{':
		n.kind = kindRecord
		p.container(n, '}', deep)
	case '[':
		n.kind = kindArray
		p.container(n, ']', deep)
	case '"':
		n.kind, n.text = kindString, p.string()
	case 'n':
		n.kind = kindNull
		p.take(len("null"))
	case 't':
		n.kind = kindTrue
		p.take(len("true"))
	case 'f':
		n.kind = kindFalse
		p.take(len("false"))
	default:
		size := 0
		for size < len(p.rest) && strings.IndexByte("0123456789.-+eE", p.rest[size]) >= 0 {
			size++
		}
		n.kind, n.text = kindNumber, p.take(size)
	}
	return n
}

// container reads the members or the elements of n up to its end.
func (p *parser) container(n *node, end byte, deep int) {
	p.take(1)
	for p.peek() != end {
		if n.kind == kindRecord {
			n.keys = append(n.keys, p.string())
			p.peek()
			p.take(1) // the colon
		}
		n.kids = append(n.kids, p.value(deep+1))
		if p.peek() == ',' {
			p.take(1)
		}
	}
	p.take(1)
}

// string reads a string with its quotes.
func (p *parser) string() (s string) {
	p.peek()
	p.take(1)
	size := 0
	for ; p.rest[size] != '"'; size++ {
		if p.rest[size] == '\\' {
			size++
		}
	}
	s = p.take(size)
	p.take(1)
	return s
}

// peek skips white space and returns the byte after it.
func (p *parser) peek() byte {
	for p.rest[0] <= ' ' {
		p.rest, p.spaced = p.rest[1:], true
	}
	return p.rest[0]
}

func (p *parser) take(size int) (taken string) {
	taken, p.rest = p.rest[:size], p.rest[size:]
	return taken
}
