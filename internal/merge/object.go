package merge

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode"
)

// object writes the stored members in their order, then those that are new. Where
// the program moved members, those that it knows change places: see arrange.
func (m *merger) object(s, b, a node) {
	known := m.known(b, a)
	for c := range m.stored.children(s) {
		if k, _ := known.find(m.stored.nameText(c)); k != nil {
			k.read, k.copies = c, k.copies+1
		}
	}
	entries := known.entries(s)
	if known.moved {
		entries = slices.Values(arrange(slices.Collect(entries)))
	}
	m.out = append(m.out, '{')
	for e := range entries {
		m.entry(e)
	}
	m.out = append(m.out, '}')
}

// entry is a member of the merged object.
type entry struct {
	stored node    // absent if it is new
	after  node    // absent if the program does not know it, or has removed it
	known  *member // nil if the program does not know it
	exact  bool    // and not by a name in another case
}

// entries yields the stored members, then those that are new.
func (n *names) entries(s node) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for c := range n.stored.children(s) {
			e := entry{stored: c, after: absent}
			if e.known, e.exact = n.find(n.stored.nameText(c)); e.known != nil {
				e.after = e.known.after
			}
			if !yield(e) {
				return
			}
		}
		for a := range n.after.children(n.a) {
			k, _ := n.find(n.after.nameText(a))
			if k.copies == 0 && !n.same(k.before, a) && !yield(entry{stored: absent, after: a, known: k}) {
				return
			}
		}
	}
}

// arrange puts the entries that are in after into the order in which they are there.
// They share their places among themselves; all others stay where they are.
func arrange(entries []entry) []entry {
	var ordered []entry
	for _, e := range entries {
		if e.after != absent {
			ordered = append(ordered, e)
		}
	}
	slices.SortStableFunc(ordered, func(e, f entry) int { return cmp.Compare(e.after.start, f.after.start) })
	for i, e := range entries {
		if e.after != absent {
			entries[i], ordered = ordered[0], ordered[1:]
		}
	}
	return entries
}

// entry writes one member, unless the program removed it or does not read it.
func (m *merger) entry(e entry) {
	switch k := e.known; {
	case e.stored == absent:
		m.begin(m.after.nameText(e.after))
		m.replace(e.after)
	case k == nil || m.same(k.before, k.after):
		m.begin(m.stored.nameText(e.stored))
		m.keep(e.stored)
	case k.after == absent: // the program removed it
	case k.read != e.stored && (e.exact || m.stored.container(e.stored)): // another copy counts
	case k.read != e.stored: // another spelling, which others may read
		m.begin(m.stored.nameText(e.stored))
		m.keep(e.stored)
	case k.copies > 1: // the reader may have joined them
		m.begin(m.after.nameText(k.after))
		m.replace(k.after)
	default:
		m.begin(m.after.nameText(k.after))
		m.value(e.stored, k.before, k.after)
	}
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
	moved   bool             // the members of both objects are in another order in after
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
		n.members[n.number(m.before.nameText(c))].before = c
	}
	last := int32(0)
	for c := range m.after.children(a) {
		number := n.number(m.after.nameText(c))
		n.members[number].after = c
		if n.members[number].before != absent {
			n.moved = n.moved || number < last
			last = number
		}
	}
	return n
}

// number returns the number of the member of a name, which it makes if there is none.
func (n *names) number(text []byte) int32 {
	sum := n.stored.nameSum(text)
	number, ok := n.numbers[sum]
	if !ok {
		number = int32(len(n.members))
		n.members = append(n.members, member{before: absent, after: absent})
		n.numbers[sum] = number
	}
	return number
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
