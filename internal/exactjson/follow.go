package exactjson

import (
	"encoding/json"
	"reflect"
	"strconv"
)

// Follow names the place to which steps, the names of members and the indexes
// of elements, lead from a value of type t, and returns the byte at which it
// begins in data, which is valid JSON. Names that t does not have are shown as
// stars, since they may be data. Of a value that is to be written there is no
// data: the byte is 0, and the place ends where t does not say more.
func Follow(data []byte, t reflect.Type, steps []string) (noun string, at int64) {
	w := walk{data: data}
	w.space()
	place := ""
	for _, step := range steps {
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if len(data) == 0 && (t == nil || t.Kind() == reflect.Interface || hasMethods(t)) || len(data) > 0 && !w.enter(step) {
			return "a part of " + named(place), 0
		}
		isIndex := w.inArray || len(data) == 0 && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array)
		var shown string
		shown, t = child(t, step, isIndex)
		place += shown
	}
	if len(data) > 0 {
		at = int64(w.at + 1)
	}
	return named(place), at
}

// child returns how a step within a value of type t is shown, and the type
// there, which is nil if t does not say.
func child(t reflect.Type, step string, isIndex bool) (shown string, elem reflect.Type) {
	shown = ".*"
	if isIndex {
		shown = "[" + step + "]"
	}
	if t == nil {
		return shown, nil
	}
	switch t.Kind() {
	case reflect.Struct:
		if m, ok := find(membersOf(t), step); ok && !isIndex {
			return "." + m.name, m.field.Type
		}
	case reflect.Map, reflect.Slice, reflect.Array:
		return shown, t.Elem()
	}
	return shown, nil
}

// enter goes to the begin of a member or an element of the value at which the
// walk is.
func (w *walk) enter(step string) bool {
	open := w.space()
	w.inArray = open == '['
	if open != '[' && open != '{' {
		return false
	}
	w.at++
	for i := 0; ; i++ {
		if next := w.space(); next == ']' || next == '}' || next == 0 {
			return false
		}
		here := strconv.Itoa(i)
		if open == '{' {
			start := w.at
			w.at = endOfString(w.data, w.at)
			if json.Unmarshal(w.data[start:w.at], &here) != nil {
				return false
			}
			w.space()
			w.at++ // the colon
			w.space()
		}
		if here == step {
			return true
		}
		w.skip()
		w.comma()
	}
}
