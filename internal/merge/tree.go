package merge

import (
	"encoding/json"
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"strings"
)

// maxDepth is the depth that encoding/json reads.
const maxDepth = 10_000

// tree is a JSON text and the places of its values: each one is followed by the
// values that it holds.
type tree struct {
	data  string
	nodes []node
}

// node is small, because a text may have one for every other byte.
type node struct {
	start, end int32  // of its text
	name       int32  // the start of the text of its name, in an object; else 0
	next       int32  // the number of the node after it and all that it holds
	sum        uint64 // the same for equal values, however they are spaced
}

func (t *tree) text(n int) string { return t.data[t.nodes[n].start:t.nodes[n].end] }
func (t *tree) kind(n int) byte   { return t.data[t.nodes[n].start] }

// nameText returns the text of the name of a member, or "" for an element.
func (t *tree) nameText(n int) string {
	start := int(t.nodes[n].name)
	if start == 0 {
		return ""
	}
	end, _ := endOfString(t.data, start)
	return t.data[start:end]
}

// name returns the name of a member as it is read.
func (t *tree) name(n int) string {
	text := t.nameText(n)
	switch {
	case text == "":
		return ""
	case strings.IndexByte(text, '\\') >= 0:
		if decoded, ok := decode(text); ok {
			return decoded
		}
	}
	return text[1 : len(text)-1]
}

// decode returns the string that a text is of.
func decode(text string) (decoded string, ok bool) {
	err := json.Unmarshal([]byte(text), &decoded)
	return decoded, err == nil
}

func (t *tree) container(n int) bool { return t.kind(n) == '{' || t.kind(n) == '[' }

// children yields the numbers of the members or elements of a node.
func (t *tree) children(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for c, end := n+1, int(t.nodes[n].next); c < end && yield(c); {
			c = int(t.nodes[c].next)
		}
	}
}

// count returns how many members or elements a node has.
func (t *tree) count(n int) (count int) {
	for range t.children(n) {
		count++
	}
	return count
}

// list returns the numbers of the members or elements of a node.
func (t *tree) list(n int) []int {
	return slices.AppendSeq(make([]int, 0, t.count(n)), t.children(n))
}

// parser finds the values in a text. It checks how they are nested, and not how
// scalars look like.
type parser struct {
	tree
	seed maphash.Seed
	at   int
}

func parse(data string, seed maphash.Seed) (tree, bool) {
	p := parser{tree: tree{data: data, nodes: make([]node, 0, countValues(data))}, seed: seed}
	ok := len(data) <= math.MaxInt32 && p.value(node{}, 0)
	return p.tree, ok && p.peek() == 0 && p.at == len(data)
}

// countValues returns how many values a JSON text has; one that is empty may count
// twice. To make room for all of them at once takes a fifth of the memory that a
// list takes which grows.
func countValues(data string) int {
	count, quoted := 1, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && (c == ',' || c == '[' || c == '{'):
			count++ // each value but the first stands behind one of them
		}
	}
	return count
}

// peek returns the next byte that is not white space, or 0 at the end.
func (p *parser) peek() byte {
	for ; p.at < len(p.data); p.at++ {
		if c := p.data[p.at]; c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
	}
	return 0
}

// accept takes the next byte if it is c.
func (p *parser) accept(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

// value reads one value into a node that has its name.
func (p *parser) value(v node, depth int) bool {
	open := p.peek()
	number := len(p.nodes)
	v.start = int32(p.at)
	p.nodes = append(p.nodes, v)
	var ok bool
	switch {
	case depth > maxDepth:
		return false
	case open == '{' || open == '[':
		ok = p.children(number, open, depth)
	case open == '"':
		ok = p.quoted()
	default:
		ok = p.word()
	}
	if !ok {
		return false
	}
	n := &p.nodes[number]
	n.end, n.next = int32(p.at), int32(len(p.nodes))
	if !p.container(number) {
		n.sum = maphash.String(p.seed, p.text(number))
	}
	return true
}

// children reads the members or elements of a node.
func (p *parser) children(parent int, open byte, depth int) bool {
	p.at++
	shut := open + 2 // of { and [ in ASCII
	sum := uint64(open)
	for first := true; !p.accept(shut); first = false {
		if !first && !p.accept(',') {
			return false
		}
		var v node
		if open == '{' && !p.nameOf(&v) {
			return false
		}
		number := len(p.nodes)
		if !p.value(v, depth+1) {
			return false
		}
		sum = maphash.Comparable(p.seed, member{sum, p.tree.name(number), p.nodes[number].sum})
	}
	p.nodes[parent].sum = sum
	return true
}

// member is one part of the sum of an object or array.
type member struct {
	before uint64
	name   string
	value  uint64
}

// nameOf reads the name of a member and its colon.
func (p *parser) nameOf(v *node) bool {
	if p.peek() != '"' {
		return false
	}
	v.name = int32(p.at)
	return p.quoted() && p.accept(':')
}

// quoted passes a string.
func (p *parser) quoted() (ok bool) {
	p.at, ok = endOfString(p.data, p.at)
	return ok
}

// endOfString returns the place after the string that begins at start, and whether
// it ends.
func endOfString(data string, start int) (end int, ok bool) {
	for i := start + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1, true
		}
	}
	return len(data), false
}

// word passes a number, true, false, null or the word of another format.
func (p *parser) word() bool {
	start := p.at
	for p.at < len(p.data) && !strings.ContainsRune("{}[],:\" \t\n\r", rune(p.data[p.at])) {
		p.at++
	}
	return p.at > start
}

// appendCompact appends a text without the white space between its tokens.
func appendCompact(dst []byte, text string) []byte {
	quoted := false
	start := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			dst = append(dst, text[start:i]...)
			start = i + 1
		}
	}
	return append(dst, text[start:]...)
}
