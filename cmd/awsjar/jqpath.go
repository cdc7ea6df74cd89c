package main

import (
	"math"

	"github.com/itchyny/gojq"
)

// bounds returns which elements of an array of n a key of a path means, that is
// an index or a slice: those from one index up to before another one. An index
// may lie behind the end.
func bounds(key any, n int) (from, to int, ok bool) {
	slice, isSlice := key.(map[string]any)
	if !isSlice {
		if from, ok = gojq.ToInt(key); from < 0 {
			from += n
		}
		return from, from + 1, ok && from >= 0
	}
	from, to = 0, n
	for _, end := range []struct {
		name string
		at   *int
	}{{"start", &from}, {"end", &to}} {
		if slice[end.name] == nil {
			continue
		}
		i, isInt := gojq.ToInt(slice[end.name])
		if f, _ := gojq.ToFloat64(slice[end.name]); !isInt || f != math.Trunc(f) {
			return 0, 0, false
		}
		if i < 0 {
			i += n
		}
		*end.at = min(max(i, 0), n)
	}
	return from, max(from, to), true
}

// byName returns the rests of paths after the names that they begin with.
func byName(paths []any) map[string][]any {
	below := map[string][]any{}
	for _, path := range paths {
		path := path.([]any)
		if len(path) > 1 {
			name, _ := path[0].(string)
			below[name] = append(below[name], path[1:])
		}
	}
	return below
}

// byIndex returns which elements of an array of n paths end at, and the rests of
// the others after their indexes.
func byIndex(paths []any, n int) (gone map[int]bool, below map[int][]any) {
	gone, below = map[int]bool{}, map[int][]any{}
	for _, path := range paths {
		from, to, rest := within(path.([]any), n)
		for i := from; i < to; i++ {
			if len(rest) > 0 {
				below[i] = append(below[i], rest)
			} else {
				gone[i] = true
			}
		}
	}
	return gone, below
}

// within returns which elements of an array of n a path leads to, and the rest
// of the path that leads on from there.
func within(path []any, n int) (from, to int, rest []any) {
	from, to = 0, n
	for i, key := range path {
		first, last, ok := bounds(key, to-from)
		if !ok || first >= to-from {
			return 0, 0, nil
		}
		from, to = from+first, from+last
		if _, slice := key.(map[string]any); !slice {
			return from, to, path[i+1:]
		}
	}
	return from, to, nil
}

// places are paths as a tree. After a name or an index stand those that go on.
type places struct {
	keys  []any // in the order of the paths
	below map[any]*places
}

// placesOf returns paths as a tree, or false if they do not stand apart: if one
// of them leads through the end of another, where anything may stand after an
// assignment, into a slice of an array, or into an element of an array of which
// another one may remove elements.
func placesOf(paths []any) (*places, bool) {
	root := &places{}
	for _, path := range paths {
		if !root.grow(path.([]any)) {
			return nil, false
		}
	}
	return root, root.even()
}

// grow adds a path, or returns false if it does not stand apart.
func (p *places) grow(path []any) bool {
	made := false
	for i, key := range path {
		_, isName := key.(string)
		index, isIndex := key.(int)
		if !isName && !isIndex || index < 0 || i > 0 && p.below == nil && !made {
			return false
		}
		next, known := p.below[key]
		if made = !known; made {
			next = &places{}
			if p.below == nil {
				p.below = map[any]*places{}
			}
			p.keys, p.below[key] = append(p.keys, key), next
		}
		p = next
	}
	return made // else it ends where another one ends or goes on
}

// even reports whether of the indexes in one array all lead on, or none.
func (p *places) even() bool {
	ends := 0
	for _, key := range p.keys {
		if len(p.below[key].keys) == 0 {
			ends++
		}
		if !p.below[key].even() {
			return false
		}
	}
	_, isIndex := append(p.keys, "")[0].(int)
	return !isIndex || ends == 0 || ends == len(p.keys)
}
