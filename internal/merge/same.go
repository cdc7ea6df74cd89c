package merge

import (
	"bytes"
	"hash/maphash"
)

// Same reports whether two JSON texts are the same value. The order of members
// does not count, nor that of elements: a set may be written in any order. A
// name that occurs twice counts twice. Numbers are the same if their digits are.
func Same(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	seed := maphash.MakeSeed()
	treeA, okA := parse(a, seed)
	treeB, okB := parse(b, seed)
	return okA && okB && treeA.unordered(treeA.root) == treeB.unordered(treeB.root)
}

// unordered returns a sum that is the same for values that differ in order only.
func (t *tree) unordered(n node) uint64 {
	if !t.container(n) {
		text := t.text(n)
		if text[0] == '"' && bytes.IndexByte(text, '\\') >= 0 {
			return maphash.String(t.seed, `"`+read(text)+`"`)
		}
		return maphash.Bytes(t.seed, text)
	}
	var total uint64
	for c := range t.children(n) {
		p := part{value: t.unordered(c)}
		if c.name != 0 {
			p.name = t.nameSum(t.nameText(c))
		}
		total += maphash.Comparable(t.seed, p)
	}
	return maphash.Comparable(t.seed, part{before: total, value: uint64(t.kind(n))})
}
