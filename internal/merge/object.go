package merge

import (
	"strings"
	"unicode"
)

// object writes the stored members in their order, then those that are new.
func (m *merger) object(s, b, a int) {
	known := m.known(b, a)
	read := make(map[string]reading, m.stored.count(s)) // by the name that the program has for a member
	for c := range m.stored.children(s) {
		if name, ok := known.name(m.stored.name(c)); ok {
			read[name] = reading{last: c, copies: read[name].copies + 1}
		}
	}
	m.out = append(m.out, '{')
	for c := range m.stored.children(s) {
		stored := m.stored.name(c)
		name, ok := known.name(stored)
		b, a := known.find(name)
		switch {
		case !ok || m.same(b, a):
			m.member(m.stored.nameText(c))
			m.keep(c)
		case a == none: // the program removed it
		case read[name].last != c && (stored == name || m.stored.container(c)): // another copy counts
		case read[name].last != c: // another spelling, which others may read
			m.member(m.stored.nameText(c))
			m.keep(c)
		case read[name].copies > 1: // the reader may have joined them
			m.member(m.after.nameText(a))
			m.replace(a)
		default:
			m.member(m.after.nameText(a))
			m.value(c, b, a)
		}
	}
	for a := range m.after.children(a) {
		name := m.after.name(a)
		b, _ := known.find(name)
		if read[name].copies == 0 && !m.same(b, a) {
			m.member(m.after.nameText(a))
			m.replace(a)
		}
	}
	m.out = append(m.out, '}')
}

// reading is the stored member that the program read: of several, the last.
type reading struct{ last, copies int }

func (m *merger) member(name string) {
	m.comma('{')
	m.out = append(m.out, name...)
	m.out = append(m.out, ':')
}

// names are the members of one object that the program knows.
type names struct {
	before, after map[string]int    // nodes by name
	folded        map[string]string // names by their folded form
}

func (m *merger) known(b, a int) names {
	inBefore, inAfter := 0, m.after.count(a)
	if b != none {
		inBefore = m.before.count(b)
	}
	n := names{make(map[string]int, inBefore), make(map[string]int, inAfter), make(map[string]string, max(inBefore, inAfter))}
	if b != none {
		for c := range m.before.children(b) {
			n.before[m.before.name(c)] = c
			n.folded[fold(m.before.name(c))] = m.before.name(c)
		}
	}
	for c := range m.after.children(a) {
		n.after[m.after.name(c)] = c
		n.folded[fold(m.after.name(c))] = m.after.name(c)
	}
	return n
}

// name returns the program's name for a stored member, as encoding/json finds
// it: the same name, else one that differs in case only.
func (n names) name(stored string) (string, bool) {
	if b, a := n.find(stored); b != none || a != none {
		return stored, true
	}
	name, ok := n.folded[fold(stored)]
	return name, ok
}

// find returns the nodes of a member in before and in after.
func (n names) find(name string) (b, a int) {
	b, a = none, none
	if c, ok := n.before[name]; ok {
		b = c
	}
	if c, ok := n.after[name]; ok {
		a = c
	}
	return b, a
}

// fold returns one spelling for all names that differ in case only.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			if next < r {
				r = next
			}
		}
		return r
	}, name)
}
