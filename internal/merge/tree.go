package merge

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"iter"
)

// tree is a JSON text and its objects and arrays, in the order in which they begin.
// A scalar is found by reading what holds it, since a text may have one for every
// other byte.
type tree struct {
	data       []byte
	seed       maphash.Seed
	root       node
	containers []container
}

// container is an object or an array.
type container struct {
	end  int32  // of its text
	next int32  // the number of the container after it and all that it holds
	sum  uint64 // the same for equal values, however they are spaced
}

// node is a value in a tree.
type node struct {
	name   int32 // the start of the text of its name, in an object; else 0
	start  int32 // of its text; -1 if there is no such value
	number int32 // of its container; -1 if it is a scalar
}

// absent is the node of a value that is not there.
var absent = node{start: -1}

func (t *tree) kind(n node) byte      { return t.data[n.start] }
func (t *tree) container(n node) bool { return n.number >= 0 }

// text returns the text of a value.
func (t *tree) text(n node) []byte { return t.data[n.start:t.end(n)] }

func (t *tree) end(n node) int {
	if t.container(n) {
		return int(t.containers[n.number].end)
	}
	end, _ := endOfScalar(t.data, int(n.start))
	return end
}

// nameText returns the text of the name of a member, or nil for an element.
func (t *tree) nameText(n node) []byte {
	if n.name == 0 {
		return nil
	}
	end, _ := endOfString(t.data, int(n.name))
	return t.data[n.name:end]
}

// nameSum returns a number that is the same for equal names, however they are spelt.
func (t *tree) nameSum(text []byte) uint64 {
	if bytes.IndexByte(text, '\\') >= 0 {
		return maphash.String(t.seed, read(text))
	}
	return maphash.Bytes(t.seed, text[1:len(text)-1])
}

// sum returns a number that is the same for equal values, however they are spaced.
func (t *tree) sum(n node) uint64 {
	if t.container(n) {
		return t.containers[n.number].sum
	}
	return maphash.Bytes(t.seed, t.text(n))
}

// read returns the string that a text is of, or the bytes between the quotes where
// it is of none.
func read(text []byte) string {
	var decoded string
	if bytes.IndexByte(text, '\\') < 0 || json.Unmarshal(text, &decoded) != nil {
		return string(text[1 : len(text)-1])
	}
	return decoded
}

// children yields the members or elements of an object or array; of an absent one none.
func (t *tree) children(n node) iter.Seq[node] {
	return func(yield func(node) bool) {
		if n == absent {
			return
		}
		named := t.kind(n) == '{'
		number := n.number + 1
		for at := t.skip(int(n.start) + 1); t.data[at] != '}' && t.data[at] != ']'; at = t.skip(at) {
			c := node{number: -1}
			if named {
				c.name = int32(at)
				at, _ = endOfString(t.data, at)
				at = t.skip(at)
			}
			c.start = int32(at)
			if opens(t.data[at]) {
				c.number, number = number, t.containers[number].next
			}
			at = t.end(c)
			if !yield(c) {
				return
			}
		}
	}
}

// skip returns the place of the next byte that is part of a value or ends one.
func (t *tree) skip(at int) int {
	for isSpace(t.data[at]) || t.data[at] == ',' || t.data[at] == ':' {
		at++
	}
	return at
}

// count returns how many members or elements an object or array has.
func (t *tree) count(n node) (count int) {
	for range t.children(n) {
		count++
	}
	return count
}

// list returns the members or elements of an object or array.
func (t *tree) list(n node) []node {
	list := make([]node, 0, t.count(n))
	for c := range t.children(n) {
		list = append(list, c)
	}
	return list
}

func opens(c byte) bool   { return c == '{' || c == '[' }
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// endOfScalar returns the place after the scalar that begins at start, and whether
// it is one: a string that ends, or a number, true, false, null or the word of
// another format.
func endOfScalar(data []byte, start int) (end int, ok bool) {
	if start < len(data) && data[start] == '"' {
		return endOfString(data, start)
	}
	for end = start; end < len(data); end++ {
		switch c := data[end]; {
		case opens(c), isSpace(c), c == '}', c == ']', c == ',', c == ':', c == '"':
			return end, end > start
		}
	}
	return end, end > start
}

// endOfString returns the place after the string that begins at start, and whether
// it ends.
func endOfString(data []byte, start int) (end int, ok bool) {
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

// appendCompact appends a text without the white space between its tokens.
func appendCompact(dst, text []byte) []byte {
	quoted := false
	start := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && isSpace(c):
			dst = append(dst, text[start:i]...)
			start = i + 1
		}
	}
	return append(dst, text[start:]...)
}
