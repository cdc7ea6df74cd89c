package jarvar

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"sync"

	"github.com/awsjar/awsjar/internal/pack"
)

// A Memory remembers the last text that was packed or unpacked, and its value,
// so that no text is unpacked twice. It is safe for concurrent use. No caller
// ever holds the bytes that it remembers. A nil Memory remembers nothing.
type Memory struct {
	mu      sync.Mutex
	last    remembered
	refused refused
}

// refused is the last value that did not fit, so that it is not packed again for
// each try of its write.
type refused struct {
	sum    [sha256.Size]byte
	form   pack.Form
	limits pack.Limits
	err    *pack.TooLargeError // nil for none
}

type remembered struct {
	text  string // "" for none
	value []byte

	// How the text was asked for, if it was packed here.
	packed bool
	form   pack.Form
	limits pack.Limits
}

// Unpack returns the value of a text, as [pack.Decode] does.
func (m *Memory) Unpack(ctx context.Context, text string) ([]byte, error) {
	if last := m.recall(); last.text == text && text != "" {
		return bytes.Clone(last.value), nil
	}
	value, err := pack.Decode(ctx, text)
	if err == nil {
		m.remember(remembered{text: text, value: value})
	}
	return value, err
}

// Pack returns the text of a value, as [pack.Encode] does.
func (m *Memory) Pack(ctx context.Context, value []byte, form pack.Form, limits pack.Limits) (string, error) {
	last := m.recall()
	if last.packed && last.form == form && last.limits == limits && bytes.Equal(last.value, value) {
		return last.text, nil
	}
	if err := m.refusal(value, form, limits); err != nil {
		return "", err
	}
	text, err := pack.Encode(ctx, value, form, limits)
	if err == nil {
		m.remember(remembered{text, value, true, form, limits})
	} else if tooLarge, ok := errors.AsType[*pack.TooLargeError](err); ok && m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.refused = refused{sha256.Sum256(value), form, limits, tooLarge}
	}
	return text, err
}

// refusal returns the error of a value that is known not to fit.
func (m *Memory) refusal(value []byte, form pack.Form, limits pack.Limits) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	last := m.refused
	m.mu.Unlock()
	if last.err == nil || last.form != form || last.limits != limits || last.sum != sha256.Sum256(value) {
		return nil
	}
	return last.err
}

func (m *Memory) recall() remembered {
	if m == nil {
		return remembered{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

// remember keeps a text and a copy of its value, unless that is the text.
func (m *Memory) remember(last remembered) {
	if m == nil || last.text == string(last.value) {
		return
	}
	last.value = bytes.Clone(last.value)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = last
}
