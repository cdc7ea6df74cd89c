package pack

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

// prose returns a list of sentences of so many bytes in all, of words that
// repeat: dense packs it into a sixth, and reading it takes long.
func prose(size int) string {
	r := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 200)
	for i := range words {
		for range 2 + r.IntN(2) {
			words[i] += string("bdfgklmnprst"[r.IntN(12)]) + string("aeiou"[r.IntN(5)])
		}
	}
	var text strings.Builder
	for text.WriteString(`["`); text.Len() < size; {
		text.WriteString(words[r.IntN(len(words))])
		text.WriteString([]string{" ", " ", " ", `","`}[r.IntN(4)])
	}
	return text.String() + `"]`
}

// TestSlowReads: FormAuto takes no text whose reading costs more than is
// allowed, although it fits, and says that FormDense would take it.
func TestSlowReads(t *testing.T) {
	value := []byte(prose(16_500))
	text, err := Encode(t.Context(), value, FormDense, Limits{Size: limit})
	if err != nil {
		t.Fatal(err)
	}
	content, err := Read(t.Context(), text)
	if err != nil || string(content.Value) != string(value) || content.Cost <= AutoCost || content.Cost > 2*AutoCost {
		t.Fatalf("%d bytes, %v, at a cost of %v", len(content.Value), err, content.Cost)
	}
	var tooLarge *TooLargeError
	_, err = Encode(t.Context(), value, FormAuto, Limits{Size: limit})
	if !errors.As(err, &tooLarge) || tooLarge.Dense != content.Cost || !strings.Contains(err.Error(), "of a whole processor") {
		t.Errorf("FormAuto: %v, want a TooLargeError with the cost of %v", err, content.Cost)
	}
	if _, err := Encode(t.Context(), value, FormAuto, Limits{Size: limit / 2}); !errors.As(err, &tooLarge) || tooLarge.Dense != 0 {
		t.Errorf("FormAuto where nothing fits: %v", err)
	}
	if got, err := Encode(t.Context(), value, FormAuto, Limits{Size: limit, Cost: content.Cost}); err != nil || got != text {
		t.Errorf("FormAuto with the cost allowed: %.20q, %v", got, err)
	}
	// a megabyte and a half in few bytes
	long := []byte(strings.Repeat("[1,2,3],", 200_000))
	if text, err := Encode(t.Context(), long, FormAuto, Limits{}); err == nil && text != string(long) {
		t.Errorf("FormAuto: %.20q", text)
	}
	if text, err := Encode(t.Context(), long, FormAuto, Limits{Size: 8 * limit}); !errors.As(err, &tooLarge) {
		t.Errorf("FormAuto of what FormFlate takes long to read: %.20q, %v", text, err)
	}
	// a form fast enough for FormAuto may be slower than a GET
	value = []byte(prose(8_000))
	if text, err := Encode(t.Context(), value, FormAuto, Limits{Size: 2500}); err != nil || text[1] != formatColumns {
		t.Errorf("FormAuto: %.20q, %v", text, err)
	}
	if text, err := Encode(t.Context(), value, FormAuto, Limits{Size: 2500, Cost: GetCost}); !errors.As(err, &tooLarge) || tooLarge.Dense <= GetCost {
		t.Errorf("FormAuto with the cost of a GET: %.20q, %v", text, err)
	}
}

// TestSizes are those of the texts that Encode writes.
func TestSizes(t *testing.T) {
	for _, value := range []string{rows(), prose(16_500), "\xff"} {
		sizes, err := Sizes(t.Context(), []byte(value))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sizes {
			text, err := Encode(t.Context(), []byte(value), s.Form, Limits{})
			if err != nil || Measure(text) != s.Size {
				t.Errorf("%v: %d bytes, %v, want %d", s.Form, Measure(text), err, s.Size)
			}
			if content, err := Read(t.Context(), text); err != nil || content.Form != s.Form || content.Cost != s.Cost {
				t.Errorf("%v is read as %v at a cost of %v, want %v, %v", s.Form, content.Form, content.Cost, s.Cost, err)
			}
		}
		if smallest, ok := Smallest(sizes, FormAuto, AutoCost); !ok || smallest.Cost > AutoCost {
			t.Errorf("the smallest is %v at a cost of %v", smallest.Form, smallest.Cost)
		}
	}
}
