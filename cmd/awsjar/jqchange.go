package main

import (
	"maps"
	"slices"
)

// A change of an object gives it an order as jq does: a name that is new
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

// sum returns the sum of objects. A null counts nothing.
func (o *order) sum(list []any) map[string]any {
	sum, names, known := map[string]any{}, []string(nil), true
	for _, v := range list {
		object, _ := v.(map[string]any)
		own, ok := o.names(object)
		if !ok {
			own = slices.Collect(maps.Keys(object))
		}
		had := len(names)
		for _, name := range own {
			if _, twice := sum[name]; !twice {
				names = append(names, name)
			}
			sum[name] = object[name]
		}
		known = known && (ok || len(names)-had < 2)
	}
	if known {
		o.add(sum, names)
	}
	return sum
}

// product returns the product of two objects: where both have an object under
// one name, it has the product of these there.
func (o *order) product(a, b map[string]any) map[string]any {
	added, known := o.names(b)
	if !known {
		added = slices.Collect(maps.Keys(b))
	}
	product := maps.Clone(a)
	for _, name := range added {
		inner, hasObject := a[name].(map[string]any)
		if other, isObject := b[name].(map[string]any); isObject && hasObject {
			product[name] = o.product(inner, other)
		} else {
			product[name] = b[name]
		}
	}
	if known || len(product)-len(a) < 2 {
		o.derive(a, product, added...)
	}
	return product
}

// along notes the order of the objects on a path that was set.
func (o *order) along(path []any, before, after any) {
	if len(path) == 0 {
		return
	}
	if name, isName := path[0].(string); isName {
		x, _ := before.(map[string]any)
		y := after.(map[string]any)
		o.derive(x, y, name)
		o.along(path[1:], x[name], y[name])
		return
	}
	x, _ := before.([]any)
	y := after.([]any)
	from, to, ok := bounds(path[0], len(x))
	switch _, slice := path[0].(map[string]any); {
	case ok && slice:
		o.along(path[1:], x[from:to], y[from:len(y)-(len(x)-to)])
	case ok && from < len(x):
		o.along(path[1:], x[from], y[from])
	case ok && from < len(y):
		o.along(path[1:], nil, y[from])
	}
}

// without notes the order of the objects in a value that was made of another
// one by deleting some paths of that.
func (o *order) without(paths []any, before, after any) {
	switch after := after.(type) {
	case map[string]any:
		before, _ := before.(map[string]any)
		o.derive(before, after)
		for name, below := range byName(paths) {
			o.without(below, before[name], after[name])
		}
	case []any:
		before, _ := before.([]any)
		gone, below := byIndex(paths, len(before))
		left := 0
		for i, element := range before {
			if gone[i] {
				continue
			}
			if len(below[i]) > 0 {
				o.without(below[i], element, after[left])
			}
			left++
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

// around notes the order of the objects around the places that an assignment
// has changed.
func (o *order) around(p *places, before, after any) {
	if len(p.keys) == 0 {
		return
	}
	switch after := after.(type) {
	case map[string]any:
		before, _ := before.(map[string]any)
		var added []string
		for _, key := range p.keys {
			name := key.(string)
			if _, has := after[name]; has {
				added = append(added, name)
				o.around(p.below[key], before[name], after[name])
			}
		}
		o.derive(before, after, added...)
	case []any:
		before, _ := before.([]any)
		for _, key := range p.keys {
			switch i, below := key.(int), p.below[key]; {
			case len(below.keys) == 0: // elements may have been removed
				return
			case i < len(before):
				o.around(below, before[i], after[i])
			default:
				o.around(below, nil, after[i])
			}
		}
	}
}
