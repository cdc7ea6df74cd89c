package percent

import (
	"net/url"
	"testing"
	"unicode/utf8"
)

func TestEncode(t *testing.T) {
	for name, want := range map[string]string{
		"a/b//../c.json": "a/b//../c.json",
		"Nüsse/🐿":        "Nüsse/🐿",
		"a b+c":          "a%20b+c",
		"100%?#":         "100%25%3F%23",
		"\n\x00\x7f":     "%0A%00%7F",
		"\u2028\u202e":   "%E2%80%A8%E2%80%AE",
		"\xff":           "\ufffd",
	} {
		if got := Encode(name); got != want {
			t.Errorf("Encode(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("a b%?#\n🐿")
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) {
			return
		}
		if got, err := url.PathUnescape(Encode(name)); err != nil || got != name {
			t.Errorf("%q became %q, %v", name, got, err)
		}
	})
}
