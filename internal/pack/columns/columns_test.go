package columns

import (
	"context"
	"testing"
)

func TestRoundTrip(t *testing.T) {
	for _, s := range []string{"", "1", "[]", "{}", `""`, "null", "[1,-0,1.50,2.0,1e5]", `{"a":{"b":[1,2,[3,"x\"y"]]},"a":5}`,
		"not json", "a\x00b\x00", "\x00", `[-1.5,2.25,-0.01,0.0]`, `["2026-02-30T00:00:00","2026-02-28T23:59:59Z"]`,
		"{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}\n", `{"a": 1, "b": [1, 2]}`, "[1,2]\n", `[[1,2],[3,4],[5,6],[7,8]]`,
		`{"1":[2,3],"2":[1,3],"3":[2,4]}`, `[{"a":1},{"b":2},{"a":1,"b":2},{"a":3}]`} {
		code, _, err := Encode(context.Background(), []byte(s))
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		got, _, err := Decode(context.Background(), code, len(s))
		if err != nil || string(got) != s {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
}
