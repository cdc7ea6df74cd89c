package exactjson

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
	"unicode/utf8"
)

// HasReplacement reports whether a string of JSON holds U+FFFD, itself or as
// an escape, which the option "string" of a tag escapes once more: only then can
// encoding/json have replaced invalid bytes by it.
func HasReplacement(data []byte) bool {
	if bytes.Contains(data, []byte("\ufffd")) {
		return true
	}
	for {
		next := bytes.IndexByte(data, '\\')
		if next < 0 {
			return false
		}
		data = data[next:]
		if escapedRune(data) == utf8.RuneError || escapedRune(data[1:]) == utf8.RuneError {
			return true
		}
		data = data[min(2, len(data)):]
	}
}

// InvalidString finds a string in v that encoding/json writes and that is not
// valid UTF-8, in whose place it writes U+FFFD without an error. It returns
// an *Error that names the place by the fields of Go types, or nil.
//
// A value with a MarshalJSON of its own is looked into only if that wrote a
// U+FFFD, as one does that hands the value to encoding/json again.
func InvalidString(v any) error {
	place, found := newSearch(false).value(reflect.ValueOf(v))
	if !found {
		return nil
	}
	return &Error{Kind: NotUTF8, Text: "a string in " + named(place) + " is not valid UTF-8 and would not come back as it is"}
}

// search goes through one value once.
type search struct {
	seen  map[visit]bool
	times bool // it looks for an inexact time, and not for a string
}

func newSearch(times bool) *search { return &search{map[visit]bool{}, times} }

type visit struct {
	pointer uintptr
	length  int
	typ     reflect.Type
}

// value searches the text that encoding/json writes for v.
func (s *search) value(v reflect.Value) (place string, found bool) {
	if !v.IsValid() || isNil(v) {
		return "", false
	}
	methods := v
	if v.CanAddr() && v.Kind() != reflect.Pointer {
		methods = v.Addr() // encoding/json finds methods of the pointer, too
	}
	if methods.CanInterface() {
		switch m := methods.Interface().(type) {
		case *time.Time:
			return "", s.times && hasSeconds(*m)
		case time.Time:
			return "", s.times && hasSeconds(m)
		case json.Marshaler:
			text, err := m.MarshalJSON()
			switch {
			case err != nil:
				return "", false
			case !s.times && !utf8.Valid(text):
				return "", true
			case !s.times && !HasReplacement(text), s.times && !HasOffset(text):
				return "", false
			}
		case encoding.TextMarshaler:
			text, err := m.MarshalText()
			return "", err == nil && !s.times && !utf8.Valid(text)
		}
	}
	return s.contents(v)
}

func isNil(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice:
		return v.IsNil()
	}
	return false
}

// contents searches the parts of v.
func (s *search) contents(v reflect.Value) (place string, found bool) {
	switch v.Kind() {
	case reflect.String:
		return "", !s.times && !utf8.ValidString(v.String())
	case reflect.Interface:
		return s.value(v.Elem())
	case reflect.Pointer:
		if s.again(v, 0) {
			return "", false
		}
		return s.value(v.Elem())
	case reflect.Struct:
		return s.fields(v)
	case reflect.Map:
		if s.again(v, 0) {
			return "", false
		}
		return s.entries(v)
	case reflect.Slice:
		if s.again(v, v.Len()) {
			return "", false
		}
		return s.elements(v)
	case reflect.Array:
		return s.elements(v)
	}
	return "", false
}

func (s *search) again(v reflect.Value, length int) bool {
	at := visit{v.Pointer(), length, v.Type()}
	if s.seen[at] {
		return true
	}
	s.seen[at] = true
	return false
}

func (s *search) elements(v reflect.Value) (place string, found bool) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return "", false // base64, or a method that the caller has called
	}
	for i := range v.Len() {
		if place, found := s.value(v.Index(i)); found {
			return fmt.Sprintf("[%d]%s", i, place), true
		}
	}
	return "", false
}

func (s *search) entries(v reflect.Value) (place string, found bool) {
	for entry := v.MapRange(); entry.Next(); {
		key := entry.Key()
		_, found := s.value(key)
		if key.Kind() == reflect.String && !s.times { // written as it is, also by a type with a MarshalText
			found = !utf8.ValidString(key.String())
		}
		if found {
			return ".*", true
		}
		if place, found := s.value(entry.Value()); found {
			return ".*" + place, true
		}
	}
	return "", false
}

func (s *search) fields(v reflect.Value) (place string, found bool) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, ok := nameOf(field)
		if !ok {
			continue
		}
		if place, found := s.value(v.Field(i)); found {
			if name != "" {
				name = "." + name
			}
			return name + place, true
		}
	}
	return "", false
}
