// Package merge applies the change between two JSON texts to a third one,
// which may hold members that the first two lack.
//
// A program that reads a document into a type of its own and writes it again
// knows three texts: the stored one; before, its own encoding of the value that
// it read; and after, its encoding of the changed value. [Apply] puts the
// difference between before and after into the stored text:
//
//   - A part that is equal in before and after keeps its stored text.
//   - A member in before and not in after is removed.
//   - A member in neither of them is not known to the program and stays.
//   - A member that is only in after comes last.
//   - If members that are in both are in another order in after than in before, all
//     that are in after take the order of after. They share their places among
//     themselves: a member that the program does not know stays in its own.
//   - An element of an array keeps its stored text wherever it moves, as long as
//     it is not changed itself.
//
// The work grows with the length of the texts alone.
package merge

import (
	"bytes"
	"hash/maphash"
)

// Options of [Apply]. The zero value is plain JSON.
type Options struct {
	// Atomic reports whether the text of an object is one value, which is
	// replaced and never merged. Default: no object is.
	Atomic func(object []byte) bool
}

// Apply returns stored with the change from before to after, without white
// space between its tokens. If one of the texts is not an object or an array, it
// returns after as it is.
//
// Before and after must come from one encoder, which writes equal values as
// equal text. A scalar may be any word, such as NaN.
//
// The caller must read the result and compare it with after: where the reader
// gives a document another meaning than its members have by themselves, the
// result may be another value. Two examples are names that occur twice, and an
// unmarshaler that drops elements.
func Apply(stored, before, after []byte, opts Options) []byte {
	seed := maphash.MakeSeed()
	m := merger{opts: opts}
	for _, text := range []struct {
		tree **tree
		data []byte
	}{{&m.stored, stored}, {&m.before, before}, {&m.after, after}} {
		var ok bool
		if *text.tree, ok = parse(text.data, seed); !ok || !(*text.tree).container((*text.tree).root) {
			return after
		}
	}
	m.out = make([]byte, 0, len(stored)+max(0, len(after)-len(before))) // it may grow, if a member is spelt otherwise
	m.value(m.stored.root, m.before.root, m.after.root)
	return m.out
}

// merger writes the merged text. Nodes are called s, b and a after the tree that they
// belong to; b and a may be absent.
type merger struct {
	stored, before, after *tree
	opts                  Options
	out                   []byte
}

// value writes one value: s is the stored one, b and a are the program's.
func (m *merger) value(s, b, a node) {
	switch kind := m.stored.kind(s); {
	case m.same(b, a):
		m.keep(s)
	case kind == '{' && m.after.kind(a) == '{' && (b == absent || m.before.kind(b) == '{') && !m.atomic(s, b, a):
		m.object(s, b, a)
	case kind == '[' && m.after.kind(a) == '[' && b != absent && m.before.kind(b) == '[':
		m.array(s, b, a)
	default:
		m.replace(a)
	}
}

// same reports whether the program left a value as it was.
func (m *merger) same(b, a node) bool {
	switch {
	case b == absent || a == absent || m.before.container(b) != m.after.container(a):
		return false
	case m.before.container(b):
		return m.before.sum(b) == m.after.sum(a)
	}
	return bytes.Equal(m.before.text(b), m.after.text(a))
}

func (m *merger) atomic(s, b, a node) bool {
	atomic := m.opts.Atomic
	return atomic != nil &&
		(atomic(m.stored.text(s)) || b != absent && atomic(m.before.text(b)) || atomic(m.after.text(a)))
}

func (m *merger) keep(s node)    { m.out = appendCompact(m.out, m.stored.text(s)) }
func (m *merger) replace(a node) { m.out = appendCompact(m.out, m.after.text(a)) }

// array writes the elements of after. Those that were there before take the
// stored text: first the equal ones at both ends, then each of the others the
// first one that is left, so that a queue keeps the members of its elements.
func (m *merger) array(s, b, a node) {
	stored, before, after := m.stored.list(s), m.before.list(b), m.after.list(a)
	if len(stored) != len(before) {
		m.replace(a) // the reader drops elements or adds some: which ones is not known
		return
	}
	from := make([]node, len(after)) // the stored node for each element
	head := 0
	for head < min(len(before), len(after)) && m.same(before[head], after[head]) {
		from[head] = stored[head]
		head++
	}
	tail := 0
	for tail < min(len(before), len(after))-head && m.same(before[len(before)-1-tail], after[len(after)-1-tail]) {
		tail++
		from[len(after)-tail] = stored[len(stored)-tail]
	}
	left := map[uint64][]node{}
	for i := head; i < len(before)-tail; i++ {
		sum := m.before.sum(before[i])
		left[sum] = append(left[sum], stored[i])
	}
	for i := head; i < len(after)-tail; i++ {
		from[i] = absent
		sum := m.after.sum(after[i])
		if equal := left[sum]; len(equal) > 0 {
			from[i], left[sum] = equal[0], equal[1:]
		}
	}
	m.out = append(m.out, '[')
	for i, a := range after {
		m.comma('[')
		if from[i] == absent {
			m.replace(a)
		} else {
			m.keep(from[i])
		}
	}
	m.out = append(m.out, ']')
}

// comma separates a member or an element from the one before it.
func (m *merger) comma(open byte) {
	if m.out[len(m.out)-1] != open {
		m.out = append(m.out, ',')
	}
}
