package pack

import (
	"errors"
	"strings"
	"testing"
)

// TestFormOf: the form by the mark alone is the one that unpacking finds.
func TestFormOf(t *testing.T) {
	value := []byte(`["` + strings.Repeat("acorn ", 100) + `"]`)
	for _, form := range []Form{FormPlain, FormFlate, FormDense, FormPython} {
		text, err := Encode(t.Context(), value, form, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := FormOf(text); got != form || !ok {
			t.Errorf("%v: %v, %v", form, got, ok)
		}
		content, err := Read(t.Context(), text)
		if err != nil || content.Form != form {
			t.Errorf("%v: unpacked it is %v, %v", form, content.Form, err)
		}
		if form == FormPlain || form == FormPython {
			continue
		}
		for i := range text { // any damage
			damaged := text[:i] + string(text[i]^1) + text[i+1:]
			if got, ok := FormOf(damaged); ok {
				t.Fatalf("%v, damaged at %d: %v", form, i, got)
			}
		}
	}
	for _, text := range []string{"", "^", "^0", "^0xxxx", "^~future", PointTo("AAAAAAAA", value).Text()} {
		if got, ok := FormOf(text); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// FuzzFormOf: a text whose form is known unpacks to that form, or not at all.
func FuzzFormOf(f *testing.F) {
	for _, text := range []string{"", "{}", "^0", "eNqrrgUAAXUA+Q==", "eNo", "^1aaaaaaaa", "true"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		form, ok := FormOf(text)
		content, err := Read(t.Context(), text)
		switch {
		case err == nil && !ok:
			t.Errorf("%q is %v, and its form is not known", text, content.Form)
		case err == nil && content.Form != form && form != FormPython:
			t.Errorf("%q is %v, and taken for %v", text, content.Form, form)
		case err != nil && !errors.Is(err, ErrCorrupt) && ok:
			t.Errorf("%q is taken for %v: %v", text, form, err)
		}
	})
}
