package exactjson

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Mismatched finds the first value of valid JSON that its part of the Go type
// t cannot hold. It returns an *Error that names the place, and the JSON
// there, or nil. The UnmarshalJSON and UnmarshalText of t's parts may run
// again.
func Mismatched(data []byte, t reflect.Type) (*Error, []byte) {
	return locate(data, t, false)
}

// Unknown finds the first member of valid JSON that the Go type t does not
// have. It returns an *Error that names the parents which t has, or nil.
func Unknown(data []byte, t reflect.Type) *Error {
	err, _ := locate(data, t, true)
	return err
}

func locate(data []byte, t reflect.Type, unknown bool) (*Error, []byte) {
	w := walk{data: data, unknown: unknown, members: map[reflect.Type]map[string]member{}}
	w.space()
	w.value(t)
	return w.err, w.wrong
}

// walk goes through valid JSON and a Go type side by side.
type walk struct {
	data    []byte
	at      int
	unknown bool // the walk looks for members that t does not have
	inArray bool // where enter went
	members map[reflect.Type]map[string]member

	path  []step // to where the walk is
	err   *Error // the fault that was found
	wrong []byte // the JSON there
}

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// value passes one value, which is to be of type t.
func (w *walk) value(t reflect.Type) {
	start := w.at
	for t.Kind() == reflect.Pointer && !t.Implements(unmarshaler) && !t.Implements(textUnmarshaler) {
		t = t.Elem()
	}
	kind := t.Kind()
	switch first := w.data[w.at]; {
	case t.Kind() != reflect.Interface && hasMethods(t):
		w.skip()
	case first == '{' && kind == reflect.Struct:
		w.object(t)
		return
	case first == '{' && kind == reflect.Map:
		w.object(t)
		return
	case first == '[' && (kind == reflect.Slice || kind == reflect.Array):
		w.array(t.Elem())
		return
	default:
		w.skip()
	}
	w.leaf(t, w.data[start:w.at], start)
}

// hasMethods reports whether a type reads JSON by a method of its own.
func hasMethods(t reflect.Type) bool {
	if t.Kind() != reflect.Pointer {
		t = reflect.PointerTo(t)
	}
	return t.Implements(unmarshaler) || t.Implements(textUnmarshaler)
}

// leaf tries whether encoding/json reads text into t.
func (w *walk) leaf(t reflect.Type, text []byte, start int) {
	if w.unknown || t.Kind() == reflect.Interface && t.NumMethod() == 0 {
		return
	}
	if err := json.Unmarshal(text, reflect.New(t).Interface()); err != nil {
		w.found(start, t, err)
		w.wrong = text
	}
}

func (w *walk) found(start int, t reflect.Type, err error) {
	w.err = &Error{Kind: Mismatch, Offset: int64(start + 1), Err: err,
		Text: fmt.Sprintf("%s is not of type %v", named(w.place()), t)}
}

// step leads to a member, or to an element if it has no name.
type step struct {
	name  string
	index int
}

// within passes a value to which a step leads.
func (w *walk) within(s step, t reflect.Type) {
	w.path = append(w.path, s)
	w.value(t)
	if w.err == nil {
		w.path = w.path[:len(w.path)-1]
	}
}

func (w *walk) place() string {
	var b strings.Builder
	for _, s := range w.path {
		if s.name != "" {
			b.WriteString("." + s.name)
		} else {
			fmt.Fprintf(&b, "[%d]", s.index)
		}
	}
	return b.String()
}

func (w *walk) array(elem reflect.Type) {
	w.at++
	for i := 0; w.space() != ']'; i++ {
		w.within(step{index: i}, elem)
		if w.err != nil {
			return
		}
		w.comma()
	}
	w.at++
}

// object passes an object that is to be a struct or a map.
func (w *walk) object(t reflect.Type) {
	w.at++
	for w.space() != '}' {
		start := w.at
		w.at = endOfString(w.data, w.at)
		name := w.data[start:w.at]
		w.space()
		w.at++ // the colon
		w.space()
		if t.Kind() == reflect.Map {
			w.entry(t, name, start)
		} else {
			w.member(t, name, start)
		}
		if w.err != nil {
			return
		}
		w.comma()
	}
	w.at++
}

// entry passes the value of one entry of a map, after its key.
func (w *walk) entry(t reflect.Type, name []byte, start int) {
	if !w.unknown && t.Key().Kind() != reflect.String || hasMethods(t.Key()) && !w.unknown {
		key := reflect.MapOf(t.Key(), reflect.TypeFor[any]())
		if err := json.Unmarshal(bytes.Join([][]byte{[]byte("{"), name, []byte(":null}")}, nil), reflect.New(key).Interface()); err != nil {
			w.err = &Error{Kind: Mismatch, Offset: int64(start + 1), Err: err,
				Text: fmt.Sprintf("a name in %s is not of type %v", container(w.place()), t.Key())}
			return
		}
	}
	w.within(step{name: "*"}, t.Elem())
}

// member passes the value of one member of a struct, after its name.
func (w *walk) member(t reflect.Type, quoted []byte, start int) {
	members, ok := w.members[t]
	if !ok {
		members = membersOf(t)
		w.members[t] = members
	}
	var name string
	if json.Unmarshal(quoted, &name) != nil {
		return
	}
	m, ok := find(members, name)
	switch {
	case !ok && w.unknown:
		w.err = &Error{Kind: UnknownMember, Offset: int64(start + 1),
			Text: fmt.Sprintf("%s has a member that the type %v does not have", container(w.place()), t)}
	case !ok:
		w.skip()
	case m.isQuoted() && m.field.IsExported() && !w.unknown:
		w.quoted(m)
	default:
		w.within(step{name: m.name}, m.field.Type)
	}
}

// quoted passes the value of a member with the option "string" in its tag.
func (w *walk) quoted(m member) {
	start := w.at
	w.skip()
	m.field.Index, m.field.Offset, m.field.Anonymous = nil, 0, false
	holder := reflect.New(reflect.StructOf([]reflect.StructField{m.field}))
	text := w.data[start:w.at]
	name, err := json.Marshal(m.name)
	if err == nil {
		err = json.Unmarshal(bytes.Join([][]byte{[]byte("{"), name, []byte(":"), text, []byte("}")}, nil), holder.Interface())
	}
	if err != nil {
		w.path = append(w.path, step{name: m.name})
		w.found(start, m.field.Type, err)
		w.wrong = text
	}
}
