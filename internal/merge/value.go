package merge

import (
	"bytes"
	"encoding/json"
)

// value is a JSON value. Nil is none.
type value struct {
	open     json.Delim // '{', '[' or 0
	names    []string   // of an object, in their order
	members  map[string]*value
	spelt    map[string]string // the names as the text has them
	elements []*value
	scalar   string // of any other value: equal ones are alike
	spelling string // as the text has it
}

// reader reads values.
type reader struct {
	*json.Decoder
	text []byte
}

// readValue reads JSON. Of several members of one name the last counts.
func readValue(text []byte) (*value, error) {
	if text == nil {
		return nil, nil
	}
	r := reader{json.NewDecoder(bytes.NewReader(text)), text}
	r.UseNumber()
	return r.value()
}

// token reads a token, and returns how the text has it.
func (r reader) token() (token json.Token, spelling string, err error) {
	start := r.InputOffset()
	token, err = r.Token()
	return token, string(bytes.TrimLeft(r.text[start:r.InputOffset()], " \t\r\n,:")), err
}

func (r reader) value() (*value, error) {
	token, spelling, err := r.token()
	if err != nil {
		return nil, err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return &value{scalar: scalarOf(token), spelling: spelling}, nil
	}
	v := newValue(open)
	for r.More() {
		if open == '[' {
			element, err := r.value()
			if err != nil {
				return nil, err
			}
			v.elements = append(v.elements, element)
			continue
		}
		token, spelling, err := r.token()
		if err != nil {
			return nil, err
		}
		member, err := r.value()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		v.set(name, spelling, member)
	}
	_, err = r.Token()
	return v, err
}

func newValue(open json.Delim) *value {
	return &value{open: open, members: map[string]*value{}, spelt: map[string]string{}}
}

// scalarOf writes a token, and equal ones alike.
func scalarOf(token any) string {
	if number, ok := token.(json.Number); ok {
		return number.String()
	}
	text, err := json.Marshal(token)
	if err != nil {
		return "null"
	}
	return string(text)
}

func (v *value) set(name, spelling string, member *value) {
	if _, ok := v.members[name]; !ok {
		v.names = append(v.names, name)
	}
	v.members[name], v.spelt[name] = member, spelling
}

func (v *value) isObject() bool { return v != nil && v.open == '{' }

// same reports whether two values are equal. The order of members does not count.
func (v *value) same(w *value) bool {
	if v == nil || w == nil {
		return v == w
	}
	if v.open != w.open || v.scalar != w.scalar || len(v.members) != len(w.members) || len(v.elements) != len(w.elements) {
		return false
	}
	for name, member := range v.members {
		if other, ok := w.members[name]; !ok || !member.same(other) {
			return false
		}
	}
	for i, element := range v.elements {
		if !element.same(w.elements[i]) {
			return false
		}
	}
	return true
}

// at returns the value at a path.
func (v *value) at(path []string) *value {
	for _, name := range path {
		if !v.isObject() {
			return nil
		}
		v = v.members[name]
	}
	return v
}

// put sets or, with nil, removes the member at a path.
func (v *value) put(path []string, member *value) {
	last := len(path) - 1
	name := path[last]
	switch object := v.at(path[:last]); {
	case member == nil:
		delete(object.members, name) // its name stays in names, and counts no more
	case object.spelt[name] == "":
		object.set(name, scalarOf(name), member)
	default:
		object.members[name] = member
	}
}

// clone returns a copy of which objects can be changed.
func (v *value) clone() *value {
	if !v.isObject() {
		return v
	}
	copied := newValue(v.open)
	for _, name := range v.names {
		copied.set(name, v.spelt[name], v.members[name].clone())
	}
	return copied
}

// text returns compact JSON, or nil for none.
func (v *value) text() []byte {
	if v == nil {
		return nil
	}
	return v.append(nil)
}

func (v *value) append(out []byte) []byte {
	switch v.open {
	case '{':
		out = append(out, '{')
		for _, name := range v.names {
			member, ok := v.members[name]
			if !ok {
				continue
			}
			if out[len(out)-1] != '{' {
				out = append(out, ',')
			}
			out = append(append(out, v.spelt[name]...), ':')
			out = member.append(out)
		}
		return append(out, '}')
	case '[':
		out = append(out, '[')
		for i, element := range v.elements {
			if i > 0 {
				out = append(out, ',')
			}
			out = element.append(out)
		}
		return append(out, ']')
	}
	return append(out, v.spelling...)
}
