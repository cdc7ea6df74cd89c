package columns

import (
	"bytes"
	"context"
	"errors"
	"testing"
)

// documents cover every kind of column and plan.
var documents = []string{
	"", "1", "[]", "{}", `""`, "null", "[1,-0,1.50,2.0,1e5]", `{"a":{"b":[1,2,[3,"x\"y"]]},"a":5}`,
	"not json", "a\x00b\x00", "\x00", `[-1.5,2.25,-0.01,0.0]`, `["2026-02-30T00:00:00","2026-02-28T23:59:59Z"]`,
	"{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}\n", `{"a": 1, "b": [1, 2]}`, "[1,2]\n", `[[1,2],[3,4],[5,6],[7,8]]`,
	`{"1":[2,3],"2":[1,3],"3":[2,4]}`, `[{"a":1},{"b":2},{"a":1,"b":2},{"a":3}]`,
	"{\n\t\"a\": \"b\"\n}", `["Mon, 02 Jan 2006 15:04:05 GMT","Tue, 03 Jan 2006 15:04:05 GMT"]`,
}

func FuzzEncode(f *testing.F) {
	for _, d := range documents {
		f.Add([]byte(d))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		code, cost, err := Encode(context.Background(), value)
		if err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		got, read, err := Decode(context.Background(), code, len(value))
		if err != nil || !bytes.Equal(got, value) {
			t.Fatalf("%q came back as %q, %v", value, got, err)
		}
		if read != cost {
			t.Fatalf("%q: the writer counts a cost of %d, the reader of %d", value, cost, read)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, d := range documents {
		code, _, err := Encode(context.Background(), []byte(d))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(code, len(d))
		f.Add(code, 1000)
	}
	f.Fuzz(func(t *testing.T, code []byte, size int) {
		size %= 10_000 // so that it goes fast
		value, cost, err := Decode(context.Background(), code, size)
		switch {
		case err != nil && !errors.Is(err, ErrCorrupt):
			t.Fatal(err)
		case err == nil && (len(value) != size || cost > 2*MaxCost):
			t.Fatalf("%d bytes of %d at a cost of %d", len(value), size, cost)
		}
	})
}
