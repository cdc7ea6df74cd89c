package main

import (
	"bytes"
	"errors"
	"reflect"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/awsjar/awsjar/internal/exactjson"
)

// comment begins a line that is not part of the value. No line of JSON begins
// so: a text in quotes has no line breaks.
var comment = []byte("//")

func isComment(line []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(line, " \t"), comment)
}

// withoutComments returns a text with spaces for its comments, so that places
// in it stay.
func withoutComments(text []byte) []byte {
	var out []byte
	for line := range bytes.Lines(text) {
		if isComment(line) {
			rest := bytes.TrimRight(line, "\r\n")
			line = append(bytes.Repeat([]byte(" "), len(rest)), line[len(rest):]...)
		}
		out = append(out, line...)
	}
	return out
}

// marked returns a text with a comment below the line that has the mistake,
// and without other comments.
func marked(text []byte, why error) []byte {
	place := len(text)
	if wrong, ok := errors.AsType[*exactjson.Error](why); ok && wrong.Offset > 0 {
		place = min(place, int(wrong.Offset))
	}
	var out []byte
	begin, done := 0, false
	for line := range bytes.Lines(text) {
		end := begin + len(line)
		if !isComment(line) {
			out = append(out, line...)
		}
		if !done && place <= end {
			out = append(out, pointer(out, place-begin, why)...)
			done = true
		}
		begin = end
	}
	if !done {
		out = append(out, pointer(out, 0, why)...)
	}
	return out
}

// pointer is the comment that points to a column, from 1, of the line above.
func pointer(above []byte, column int, why error) []byte {
	var line []byte
	if len(above) > 0 && above[len(above)-1] != '\n' {
		line = append(line, '\n')
	}
	line = append(line, comment...)
	line = append(line, bytes.Repeat([]byte(" "), max(0, column-1-len(comment)))...)
	line = append(line, "^ "+why.Error()...)
	return append(line, '\n')
}

// showingBoth returns the edited text and, as comments, what the other writer
// has changed in the value that was there before.
func (e *editing) showingBoth(base, value []byte) []byte {
	out := []byte(`// Another writer has changed the same members; see its change at the end.
// To store the text below, delete this line. To give up, leave the file as it is.
`)
	out = append(append(out, indent(value)...), '\n')
	change := diff.Diff("the value you began with", lines(base), "the value of the other writer", lines(e.base))
	for line := range bytes.Lines(change) {
		if !bytes.HasPrefix(line, []byte("diff ")) {
			out = append(append(out, "// "...), line...)
		}
	}
	return out
}

// collide reports whether two changes of a value touch the same member, and
// make it different. nil is a value that is not there.
func collide(base, one, other []byte) bool {
	values := make([]any, 3)
	for i, text := range [][]byte{base, one, other} {
		values[i] = absent{}
		if text != nil && exactly(text, &values[i]) != nil {
			return true
		}
	}
	return apart(values[0], values[1], values[2])
}

// absent is the value of a member that is not there.
type absent struct{}

func apart(base, one, other any) bool {
	if reflect.DeepEqual(base, one) || reflect.DeepEqual(base, other) || reflect.DeepEqual(one, other) {
		return false
	}
	b, isObject := base.(map[string]any)
	m, ok1 := one.(map[string]any)
	t, ok2 := other.(map[string]any)
	if !isObject || !ok1 || !ok2 {
		return true
	}
	for _, object := range []map[string]any{b, m, t} {
		for name := range object {
			if apart(member(b, name), member(m, name), member(t, name)) {
				return true
			}
		}
	}
	return false
}

func member(object map[string]any, name string) any {
	if value, ok := object[name]; ok {
		return value
	}
	return absent{}
}
