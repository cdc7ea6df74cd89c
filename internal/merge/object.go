package merge

import (
	"strings"
	"unicode"
)

// object writes the stored members in their order, then those that are new.
func (m *merger) object(s, b, a node) {
	known := m.known(b, a)
	for c := range m.stored.children(s) {
		if k, _ := known.find(m.stored.nameText(c)); k != nil {
			k.read, k.copies = c, k.copies+1
		}
	}
	m.out = append(m.out, '{')
	for c := range m.stored.children(s) {
		spelling := m.stored.nameText(c)
		k, exact := known.find(spelling)
		switch {
		case k == nil || m.same(k.before, k.after):
			m.begin(spelling)
			m.keep(c)
		case k.after == absent: // the program removed it
		case k.read != c && (exact || m.stored.container(c)): // another copy counts
		case k.read != c: // another spelling, which others may read
			m.begin(spelling)
			m.keep(c)
		case k.copies > 1: // the reader may have joined them
			m.begin(m.after.nameText(k.after))
			m.replace(k.after)
		default:
			m.begin(m.after.nameText(k.after))
			m.value(c, k.before, k.after)
		}
	}
	for a := range m.after.children(a) {
		k, _ := known.find(m.after.nameText(a))
		if k.copies == 0 && !m.same(k.before, a) {
			m.begin(m.after.nameText(a))
			m.replace(a)
		}
	}
	m.out = append(m.out, '}')
}

// begin writes the name of a member.
func (m *merger) begin(name []byte) {
	m.comma('{')
	m.out = append(m.out, name...)
	m.out = append(m.out, ':')
}

// names are the members of one object that the program knows.
type names struct {
	*merger
	b, a    node
	members []member
	numbers map[uint64]int32 // of the members, by the sum of their name
	folded  map[string]int32 // and by its folded form; nil until a name asks for it
}

// member is a member that the program knows.
type member struct {
	before, after node
	read          node  // the stored member that the program read: of several, the last
	copies        int32 // how many of them there are
}

func (m *merger) known(b, a node) *names {
	count := max(m.before.count(b), m.after.count(a))
	n := &names{merger: m, b: b, a: a, members: make([]member, 0, count), numbers: make(map[uint64]int32, count)}
	for c := range m.before.children(b) {
		n.member(m.before.nameText(c)).before = c
	}
	for c := range m.after.children(a) {
		n.member(m.after.nameText(c)).after = c
	}
	return n
}

// member returns the member of a name, which it makes if there is none.
func (n *names) member(text []byte) *member {
	sum := n.stored.nameSum(text)
	number, ok := n.numbers[sum]
	if !ok {
		number = int32(len(n.members))
		n.members = append(n.members, member{before: absent, after: absent})
		n.numbers[sum] = number
	}
	return &n.members[number]
}

// find returns the member that encoding/json takes a stored name for: the one of
// the same name, else one whose name differs in case only. It returns nil if there
// is none.
func (n *names) find(text []byte) (k *member, exact bool) {
	number, exact := n.numbers[n.stored.nameSum(text)]
	if !exact {
		if n.folded == nil {
			n.folded = make(map[string]int32, len(n.members))
			n.fold(n.before, n.b)
			n.fold(n.after, n.a)
		}
		var ok bool
		if number, ok = n.folded[fold(read(text))]; !ok {
			return nil, false
		}
	}
	return &n.members[number], exact
}

// fold notes the folded names of an object of the program.
func (n *names) fold(t *tree, object node) {
	for c := range t.children(object) {
		text := t.nameText(c)
		n.folded[fold(read(text))] = n.numbers[t.nameSum(text)]
	}
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
