// Package pack turns a value into the text of an environment variable and back.
//
// A Lambda function has 4,096 bytes for the names and values of all its
// variables, so a value stays as it is while it fits and is compressed when it
// does not. The steps, each tried only if the one before does not fit:
//
//   - plain: the text is the value. People read it in the console.
//   - flate: DEFLATE in base 87, behind a mark. Reading takes a tenth of a
//     millisecond.
//   - dense: the columns of package columns in base 87, behind the same mark.
//     They hold about twice as much as DEFLATE. Reading takes a millisecond or
//     two, and more the more text there is.
//
// A function with 128 MB of memory has a fourteenth of a processor. So the
// writer counts the cost of a read, and FormAuto leaves out forms that cost
// more than a hundredth of a second of a whole one.
//
// Decode reads every form, written with any options, and the texts that the
// Python library awsjar writes with compression=True: base64 of a zlib stream.
// docs/format-packed.md describes the bytes.
package pack

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Form is how a value is written.
type Form int

const (
	// FormAuto is plain while that fits, then flate while that fits, then
	// dense, but none whose reading costs more than Limits.Cost.
	FormAuto Form = iota
	// FormPlain is the value itself.
	FormPlain
	// FormFlate is a DEFLATE stream.
	FormFlate
	// FormDense is the columns of the value, at any cost of reading them; at
	// most MostCost.
	FormDense
	// FormPython is a zlib stream in standard base64, which Python awsjar reads.
	FormPython
)

// Forms is the number of forms.
const Forms = 5

// String returns the name of the form, as in "dense".
func (f Form) String() string {
	return [Forms]string{"auto", "plain", "flate", "dense", "python"}[f]
}

// MaxValue is the size in bytes of the largest value that Encode takes and
// Decode returns, 4 MiB. The memory of both is bounded by a small multiple of it.
const MaxValue = 4 << 20

// ErrCorrupt is the error of Decode for a text that was damaged after it was
// written, or that holds more than MaxValue bytes.
var ErrCorrupt = errors.New("the stored text is damaged")

// ErrNotPlain is the error of Encode for a value that cannot be plain text,
// such as bytes that are not UTF-8, if Plain was asked for.
var ErrNotPlain = errors.New("the value cannot be kept as plain text")

// UnknownFormatError is the error of Decode for a text that begins like packed
// text, in a format that this package does not have: a newer version wrote it,
// or it is a text of Python awsjar, which has no such mark.
type UnknownFormatError struct {
	// Format is the format character. It may be a part of a stored value.
	Format rune
}

// Error does not show the format.
func (e *UnknownFormatError) Error() string {
	return "it begins with ^, which marks packed text, in a format that this version of awsjar does not know"
}

// CanBePlain reports whether value can be its own text: it is not empty, every
// encoder and every environment carries it unchanged, and Decode returns it.
func CanBePlain(value string) bool {
	if value == "" || !utf8.ValidString(value) {
		return false
	}
	for _, r := range value {
		switch {
		case r >= ' ' && r < 0x7f: // most are
		case r == '\t' || r == '\n' || r == '\r':
		case r < 0x20 || r == 0x7f || r == '\u2028' || r == '\u2029':
			return false
		}
	}
	_, packed, err := unpack(context.Background(), value)
	return err == nil && !packed
}

// Content is the content of a text.
type Content struct {
	Value []byte
	Form  Form
	// Cost is about the time of a whole processor that reading takes, counted by
	// the work there is to do; 0 if it is plain.
	Cost time.Duration
}

// Decode returns the value that a text holds, of at most MaxValue bytes unless
// it is plain. It returns ErrCorrupt for a damaged text and for an empty one,
// an *UnknownFormatError for a text written by a newer version, a
// *PointerError for a text that only points to a value, and the error of a
// context that ends.
func Decode(ctx context.Context, text string) (value []byte, err error) {
	content, err := Read(ctx, text)
	return content.Value, err
}

// Read is Decode, and says the form and the cost too.
func Read(ctx context.Context, text string) (Content, error) {
	content, packed, err := unpack(ctx, text)
	if err == nil && !packed {
		return Content{Value: []byte(text), Form: FormPlain}, nil
	}
	return content, err
}

// unpack returns the content of a packed text, and whether the text is one.
func unpack(ctx context.Context, text string) (content Content, packed bool, err error) {
	if text == "" {
		return Content{}, false, ErrCorrupt
	}
	if text[0] == mark {
		content, err := decodeMarked(ctx, text)
		return content, true, err
	}
	if lostMark(text) {
		return Content{}, true, fmt.Errorf("%w: its first character is wrong", ErrCorrupt)
	}
	value, packed, err := decodeZlib(ctx, text)
	return Content{value, FormPython, flateCost(len(value))}, packed, err
}

func decodeMarked(ctx context.Context, text string) (Content, error) {
	format, body, err := openEnvelope(text)
	if err != nil {
		return Content{}, err
	}
	switch format {
	case formatFlate:
		value, err := decodeFlate(ctx, body)
		return Content{value, FormFlate, flateCost(len(value))}, err
	case formatColumns:
		value, cost, err := decodeColumns(ctx, body)
		return Content{value, FormDense, cost}, err
	case formatPointer:
		pointer, err := parsePointer(body)
		if err != nil {
			return Content{}, err
		}
		return Content{}, &PointerError{pointer}
	}
	return Content{}, &UnknownFormatError{Format: rune(format)}
}
