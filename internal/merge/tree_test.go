package merge

import (
	"hash/maphash"
	"testing"
)

// TestRoomForEachContainer: the list of the objects and arrays of a text is made
// once, of their number.
func TestRoomForEachContainer(t *testing.T) {
	for text, want := range map[string]int{
		`1`: 0, `[]`: 1, `{}`: 1, `[1]`: 1, `[[],{}]`: 3, `{"a":{"b":{"c":[0]}}}`: 4,
		`["\"["]`: 1, `{"a,[{":"\",[{\\","b":[1, 2,{"c":null}]}`: 3, ` [ "x" , "\\" , "[" ] `: 1,
	} {
		parsed, ok := parse([]byte(text), maphash.MakeSeed())
		if !ok || len(parsed.containers) != want || cap(parsed.containers) != want {
			t.Errorf("%s: room for %d containers, and there are %d; want %d", text, cap(parsed.containers), len(parsed.containers), want)
		}
	}
}

// TestParseWhole: a text is one whole value with white space around it, or no tree.
func TestParseWhole(t *testing.T) {
	for text, want := range map[string]bool{
		"1": true, " {\"a\": [1, \"b\"]}\n": true, "[]": true,
		"": false, "[1": false, "{\"a\"": false, "\"a": false, "1 x": false, "[1] [2]": false,
	} {
		if _, ok := parse([]byte(text), maphash.MakeSeed()); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}
