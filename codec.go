package awsjar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/exactjson"
)

// Codec turns a value into bytes and back. It must be safe for concurrent
// use. What Marshal writes, Unmarshal must read; and Marshal should write
// equal values as equal bytes, for an [Jar.Update] that changes nothing is
// told by them.
//
// An error of Marshal is returned with [ErrInvalid], one of Unmarshal with
// [ErrCorrupt]. Their texts are shown: keep stored values out of them.
type Codec interface {
	// Marshal returns the bytes of v, which is of the Jar's type T.
	Marshal(v any) ([]byte, error)
	// Unmarshal reads data into v, which is a *T that holds a zero T.
	Unmarshal(data []byte, v any) error
}

// JSON is the default Codec: encoding/json without the escaping of <, > and
// &, and without a newline at the end.
//
// Numbers that are read into an any stay exact, as [json.Number]. Refused, in
// both directions, is what encoding/json would change in silence: NaN and
// infinities, strings that are not valid UTF-8, halves of surrogate pairs; and
// bytes after the value. Otherwise the rules of encoding/json hold: in an any,
// a []byte comes back as its base64 text and a time.Time as text, and a member
// that the type does not have is ignored.
type JSON struct {
	// Indent, if not empty, puts every member on a line of its own, indented
	// by this string for each level; two spaces are the "pretty" of Python
	// awsjar. Default "": compact.
	Indent string

	// Unknown says what becomes of members of the stored JSON that the type
	// does not have. Default: KeepUnknown.
	Unknown Unknown

	// ReplaceSurrogates reads an escape of half of a surrogate pair, which
	// JavaScript and Python write and UTF-8 cannot hold, as U+FFFD.
	// Default: it is refused, because it would not come back as it was.
	ReplaceSurrogates bool
}

// Unknown says what becomes of members of the stored JSON that the type does
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
func (c JSON) Marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", c.Indent)
	if err := enc.Encode(v); err != nil {
		return nil, describeJSON(err)
	}
	data := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	if replacedInvalidUTF8(data) {
		return nil, errors.New("a string in the value is not valid UTF-8 and would not come back as it is")
	}
	return data, nil
}

// Unmarshal reads one JSON value.
func (c JSON) Unmarshal(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("not JSON: it is not valid UTF-8")
	}
	if at := loneSurrogate(data); at >= 0 {
		return fmt.Errorf("half of a surrogate pair, at byte %d", at)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		return describeJSON(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("there is more after the JSON value, at byte %d", dec.InputOffset())
	}
	return nil
}

// replacedInvalidUTF8 reports whether encoding/json replaced an invalid byte:
// it writes the replacement as an escape, while a U+FFFD that was in the
// string is written as itself.
func replacedInvalidUTF8(data []byte) bool {
	const escape = `\ufffd`
	for i := 0; ; {
		at := bytes.Index(data[i:], []byte(escape))
		if at < 0 {
			return false
		}
		at += i
		before := 0
		for at-before > 0 && data[at-before-1] == '\\' {
			before++
		}
		if before%2 == 0 {
			return true
		}
		i = at + len(escape)
	}
}

// loneSurrogate returns where JSON escapes half of a surrogate pair, which
// encoding/json would replace, or -1.
func loneSurrogate(data []byte) int {
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		first, second := escapedRune(data[i:]), escapedRune(data[min(i+6, len(data)):])
		switch {
		case !utf16.IsSurrogate(first):
			i++ // an escape of one character, or the u of another rune
		case utf16.DecodeRune(first, second) == utf8.RuneError:
			return i
		default:
			i += 11
		}
	}
	return -1
}

// escapedRune returns the rune of the escape that data begins with, or -1.
func escapedRune(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return -1
	}
	r, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(r)
}

// describeJSON says what is wrong without the stored value that the texts of
// encoding/json may quote.
func describeJSON(err error) error {
	var syntax *json.SyntaxError
	var typed *json.UnmarshalTypeError
	var unsupported *json.UnsupportedValueError
	switch {
	case errors.As(err, &syntax):
		return &described{fmt.Sprintf("not JSON, at byte %d", syntax.Offset), err}
	case errors.As(err, &typed):
		place := "the value"
		if typed.Field != "" {
			place = "member " + typed.Field
		}
		return &described{fmt.Sprintf("%s is not of type %v, at byte %d", place, typed.Type, typed.Offset), err}
	case errors.As(err, &unsupported):
		return &described{"JSON has no form for NaN, infinities and cycles", err}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &described{"not JSON: it ends too early", err}
	}
	return err
}

// closed returns an error for one of a Codec without the text of that, which
// may hold the value, unless one of our own codecs made it. The error of the
// Codec stays reachable.
func closed(err error) error {
	if own, ok := errors.AsType[*exactjson.Error](err); ok {
		return &described{own.Text, err}
	}
	return &described{fmt.Sprintf("its codec failed with an error of type %T, whose text may hold the value", err), err}
}

// hintOf returns what one of our own codecs advises about its error, or "".
func hintOf(err error) string {
	if own, ok := errors.AsType[*exactjson.Error](err); ok {
		return own.Hint
	}
	return ""
}

// described gives an error another text.
type described struct {
	text string
	err  error
}

func (d *described) Error() string { return d.text }
func (d *described) Unwrap() error { return d.err }

// Bytes is the Codec that stores a []byte, a string or a [json.RawMessage]
// as it is. It reads whatever is stored, also what another Codec refuses.
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
	return nil, fmt.Errorf("codec Bytes stores []byte, string and json.RawMessage, not %T", v)
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
		return fmt.Errorf("codec Bytes reads []byte, string and json.RawMessage, not %T", v)
	}
	return nil
}
