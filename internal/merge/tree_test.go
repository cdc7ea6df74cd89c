package merge

import (
	"hash/maphash"
	"testing"
)

// TestRoomForEachValue: the list of the values of a text is made once, of their
// number.
func TestRoomForEachValue(t *testing.T) {
	for _, text := range []string{
		`1`, `[]`, `{}`, `[1]`, `[[],{}]`, `{"a,[{":"\",[{\\","b":[1, 2,{"c":null}]}`, ` [ "x" , "\\" , "," ] `, `{"a":{"b":{"c":[0]}}}`,
	} {
		parsed, ok := parse(text, maphash.MakeSeed())
		if n := countValues(text); !ok || n < len(parsed.nodes) || n != cap(parsed.nodes) || n > len(parsed.nodes)+2 {
			t.Errorf("%s: room for %d values, and there are %d of %d", text, n, len(parsed.nodes), cap(parsed.nodes))
		}
	}
}

// TestParseWhole: a text is one whole value with white space around it, or no tree.
func TestParseWhole(t *testing.T) {
	for text, want := range map[string]bool{
		"1": true, " {\"a\": [1, \"b\"]}\n": true, "[]": true,
		"": false, "[1": false, "{\"a\"": false, "\"a": false, "1 x": false, "[1] [2]": false,
	} {
		if _, ok := parse(text, maphash.MakeSeed()); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}
