package pack

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestEndedContext: a context that ends ends the reading of every form that has
// to be unpacked, and is no damage.
func TestEndedContext(t *testing.T) {
	value := []byte(`{"text":"` + strings.Repeat("abcdefgh", 100_000) + `"}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, form := range []Form{FormFlate, FormPython} {
		text, err := Encode(t.Context(), value, form, Limits{Size: len(value)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Decode(ctx, text); !errors.Is(err, context.Canceled) || errors.Is(err, ErrCorrupt) {
			t.Errorf("form %v: %v", form, err)
		}
		if got, err := Decode(t.Context(), text); err != nil || string(got) != string(value) {
			t.Errorf("form %v: %v", form, err)
		}
	}
}
