package python

import (
	"bytes"

	"github.com/awsjar/awsjar/internal/merge"
	"github.com/go-json-experiment/json/jsontext"
)

// Merge applies the change between two encodings of a value to the text that
// is stored, so that an Update keeps all that the Go type does not have: members,
// and the order of members, the digits of numbers and the words NaN and
// Infinity of every part that did not change. A datetime is one value: it stays
// or is replaced as a whole.
//
// Stored is the text that Unmarshal read; Marshal wrote before and after. Bare
// text, and every value but a list and a dict, is replaced by after.
func (c Codec) Merge(stored, before, after []byte) ([]byte, error) {
	merged := merge.Apply(stored, before, after, merge.Options{Atomic: isMarked})
	if bytes.Equal(merged, after) {
		return after, nil
	}
	return hideZlib(c.spaced(merged)), nil
}

// isMarked reports whether an object has the mark of a datetime.
func isMarked(object []byte) bool {
	const longest = 4096 // bytes; no datetime is longer
	if len(object) > longest {
		return false
	}
	text, _ := finite(object)
	dec := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := dec.ReadToken(); err != nil {
		return false
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return false
		}
		if name.String() == markName {
			return true
		}
		if dec.SkipValue() != nil {
			return false
		}
	}
	return false
}

// spaced returns JSON, which has no white space between its tokens, in the form
// in which Marshal writes it. Words that JSON does not have stay.
func (c Codec) spaced(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	depth := 0
	line := func() {
		out = append(out, '\n')
		for range depth {
			out = append(out, "  "...)
		}
	}
	for i := 0; i < len(text); i++ {
		ch := text[i]
		switch {
		case ch == '"':
			start := i
			for i++; i < len(text)-1 && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
			out = append(out, text[start:i+1]...)
			continue
		case (ch == ']' || ch == '}') && c.Pretty:
			if depth--; !isOpen(out[len(out)-1]) {
				line()
			}
		}
		out = append(out, ch)
		switch {
		case ch == ':':
			out = append(out, ' ')
		case ch == ',' && !c.Pretty:
			out = append(out, ' ')
		case ch == ',':
			line()
		case isOpen(ch) && c.Pretty:
			if depth++; i+1 < len(text) && text[i+1] != ']' && text[i+1] != '}' {
				line()
			}
		}
	}
	return out
}

func isOpen(ch byte) bool { return ch == '[' || ch == '{' }
