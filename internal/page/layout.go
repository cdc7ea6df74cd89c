package page

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/exactjson"
)

// maxLaidOut is how many bytes a text may have with one member a line. Deep JSON
// grows with the square of its depth.
const maxLaidOut = 4 * maxShown

// maxListed is how many bytes of a text are shown.
const maxListed = 64 << 10

// maxEdited is how many lines are edited. A browser lays out all of them after each
// key: 20,000 take a quarter of a second.
const maxEdited = 20_000

// document is a stored value, made ready to be shown.
type document struct {
	Size int   // bytes
	JSON bool  // it passed the rule
	Why  error // the reason why it is no JSON

	value   []byte
	compact []byte // nil if it is no JSON
	binary  bool   // it is no text
}

// read makes a stored value ready.
func read(value []byte) *document {
	d := &document{Size: len(value), value: value, binary: !utf8.Valid(value)}
	if d.Why = (exactjson.Rule{}).Check(value); d.Why != nil {
		return d
	}
	var b bytes.Buffer
	if d.Why = json.Compact(&b, value); d.Why == nil {
		d.JSON, d.compact = true, b.Bytes()
	}
	return d
}

// whole returns the text of a value: JSON with one member a line.
func (d *document) whole() []byte {
	if d.JSON {
		return laidOut(d.compact)
	}
	return d.value
}

// Text returns the beginning of the text of a value.
func (d *document) Text() string {
	text, end := d.whole(), d.listed()
	if len(text) <= end {
		return string(text)
	}
	for !d.binary && !utf8.RuneStart(text[end]) {
		end--
	}
	return string(text[:end])
}

// Cut reports whether Text is not all of it.
func (d *document) Cut() bool { return len(d.whole()) > d.listed() }

// listed is how many bytes of the text are shown.
func (d *document) listed() int {
	if d.binary {
		return maxListed / 32
	}
	return maxListed
}

// Editable reports whether the value can be changed in the page.
func (d *document) Editable() bool {
	return d.JSON && len(d.compact) <= maxShown && indentedSize(d.compact) <= maxLaidOut/4 &&
		bytes.Count(d.whole(), []byte("\n")) < maxEdited
}

// laidOut returns JSON with every member on a line of its own, or as it is if
// that would be too long.
func laidOut(compact []byte) []byte {
	if len(compact) > maxShown || indentedSize(compact) > maxLaidOut {
		return compact
	}
	var b bytes.Buffer
	if json.Indent(&b, compact, "", "  ") != nil {
		return compact
	}
	return b.Bytes()
}

// indentedSize returns about how many bytes compact JSON has when it is laid out.
func indentedSize(compact []byte) int {
	size, depth := len(compact), 0
	for i := 0; i < len(compact); i++ {
		switch compact[i] {
		case '"':
			for i++; i < len(compact) && compact[i] != '"'; i++ {
				if compact[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			depth++
			size += 1 + 2*depth
		case '}', ']':
			depth--
			size += 1 + 2*depth
		case ',':
			size += 1 + 2*depth
		case ':':
			size++
		}
	}
	return size
}
