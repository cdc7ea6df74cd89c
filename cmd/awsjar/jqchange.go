package main

import (
	"maps"
	"slices"
)

// What changes an object gives it an order as jq does: a name that is new
// comes last, one that was there stays in its place. Where the order before is
// not known, the order after is not either.

// derive notes the order of an object that was made of another one: the names
// that it has of that, and then the new ones.
func (o *order) derive(before, after map[string]any, added ...string) {
	names, ok := o.names(before)
	if !ok {
		return
	}
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, has := after[name]
		return !has
	})
	for _, name := range added {
		if _, had := before[name]; !had {
			names = append(names, name)
		}
	}
	o.add(after, names)
}

// sum returns what + makes of two objects, or what * makes of them, which
// does the same to objects that both have under one name.
func (o *order) sum(a, b map[string]any, deep bool) map[string]any {
	added, known := o.names(b)
	if !known {
		added = slices.Collect(maps.Keys(b))
	}
	sum := maps.Clone(a)
	for _, name := range added {
		inner, hasObject := a[name].(map[string]any)
		if other, isObject := b[name].(map[string]any); deep && hasObject && isObject {
			sum[name] = o.sum(inner, other, true)
		} else {
			sum[name] = b[name]
		}
	}
	if known || len(sum)-len(a) < 2 {
		o.derive(a, sum, added...)
	}
	return sum
}

// canSet reports whether set can set a path: one of names, and of indexes into
// arrays that are there.
func canSet(v any, path []any) bool {
	if len(path) == 0 {
		return true
	}
	switch key := path[0].(type) {
	case string:
		members, isObject := v.(map[string]any)
		return (isObject || v == nil) && canSet(members[key], path[1:])
	case int:
		elements, _ := v.([]any)
		return key >= 0 && key < len(elements) && canSet(elements[key], path[1:])
	}
	return false
}

// set returns a value with another one at a path that canSet is true for.
func (o *order) set(v any, path []any, value any) any {
	if len(path) == 0 {
		return value
	}
	if name, isName := path[0].(string); isName {
		before, _ := v.(map[string]any)
		after := maps.Clone(before)
		if after == nil {
			after = map[string]any{}
		}
		after[name] = o.set(before[name], path[1:], value)
		o.derive(before, after, name)
		return after
	}
	after := slices.Clone(v.([]any))
	after[path[0].(int)] = o.set(after[path[0].(int)], path[1:], value)
	return after
}

// without notes the order of the objects in a value that was made of another
// one by deleting some of that.
func (o *order) without(before, after any) {
	switch after := after.(type) {
	case map[string]any:
		before, ok := before.(map[string]any)
		if _, noted := o.known[address(after)]; noted || !ok {
			return
		}
		o.derive(before, after)
		for name, member := range after {
			o.without(before[name], member)
		}
	case []any:
		before, ok := before.([]any)
		if !ok || len(before) != len(after) {
			return // which elements are left is not known
		}
		for i, element := range after {
			o.without(before[i], element)
		}
	}
}

// namesOf notes the order of an object whose names are all those of another
// one.
func (o *order) namesOf(before, after any) {
	x, ok := before.(map[string]any)
	y, stillObject := after.(map[string]any)
	if ok && stillObject {
		o.derive(x, y)
	}
}

// places are paths as a tree. Below a name or an index stand those that go on.
type places struct {
	keys  []any // in the order of the paths
	below map[any]*places
}

// placesOf returns paths as a tree, or false if one of them leads through the
// end of another, where anything may stand after an assignment, or into a
// slice of an array.
func placesOf(paths []any) (*places, bool) {
	root := &places{}
	for _, path := range paths {
		at, made := root, false
		for i, key := range path.([]any) {
			_, isName := key.(string)
			_, isIndex := key.(int)
			if !isName && !isIndex || i > 0 && at.below == nil && !made {
				return nil, false
			}
			next, known := at.below[key]
			if made = !known; made {
				next = &places{}
				if at.below == nil {
					at.below = map[any]*places{}
				}
				at.keys, at.below[key] = append(at.keys, key), next
			}
			at = next
		}
		if !made {
			return nil, false // it ends where another one ends or goes on
		}
	}
	return root, true
}

// around notes the order of the objects around the places that an assignment
// has changed.
func (o *order) around(p *places, before, after any) {
	if len(p.keys) == 0 {
		return
	}
	switch after := after.(type) {
	case map[string]any:
		before, wasObject := before.(map[string]any)
		if !wasObject && before != nil {
			return
		}
		var added []string
		for _, key := range p.keys {
			name, isName := key.(string)
			if !isName {
				return
			}
			if _, has := after[name]; has {
				added = append(added, name)
				o.around(p.below[key], before[name], after[name])
			}
		}
		o.derive(before, after, added...)
	case []any:
		before, _ := before.([]any)
		for _, key := range p.keys {
			if len(p.below[key].keys) == 0 {
				return // elements may have been removed
			}
		}
		for _, key := range p.keys {
			if i, isIndex := key.(int); isIndex && i >= 0 && i < len(before) && i < len(after) {
				o.around(p.below[key], before[i], after[i])
			}
		}
	}
}
