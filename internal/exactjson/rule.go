package exactjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how many arrays and objects may stand within each other:
// encoding/json reads no more, but writes them.
const MaxDepth = 10_000

// Rule is the rule, with its choices. A text is written by the same
// rule as it is read.
type Rule struct {
	// ReplaceSurrogates lets escapes of half of a surrogate pair in, which
	// encoding/json reads as U+FFFD.
	ReplaceSurrogates bool
}

// Check returns nil if data is one JSON value that may be written and read,
// else an *Error. It has a Hint if that is the same for every caller.
func (r Rule) Check(data []byte) error {
	err := r.CheckBytes(data)
	if syntax := checkSyntax(data); syntax != nil && (err == nil || syntax.Kind != Syntax) {
		return syntax // it names the kind of bytes, or comes first
	}
	return err
}

// CheckBytes makes the checks of data that is to be written, which encoding/json
// does not: those of [Rule.CheckText], and its depth. It is cheap beside encoding,
// and finds in data that is not JSON nothing or the wrong thing.
func (r Rule) CheckBytes(data []byte) error {
	if err := r.CheckText(data); err != nil {
		return err
	}
	if at := tooDeep(data); at > 0 {
		return &Error{Kind: TooDeep, Offset: at, Text: fmt.Sprintf("more than %d arrays and objects within each other", MaxDepth)}
	}
	return nil
}

// CheckText is CheckBytes for data that is to be read, of which encoding/json
// refuses what is too deep: it checks that the data is UTF-8, and that its escapes
// come in pairs.
func (r Rule) CheckText(data []byte) error {
	if !utf8.Valid(data) {
		at := invalidAt(data)
		return &Error{Kind: NotUTF8, Offset: at, Text: "not JSON: it is not valid UTF-8"}
	}
	if at := halfSurrogate(data); at > 0 && !r.ReplaceSurrogates {
		return &Error{Kind: HalfSurrogate, Offset: at, Text: "half of a surrogate pair"}
	}
	return nil
}

// checkSyntax returns an error that says why data is not one JSON value.
func checkSyntax(data []byte) *Error {
	if json.Valid(data) {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(new(json.RawMessage))
	at := dec.InputOffset() + 1
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = syntax.Offset
	}
	if known := recognise(data, at); known != nil {
		known.Err = err
		return known
	}
	switch {
	case err == nil:
		at += int64(len(data[at-1:]) - len(bytes.TrimLeft(data[at-1:], " \t\r\n")))
		return &Error{Kind: Trailing, Offset: at, Text: "there is more after the JSON value"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Kind: Cut, Text: "not JSON: it ends too early", Err: err}
	}
	return &Error{Kind: Syntax, Offset: at, Text: "not JSON", Err: err}
}

func invalidAt(data []byte) int64 {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return int64(i + 1)
		}
		i += size
	}
	return 0
}

// halfSurrogate returns the byte at which JSON escapes half of a surrogate
// pair, or 0.
func halfSurrogate(data []byte) int64 {
	for i := 0; ; {
		next := bytes.IndexByte(data[i:], '\\')
		if next < 0 {
			return 0
		}
		i += next
		first, second := escapedRune(data[i:]), escapedRune(data[min(i+6, len(data)):])
		switch {
		case !utf16.IsSurrogate(first):
			i = min(i+2, len(data)) // an escape of one character, or the u of another rune
		case utf16.DecodeRune(first, second) == utf8.RuneError:
			return int64(i + 1)
		default:
			i += 12
		}
	}
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

// tooDeep returns the byte at which the depth of JSON exceeds MaxDepth, or 0.
func tooDeep(data []byte) int64 {
	if len(data) <= MaxDepth || bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) <= MaxDepth {
		return 0 // as nearly always
	}
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '"':
			i = endOfString(data, i) - 1
		case '[', '{':
			if depth++; depth > MaxDepth {
				return int64(i + 1)
			}
		case ']', '}':
			depth--
		}
	}
	return 0
}

// endOfString returns the index behind the string that begins at start.
func endOfString(data []byte, start int) int {
	for i := start + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}
