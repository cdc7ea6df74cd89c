package coder

import (
	_ "embed"
	"errors"
)

// MaxValue is the size in bytes of the largest value that is coded, 1 MiB. It
// bounds the time that a code can make Decode take.
const MaxValue = 1 << 20

// ErrCorrupt is the error of Decode for a code that Encode cannot have written.
var ErrCorrupt = errors.New("coder: not a code of this size")

// priming is a text that the model learns before every value, so that it knows
// JSON, words, hexadecimal digits and dates from the beginning. It is part of
// the format.
//
//go:embed priming.txt
var priming []byte

// newPrimedModel returns a model that has learnt the priming text and stands at
// the beginning of a document of size bytes.
func newPrimedModel(size int) *model {
	m := newModel(len(priming) + size)
	for _, b := range priming {
		for shift := 7; shift >= 0; shift-- {
			m.learn(uint32(b) >> shift & 1)
		}
	}
	m.beginDocument()
	return m
}

// Encode returns the code of a value of at most MaxValue bytes, or false if the
// code is longer than limit bytes; no limit if limit <= 0. It stops as soon as
// it knows.
func Encode(value []byte, limit int) (code []byte, ok bool) {
	return newPrimedModel(len(value)).encode(value, limit)
}

func (m *model) encode(value []byte, limit int) (code []byte, ok bool) {
	w := writer{interval: wholeInterval()}
	for _, b := range value {
		for shift := 7; shift >= 0; shift-- {
			bit := uint32(b) >> shift & 1
			w.write(bit, m.p)
			m.learn(bit)
		}
		if limit > 0 && len(w.out) > limit {
			return nil, false
		}
	}
	code = w.finish()
	return code, limit <= 0 || len(code) <= limit
}

// Decode returns the value of size bytes that was encoded as code. It returns
// ErrCorrupt if size is beyond MaxValue or the code ends too early; any other
// damage gives some other value.
func Decode(code []byte, size int) (value []byte, err error) {
	if size < 0 || size > MaxValue {
		return nil, ErrCorrupt
	}
	return newPrimedModel(size).decode(code, size)
}

func (m *model) decode(code []byte, size int) (value []byte, err error) {
	const ahead = 4 // bytes that the reader is ahead of the writer
	r := newReader(code)
	start := len(m.text)
	for len(m.text) < start+size {
		m.learn(r.read(m.p))
		if r.beyond > ahead {
			return nil, ErrCorrupt
		}
	}
	return m.text[start:], nil
}
