package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// patchOperation is one step of a patch (RFC 6902).
type patchOperation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value,omitempty"` // of add and replace
}

// patchOf returns the patch that turns one JSON text without white space into
// another. A value that it gives keeps its text; the order of members is no
// difference.
func patchOf(before, after json.RawMessage) []patchOperation {
	p := patch{}
	p.value("", before, after)
	return p
}

type patch []patchOperation

// value adds the operations that turn one value into another at a path.
func (p *patch) value(path string, before, after json.RawMessage) {
	switch {
	case bytes.Equal(before, after):
	case before[0] == '{' && after[0] == '{':
		var x, y map[string]json.RawMessage
		if json.Unmarshal(before, &x) == nil && json.Unmarshal(after, &y) == nil {
			p.members(path, x, y)
		}
	case before[0] == '[' && after[0] == '[':
		var x, y []json.RawMessage
		if json.Unmarshal(before, &x) == nil && json.Unmarshal(after, &y) == nil {
			p.elements(path, x, y)
		}
	case before[0] == '"' && after[0] == '"' && sameText(before, after):
	default:
		*p = append(*p, patchOperation{"replace", path, after})
	}
}

// sameText reports whether two JSON strings are spellings of one text.
func sameText(x, y json.RawMessage) bool {
	var a, b string
	return json.Unmarshal(x, &a) == nil && json.Unmarshal(y, &b) == nil && a == b
}

// inPointer writes a name as RFC 6901 has it in a path.
var inPointer = strings.NewReplacer("~", "~0", "/", "~1")

func (p *patch) members(path string, before, after map[string]json.RawMessage) {
	for _, name := range slices.Sorted(maps.Keys(before)) {
		at := path + "/" + inPointer.Replace(name)
		if value, has := after[name]; has {
			p.value(at, before[name], value)
		} else {
			*p = append(*p, patchOperation{Op: "remove", Path: at})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, had := before[name]; !had {
			*p = append(*p, patchOperation{"add", path + "/" + inPointer.Replace(name), after[name]})
		}
	}
}

// elements takes the elements between those that are the same at both ends for
// changed one by one, and then for removed or added.
func (p *patch) elements(path string, before, after []json.RawMessage) {
	first, shorter := 0, min(len(before), len(after))
	for first < shorter && len(patchOf(before[first], after[first])) == 0 {
		first++
	}
	last := 0
	for last < shorter-first && len(patchOf(before[len(before)-1-last], after[len(after)-1-last])) == 0 {
		last++
	}
	at := func(i int) string { return path + "/" + strconv.Itoa(i) }
	for i := first; i < shorter-last; i++ {
		p.value(at(i), before[i], after[i])
	}
	for i := len(before) - last - 1; i >= shorter-last; i-- {
		*p = append(*p, patchOperation{Op: "remove", Path: at(i)})
	}
	for i := shorter - last; i < len(after)-last; i++ {
		*p = append(*p, patchOperation{"add", at(i), after[i]})
	}
}
