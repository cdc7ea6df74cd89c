package main

import (
	"bytes"
	"errors"
	"os"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/awsjar/awsjar"
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

// consent begins the line that must go before a text is stored over another
// writer's change.
const consent = "To store the text below, delete this line"

// awaitsConsent reports whether a text still has that line.
func awaitsConsent(text []byte) bool {
	for line := range bytes.Lines(text) {
		if isComment(line) && bytes.Contains(line, []byte(consent)) {
			return true
		}
	}
	return false
}

// isEmpty reports whether a text has nothing but white space and comments.
func isEmpty(text []byte) bool { return len(bytes.TrimSpace(withoutComments(text))) == 0 }

// showingBoth returns the edited text and, as comments, the other writer's
// changes to the value that was there before.
func (e *editing) showingBoth(base, value []byte) []byte {
	e.conflict, e.first = true, base
	out := []byte(`// Another writer has changed the same members; see its change at the end.
// ` + consent + `. To give up, leave the file as it is.
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

// rewrite replaces the text, or leaves it as it is: on a full disk for instance.
func (e *editing) rewrite(text []byte) {
	other := e.path + ".new"
	if os.WriteFile(other, text, 0o600) != nil || os.Rename(other, e.path) != nil {
		os.Remove(other)
	}
}

// keep leaves the text in its file without the comments, so that put takes it,
// and says how to store it.
func (e *editing) keep() (hint string) {
	if text, err := os.ReadFile(e.path); err == nil {
		if value, err := compact(withoutComments(text)); err == nil {
			e.rewrite(append(indent(value), '\n'))
		}
	}
	store := "put --if " + quote(string(e.revision))
	if e.revision == awsjar.None {
		store = "create"
	}
	return "your text is in " + quote(e.path) + "; to store it: awsjar " + store + " " + quote(e.url) + " @" + quote(e.path)
}
