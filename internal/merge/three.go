package merge

import (
	"slices"
	"strings"
)

// Three is a value and two changes of it that were made apart.
type Three struct {
	base, one, other *value
}

// Change is a member that one of the changes, or both, made different. A member
// of an object is a place of its own; all else is one value.
type Change struct {
	Path             string // as a JSON pointer (RFC 6901); "" for the whole value
	Base, One, Other []byte // compact JSON; nil where there is none
	InOne, InOther   bool   // which of the two changed it
	Collides         bool   // both changed it, to different values
}

// Apart reads a value and its two changes. They must be JSON; nil is a value that
// is not there.
func Apart(base, one, other []byte) (*Three, error) {
	t := &Three{}
	for _, side := range []struct {
		value **value
		text  []byte
	}{{&t.base, base}, {&t.one, one}, {&t.other, other}} {
		var err error
		if *side.value, err = readValue(side.text); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Changes lists the members that differ, in the order of the base, then of one,
// then of the other.
func (t *Three) Changes() []Change { return changesOf(nil, "", t.base, t.one, t.other) }

// Collide reports whether both changed a member, to different values.
func (t *Three) Collide() bool {
	return slices.ContainsFunc(t.Changes(), func(c Change) bool { return c.Collides })
}

// Join returns the other value with the changes of one. Where both changed a
// member, that of one counts, except at the paths given. All else keeps its
// spelling. Join returns nil for no value.
func (t *Three) Join(others ...string) []byte {
	joined := t.other.clone()
	for _, c := range t.Changes() {
		if !c.InOne || c.Collides && slices.Contains(others, c.Path) {
			continue
		}
		path := pathOf(c.Path)
		if len(path) == 0 {
			return t.one.text()
		}
		joined.put(path, t.one.at(path))
	}
	return joined.text()
}

func changesOf(found []Change, path string, base, one, other *value) []Change {
	if base.same(one) && base.same(other) {
		return found
	}
	if !base.isObject() || !one.isObject() || !other.isObject() {
		return append(found, Change{
			Path: path, Base: base.text(), One: one.text(), Other: other.text(),
			InOne: !base.same(one), InOther: !base.same(other),
			Collides: !base.same(one) && !base.same(other) && !one.same(other),
		})
	}
	seen := map[string]bool{}
	for _, side := range []*value{base, one, other} {
		for _, name := range side.names {
			if !seen[name] {
				seen[name] = true
				found = changesOf(found, path+"/"+escape.Replace(name), base.members[name], one.members[name], other.members[name])
			}
		}
	}
	return found
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

// pathOf returns the names of a JSON pointer.
func pathOf(pointer string) []string {
	if pointer == "" {
		return nil
	}
	names := strings.Split(pointer[1:], "/")
	for i := range names {
		names[i] = unescape.Replace(names[i])
	}
	return names
}
