package merge

import (
	"bytes"
	"hash/maphash"
	"strings"
)

// Same reports whether two JSON texts are the same value. The order of members
// does not count, nor that of elements: a set may be written in any order. A
// name that occurs twice counts twice. Numbers are the same if their digits are.
func Same(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	seed := maphash.MakeSeed()
	treeA, okA := parse(string(a), seed)
	treeB, okB := parse(string(b), seed)
	return okA && okB && treeA.unordered(seed, root) == treeB.unordered(seed, root)
}

// unordered returns a hash that is equal for values that differ in order only.
func (t *tree) unordered(seed maphash.Seed, n int) uint64 {
	if !t.container(n) {
		text := t.text(n)
		if strings.IndexByte(text, '\\') >= 0 {
			if decoded, ok := decode(text); ok {
				return maphash.String(seed, `"`+decoded+`"`)
			}
		}
		return maphash.String(seed, text)
	}
	var total uint64
	for c := range t.children(n) {
		total += maphash.Comparable(seed, member{0, t.name(c), t.unordered(seed, c)})
	}
	return maphash.Comparable(seed, member{total, "", uint64(t.kind(n))})
}
