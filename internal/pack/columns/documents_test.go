package columns

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/pack/packtest"
)

// small are documents of a few bytes: edges of the format.
var small = []string{
	"", "1", "[]", "{}", `""`, "null", "[1,-0,1.50,2.0,1e5]", `{"a":{"b":[1,2,[3,"x\"y"]]},"a":5}`,
	"not json", "a\x00b\x00", "\x00", "{", `{"a"`, `["`, `[-1.5,2.25,-0.01,0.0]`, "[9223372036854775807,-9223372036854775808]",
	`[0.1,0.22,0.333]`, `["2026-02-30T00:00:00","2026-02-28T23:59:59Z"]`, `["0000-01-01","9999-12-31","2024-02-29"]`,
	"{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}\n", "{\n\t\"a\": \"b\"\n}", `{"a": 1, "b": [1, 2]}`, "[1,2]\n", "[ 1]",
	`[[1,2],[3,4],[5,6],[7,8]]`, `{"1":[2,3],"2":[1,3],"3":[2,4]}`, `[{"a":1},{"b":2},{"a":1,"b":2},{},{"a":3}]`,
	`["Mon, 02 Jan 2006 15:04:05 GMT","Tue, 03 Jan 2006 15:04:05 GMT"]`, strings.Repeat("[", 70) + strings.Repeat("]", 70),
}

// documents are the small ones and the states, in a fixed order.
func documents() (all []string) {
	all = append(all, small...)
	states := packtest.States()
	for _, name := range slices.Sorted(maps.Keys(states)) {
		all = append(all, states[name])
	}
	return all
}

func mustEncode(t testing.TB, value []byte) (code []byte, cost Cost) {
	t.Helper()
	code, cost, err := Encode(context.Background(), value)
	if err != nil {
		t.Fatalf("%.60q: %v", value, err)
	}
	return code, cost
}

func checkRoundTrip(t testing.TB, value []byte) {
	t.Helper()
	code, cost := mustEncode(t, value)
	got, read, err := Decode(context.Background(), code, len(value))
	if err != nil || !bytes.Equal(got, value) {
		t.Fatalf("%.200q came back as %.200q, %v", value, got, err)
	}
	if read != cost {
		t.Fatalf("%.200q: the writer counts a cost of %d, the reader of %d", value, cost, read)
	}
}
