package awsjar

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/awsjar/awsjar/internal/exactjson"
)

// Codec turns a value into bytes and back. It must be safe for concurrent
// use. Unmarshal must read all that Marshal writes, which a Jar tries before it
// stores. Marshal should write equal values as equal bytes: [Jar.Update] compares
// these to find out that its function changed nothing.
//
// A Jar copies the bytes that Marshal returns, and gives Unmarshal a copy of
// its own, so that both may share memory with the value. Marshal must not
// return a buffer that another call writes into.
//
// A codec by which Update keeps the members that T does not have is a [Merger].
//
// An error of Marshal is returned with [ErrInvalid], one of Unmarshal with
// [ErrCorrupt]. Since its text may hold the value, it is not shown, unless the
// error is one of [JSON], [Bytes] or package codec/python. [errors.Is] and
// [errors.As] find it.
type Codec interface {
	// Marshal returns the bytes of v, which is of the Jar's type T.
	Marshal(v any) ([]byte, error)
	// Unmarshal reads data into v, which is a *T that holds a zero T.
	Unmarshal(data []byte, v any) error
}

// JSON is the default Codec: encoding/json without the escaping of <, > and
// &, and without a newline at the end.
//
// It reads all that it writes. Refused, in both directions, is text that
// encoding/json would change and not say, or write and not read: NaN and
// infinities, strings that are not valid UTF-8, halves of surrogate pairs, times
// whose offset from UTC has seconds, more than 10,000 arrays and objects within each
// other, and bytes after the value.
// Numbers that are read into an any stay exact, as [json.Number].
//
// Otherwise the rules of encoding/json hold. In an any, a []byte comes back as
// its base64 text and a time.Time as text. Of two members of one name the last
// counts, but a struct or a map gets the members of both. A member that the type
// does not have is read past: see [Unknown].
type JSON struct {
	// Indent, if not empty, puts every member on a line of its own, indented
	// by this string for each level; two spaces are the "pretty" of Python
	// awsjar. Default "": compact.
	Indent string

	// Unknown decides about members of the stored JSON that the type
	// does not have. Default: KeepUnknown.
	Unknown Unknown

	// ReplaceSurrogates reads an escape of half of a surrogate pair, which
	// JavaScript and Python write and UTF-8 cannot hold, as U+FFFD.
	// Default: it is refused, because it would not come back as it was.
	ReplaceSurrogates bool
}

// Unknown decides about members of the stored JSON that the type does
// not have, such as those that a newer version of the program wrote.
type Unknown int

const (
	// KeepUnknown reads past them, and [Jar.Update] keeps them where they are.
	KeepUnknown Unknown = iota

	// DropUnknown reads past them, and Update writes the value as the type
	// has it.
	DropUnknown

	// RefuseUnknown refuses to read them: the error is [ErrCorrupt].
	RefuseUnknown
)

// Marshal returns v as JSON.
func (c JSON) Marshal(v any) ([]byte, error) { return c.marshal(exactjson.Addressable(v), nil, true) }

// marshal returns v as JSON, which is known itself if it is the same text. v is a
// pointer to the value, and mayHoldTimes is false if its type holds no time.
func (c JSON) marshal(v any, known []byte, mayHoldTimes bool) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	out := output{known: known}
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", c.Indent)
	if err := enc.Encode(v); err != nil {
		return nil, notWritten(err)
	}
	data := bytes.TrimSuffix(out.data, newline)
	if err := c.rule().CheckBytes(data); err != nil {
		return nil, err
	}
	if exactjson.HasReplacement(data) {
		if err := exactjson.InvalidString(v); err != nil {
			return nil, err
		}
	}
	if mayHoldTimes && exactjson.HasOffset(data) {
		if err := exactjson.InexactTime(v); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// check refuses options that no text can be read or written by.
func (c JSON) check() error {
	switch {
	case strings.Trim(c.Indent, " \t\r\n") != "":
		return &exactjson.Error{
			Kind: exactjson.Misused,
			Text: "the Indent of codec JSON is not white space",
			Hint: `indent by spaces or tabs, such as JSON{Indent: "  "}`,
		}
	case c.Unknown < KeepUnknown || c.Unknown > RefuseUnknown:
		return &exactjson.Error{
			Kind: exactjson.Misused,
			Text: fmt.Sprintf("codec JSON has no Unknown %d", c.Unknown),
			Hint: "the constants are KeepUnknown, DropUnknown and RefuseUnknown",
		}
	}
	return nil
}

var newline = []byte("\n") // an Encoder ends with it

// output keeps the text of an Encoder, without a copy if it is known.
type output struct{ known, data []byte }

func (o *output) Write(p []byte) (int, error) {
	if text, whole := bytes.CutSuffix(p, newline); whole && o.data == nil && len(o.known) > 0 && bytes.Equal(text, o.known) {
		o.data = o.known
	} else {
		o.data = append(o.data, p...)
	}
	return len(p), nil
}

// Unmarshal reads one JSON value.
func (c JSON) Unmarshal(data []byte, v any) error { return c.read(data, v, false) }

// read reads one JSON value. Plain says that v holds no interface, so that no
// number can become a float64 that it was not.
func (c JSON) read(data []byte, v any, plain bool) error {
	if err := c.check(); err != nil {
		return err
	}
	err := c.rule().CheckText(data)
	switch {
	case err != nil:
	case plain && c.Unknown != RefuseUnknown:
		err = json.Unmarshal(data, v)
	default:
		err = c.decode(data, v)
	}
	if err != nil {
		return c.notRead(data, v, err)
	}
	return nil
}

func (c JSON) rule() exactjson.Rule {
	return exactjson.Rule{ReplaceSurrogates: c.ReplaceSurrogates}
}

func (c JSON) decode(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if c.Unknown == RefuseUnknown {
		dec.DisallowUnknownFields()
	}
	if err := dec.Decode(v); err != nil {
		return err
	}
	if len(bytes.TrimLeft(data[dec.InputOffset():], " \t\r\n")) > 0 {
		return errTrailing
	}
	return nil
}

// typedJSON is JSON for values of one type, which is known to a [Jar].
type typedJSON struct {
	JSON
	plain func() bool // that the type holds no interface
}

func (c JSON) typed(t reflect.Type) typedJSON {
	return typedJSON{c, sync.OnceValue(func() bool { return holdsNoInterface(t, map[reflect.Type]bool{}) })}
}

func (c typedJSON) Unmarshal(data []byte, v any) error { return c.read(data, v, c.plain()) }

// whole reports whether the text is decoded where it is, and not from a copy.
func (c typedJSON) whole() bool { return c.plain() && c.Unknown != RefuseUnknown }

// holdsNoInterface reports whether encoding/json reads no part of a value of
// type t into an interface. A type that reads itself gets the text.
func holdsNoInterface(t reflect.Type, seen map[reflect.Type]bool) bool {
	if t.Kind() == reflect.Interface {
		return false
	}
	p := reflect.PointerTo(t)
	if seen[t] || p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return true
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return holdsNoInterface(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if !holdsNoInterface(t.Field(i).Type, seen) {
				return false
			}
		}
	}
	return true
}

// Bytes is the Codec that stores a []byte, a string or a [json.RawMessage]
// as it is. It reads any stored bytes, also those that another Codec refuses.
type Bytes struct{}

// Marshal returns the bytes of v.
func (Bytes) Marshal(v any) ([]byte, error) {
	switch v := v.(type) {
	case []byte:
		return v, nil
	case string:
		return []byte(v), nil
	case json.RawMessage:
		return v, nil
	}
	return nil, &exactjson.Error{Text: fmt.Sprintf("codec Bytes stores []byte, string and json.RawMessage, not %T", v)}
}

// Unmarshal sets the []byte, string or [json.RawMessage] that v points to.
func (Bytes) Unmarshal(data []byte, v any) error {
	switch v := v.(type) {
	case *[]byte:
		*v = data
	case *string:
		*v = string(data)
	case *json.RawMessage:
		*v = data
	default:
		return &exactjson.Error{Text: fmt.Sprintf("codec Bytes reads []byte, string and json.RawMessage, not %T", v)}
	}
	return nil
}
