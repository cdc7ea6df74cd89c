package columns

import (
	"context"
	"errors"
	"testing"
)

func FuzzEncode(f *testing.F) {
	for _, d := range documents() {
		f.Add([]byte(d))
	}
	f.Fuzz(func(t *testing.T, value []byte) { checkRoundTrip(t, value) })
}

func FuzzDecode(f *testing.F) {
	for _, d := range documents() {
		code, _ := mustEncode(f, []byte(d))
		f.Add(code, len(d))
		f.Add(code, 3*len(d))
	}
	f.Fuzz(func(t *testing.T, code []byte, size int) {
		size %= 20_000 // so that it goes fast
		value, cost, err := Decode(context.Background(), code, size)
		switch {
		case err != nil && !errors.Is(err, ErrCorrupt):
			t.Fatal(err)
		case err == nil && (len(value) != size || cost > 2*MaxCost):
			t.Fatalf("%d bytes of %d at a cost of %d", len(value), size, cost)
		}
	})
}
