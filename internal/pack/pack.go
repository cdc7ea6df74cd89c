// Package pack turns a value into the text of an environment variable and back.
//
// A Lambda function has 4,096 bytes for the names and values of all its
// variables, so a value stays as it is while it fits and is compressed when it
// does not. The steps, each tried only if the one before does not fit:
//
//   - plain: the text is the value. People read it in the console.
//   - flate: DEFLATE in base 87, behind a mark. Milliseconds.
//   - coder: the adaptive coder of package coder in base 87, behind the same
//     mark. It holds about twice what DEFLATE holds and takes some hundred
//     milliseconds.
//
// Decode reads every form, whatever it was written with, and what the Python
// library awsjar writes with compression=True: base64 of a zlib stream.
// docs/format-packed.md describes the bytes.
package pack

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/pack/coder"
)

// Form says which of its texts Encode may choose.
type Form int

const (
	// Auto is plain while that fits, then flate while that fits, then coder.
	Auto Form = iota
	// Plain is the value itself.
	Plain
	// Packed is flate if that fits, then coder; without a limit the shorter of both.
	Packed
	// Python is a zlib stream in standard base64, which Python awsjar reads.
	Python
)

// MaxValue is the size in bytes of the largest value that Encode takes and
// Decode returns, 4 MiB. The memory of both is bounded by a small multiple of it.
const MaxValue = 4 << 20

// ErrCorrupt is the error of Decode for a text that was damaged after it was
// written, or that holds more than MaxValue bytes.
var ErrCorrupt = errors.New("the stored text is damaged")

// ErrNotPlain is the error of Encode for a value that cannot be plain text,
// such as bytes that are not UTF-8, if Plain was asked for.
var ErrNotPlain = errors.New("the value cannot be kept as plain text")

// UnknownFormatError is the error of Decode for a text in a format that a
// newer version of this package must have written.
type UnknownFormatError struct {
	// Format is the format character.
	Format rune
}

// Error names the format.
func (e *UnknownFormatError) Error() string {
	return fmt.Sprintf("format %q is unknown to this version of awsjar: a newer version wrote it", e.Format)
}

// TooLargeError is the error of Encode for a value that fits in no form allowed.
type TooLargeError struct {
	// Size is the smallest measured size reached, in bytes, or the size of
	// the value if that is beyond MaxValue.
	Size int
	// Limit is the size that was allowed, in bytes.
	Limit int
}

// Error says both sizes in bytes.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the value takes %d bytes at best, %d are left", e.Size, e.Limit)
}

// Encode turns a value into a text that is never empty, whose measured size
// (see Measure) is at most limit bytes; no limit if limit <= 0.
//
// An empty value, a value that is not text, and a text that would be read back
// as something else are never plain; Auto packs them, Plain refuses them with
// ErrNotPlain. It returns a *TooLargeError if nothing fits.
func Encode(value []byte, form Form, limit int) (text string, err error) {
	if len(value) > MaxValue {
		return "", &TooLargeError{Size: len(value), Limit: MaxValue}
	}
	search := search{limit: limit}
	switch form {
	case Plain:
		plain := string(value)
		if !canBePlain(plain) {
			return "", ErrNotPlain
		}
		search.try(plain)
	case Python:
		search.try(encodeZlib(value))
	case Packed:
		search.tryPacked(value)
	default:
		plain := string(value)
		if canBePlain(plain) && search.try(plain) {
			break
		}
		search.tryPacked(value)
	}
	return search.result()
}

// search keeps the smallest text of those tried.
type search struct {
	limit int // in measured bytes; none if <= 0
	text  string
	size  int // measured
}

// try reports whether text fits.
func (s *search) try(text string) bool {
	if size := Measure(text); s.text == "" || size < s.size {
		s.text, s.size = text, size
	}
	return s.fits()
}

func (s *search) fits() bool { return s.limit <= 0 || s.size <= s.limit }

// tryPacked tries the packed forms, the faster first. Without a limit it tries
// them all.
func (s *search) tryPacked(value []byte) {
	if s.try(encodeFlate(value)) && s.limit > 0 || len(value) > coder.MaxValue {
		return
	}
	if text, ok := encodeCoder(value, s.limit); ok {
		s.try(text)
	}
}

func (s *search) result() (string, error) {
	if !s.fits() {
		return "", &TooLargeError{Size: s.size, Limit: s.limit}
	}
	return s.text, nil
}

// canBePlain reports whether value can be its own text: it is not empty, every
// encoder and every environment carries it unchanged, and Decode returns it.
func canBePlain(value string) bool {
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
	_, packed, err := unpack(value)
	return err == nil && !packed
}

// Decode returns the value that a text holds, of at most MaxValue bytes unless
// it is plain. It returns ErrCorrupt for a damaged text and for an empty one,
// an *UnknownFormatError for a text written by a newer version, and a
// *PointerError for a text that only points to a value.
func Decode(text string) (value []byte, err error) {
	value, packed, err := unpack(text)
	if err == nil && !packed {
		return []byte(text), nil
	}
	return value, err
}

// unpack returns the value of a packed text, and whether the text is one.
func unpack(text string) (value []byte, packed bool, err error) {
	if text == "" {
		return nil, false, ErrCorrupt
	}
	if text[0] == mark {
		value, err := decodeMarked(text)
		return value, true, err
	}
	if lostMark(text) {
		return nil, true, fmt.Errorf("%w: its first character is wrong", ErrCorrupt)
	}
	return decodeZlib(text)
}

func decodeMarked(text string) ([]byte, error) {
	format, body, err := openEnvelope(text)
	if err != nil {
		return nil, err
	}
	switch format {
	case formatFlate:
		return decodeFlate(body)
	case formatCoder:
		return decodeCoder(body)
	case formatPointer:
		pointer, err := parsePointer(body)
		if err != nil {
			return nil, err
		}
		return nil, &PointerError{pointer}
	}
	return nil, &UnknownFormatError{Format: rune(format)}
}

// Flate and Coder return the text of a value in the form of that step, whatever
// its size: they are for measuring one against the other. Coder takes values of
// at most coder.MaxValue bytes.
func Flate(value []byte) string { return encodeFlate(value) }

// Coder: see Flate.
func Coder(value []byte) string {
	text, _ := encodeCoder(value, 0)
	return text
}
