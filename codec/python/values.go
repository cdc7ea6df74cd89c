package python

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// value reads one value of any kind.
func (r *reading) value(dec *jsontext.Decoder) (any, error) {
	tok, err := dec.ReadToken()
	if err != nil {
		return nil, err
	}
	switch tok.Kind() {
	case '{':
		return r.members(dec)
	case '[':
		return r.elements(dec)
	case '"':
		return tok.String(), nil
	case 't', 'f':
		return tok.Bool(), nil
	case '0':
		text := tok.String() // before anything else is read
		if n, ok, err := r.special(dec); ok || err != nil {
			return n, err
		}
		return stdjson.Number(text), nil
	}
	return nil, nil
}

func (r *reading) elements(dec *jsontext.Decoder) (any, error) {
	list := []any{}
	for dec.PeekKind() != ']' {
		v, err := r.value(dec)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.ReadToken()
	return list, err
}

// members reads the rest of an object, and returns the value that it stands for.
func (r *reading) members(dec *jsontext.Decoder) (any, error) {
	object := map[string]any{}
	for dec.PeekKind() != '}' {
		tok, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		name := tok.String()
		if object[name], err = r.value(dec); err != nil {
			return nil, err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	if _, marked := object[markName]; !marked {
		return object, nil
	}
	repr, ok := object[reprName].(string)
	switch {
	case ok:
		m, err := parseRepr(repr)
		var t time.Time
		if err == nil {
			t, err = r.codec.time(m)
		}
		if err != nil {
			return nil, noDatetime(dec, err)
		}
		return t, nil
	case r.strict:
		return nil, found(dec, `an object with a member "_dt_" that is no datetime: Python awsjar would fail on it`)
	}
	return object, nil
}

// noDatetime says why an object that was just read stands for no time.
func noDatetime(dec *jsontext.Decoder, err error) error {
	p := found(dec, err.Error()) // of this package: it holds nothing of the text
	p.err = err
	if known, ok := errors.AsType[*problem](err); ok {
		p.hint = known.hint
	}
	return p
}

// refuseMarks returns an error for text that Python awsjar would take for a
// datetime that is none.
func (c Codec) refuseMarks(text []byte) error {
	if !bytes.Contains(text, []byte(`"`+markName+`"`)) {
		return nil
	}
	r := reading{codec: c, strict: true}
	_, err := r.value(jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true)))
	return err
}
