package exactjson

import "fmt"

// Error says why a value cannot be read or written. Its text and its hint
// hold no part of the value: no text, no number, and no name of a member
// unless the Go type has that name. Only the project's own codecs make it, so
// its text may be shown.
type Error struct {
	Kind   Kind
	Offset int64  // the byte of the text at which it was seen, from 1; 0 if it is about the whole
	Text   string // the fault, without the Offset
	Hint   string // the remedy; may be empty
	Err    error  // the cause, whose text may hold the value; may be nil
}

// Error returns the Text, after the Offset if there is one.
func (e *Error) Error() string {
	if e.Offset == 0 {
		return e.Text
	}
	return fmt.Sprintf("%s, at byte %d", e.Text, e.Offset)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Kind is the kind of a fault of a text or a value.
type Kind int

const (
	Other         Kind = iota // none of the following
	Empty                     // no bytes, or white space alone
	Zeros                     // it begins with NUL bytes, as a file does after a crash of the machine
	ByteOrderMark             // UTF-8 with a byte order mark
	UTF16                     // text in UTF-16
	Compressed                // the output of gzip or zstd
	Conflict                  // the marks that a merge of a version control system left
	NotUTF8                   // bytes that are not UTF-8
	HalfSurrogate             // an escape of half of a surrogate pair
	TooDeep                   // more than MaxDepth arrays and objects within each other
	Cut                       // it ends too early
	Trailing                  // bytes after the value
	NonFinite                 // NaN or an infinity
	PythonText                // a text of Python's str or repr, and not of its json
	Syntax                    // no JSON for another reason
	Mismatch                  // JSON that the Go type cannot hold
	UnknownMember             // a member that the Go type does not have
	Misused                   // no fault of a text: an option of the codec that there is not
)
