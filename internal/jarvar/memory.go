package jarvar

import (
	"bytes"
	"context"
	"sync"

	"github.com/awsjar/awsjar/internal/pack"
)

// A Memory remembers the last text that was packed or unpacked, and its value,
// so that no text is unpacked twice. It is safe for concurrent use. No caller
// ever holds the bytes that it remembers. A nil Memory remembers nothing.
type Memory struct {
	mu   sync.Mutex
	last remembered
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
	text, err := pack.Encode(ctx, value, form, limits)
	if err == nil {
		m.remember(remembered{text, value, true, form, limits})
	}
	return text, err
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
