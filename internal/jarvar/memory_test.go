package jarvar

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/pack"
)

// long is a value whose packed text takes so long to read that reading it looks
// at its context.
var long = []byte(`["` + strings.Repeat("all the acorns in the old oak tree, and some of those in the other; ", 300) + `"]`)

// ended is a context in which nothing that looks at it succeeds.
func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// TestNoTextIsUnpackedTwice: a remembered value is returned even where nothing
// could be unpacked or packed.
func TestNoTextIsUnpackedTwice(t *testing.T) {
	limits := pack.Limits{Size: 4000}
	for name, prepare := range map[string]func(m *Memory, text string) error{
		"unpacked": func(m *Memory, text string) error { _, err := m.Unpack(t.Context(), text); return err },
		"packed": func(m *Memory, text string) error {
			_, err := m.Pack(t.Context(), long, pack.FormDense, limits)
			return err
		},
	} {
		text, err := pack.Encode(t.Context(), long, pack.FormDense, limits)
		if err != nil {
			t.Fatal(err)
		}
		var m Memory
		if _, err := m.Unpack(ended(t), text); !errors.Is(err, context.Canceled) {
			t.Fatalf("%s: unpacking does not look at its context: %v", name, err)
		}
		if err := prepare(&m, text); err != nil {
			t.Fatal(err)
		}
		got, err := m.Unpack(ended(t), text)
		if err != nil || string(got) != string(long) {
			t.Fatalf("%s: %.20q, %v", name, got, err)
		}
		clear(got) // the caller's own
		if got, err = m.Unpack(ended(t), text); err != nil || string(got) != string(long) {
			t.Errorf("%s: a caller reaches the bytes that are remembered: %.20q, %v", name, got, err)
		}
	}
}

// TestNoValueIsPackedTwice, and under other limits it is.
func TestNoValueIsPackedTwice(t *testing.T) {
	var m Memory
	value := append([]byte(nil), long...)
	limits := pack.Limits{Size: 4000}
	text, err := m.Pack(t.Context(), value, pack.FormDense, limits)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Pack(ended(t), value, pack.FormDense, limits); err != nil || got != text {
		t.Errorf("the same value: %.20q, %v", got, err)
	}
	if _, err := m.Pack(ended(t), value, pack.FormDense, pack.Limits{Size: 3999}); !errors.Is(err, context.Canceled) {
		t.Errorf("under another limit: %v", err)
	}
	value[2] = 'A' // the caller's own
	if _, err := m.Pack(ended(t), value, pack.FormDense, limits); !errors.Is(err, context.Canceled) {
		t.Errorf("another value: %v", err)
	}
	if got, err := m.Unpack(ended(t), text); err != nil || string(got) != string(long) {
		t.Errorf("a caller reaches the bytes that are remembered: %.20q, %v", got, err)
	}
}

func TestMemoryIsSafe(t *testing.T) {
	var m Memory
	var group sync.WaitGroup
	for _, value := range []string{`"a\u0000"`, strings.Repeat("xy", 300), "\x00"} {
		for range 4 {
			group.Go(func() {
				text, err := m.Pack(t.Context(), []byte(value), pack.FormFlate, pack.Limits{})
				if err != nil {
					t.Error(err)
				}
				if got, err := m.Unpack(t.Context(), text); err != nil || string(got) != value {
					t.Errorf("%q, %v", got, err)
				}
			})
		}
	}
	group.Wait()
}

// TestEndedContextIsNoDamage: a value that was not read in time is not corrupt.
func TestEndedContextIsNoDamage(t *testing.T) {
	text, err := pack.Encode(t.Context(), long, pack.FormDense, pack.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = State{Text: text}.Value(ended(t), nil)
	if !errors.Is(err, context.Canceled) || errors.Is(err, awsjar.ErrCorrupt) {
		t.Errorf("%v", err)
	}
}

// TestNoRefusedValueIsPackedTwice: a value that does not fit is refused again
// without its being packed, and under other limits, or another value, is packed.
func TestNoRefusedValueIsPackedTwice(t *testing.T) {
	var m Memory
	limits := pack.Limits{Size: 40}
	_, first := m.Pack(t.Context(), long, pack.FormDense, limits)
	if !errors.As(first, new(*pack.TooLargeError)) {
		t.Fatal(first)
	}
	if _, again := m.Pack(ended(t), long, pack.FormDense, limits); again != first {
		t.Errorf("%v, want %v", again, first)
	}
	if _, err := m.Pack(ended(t), long, pack.FormDense, pack.Limits{Size: 41}); !errors.Is(err, context.Canceled) {
		t.Errorf("under other limits: %v", err)
	}
	if _, err := m.Pack(ended(t), append([]byte(" "), long...), pack.FormDense, limits); !errors.Is(err, context.Canceled) {
		t.Errorf("another value: %v", err)
	}
}
