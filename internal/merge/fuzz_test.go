package merge_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/merge"
)

// FuzzApply: no three texts make Apply panic. The result is not longer
// than the stored and the new text together, with the names of members written
// out. Where stored is the program's own text, it is the new value.
func FuzzApply(f *testing.F) {
	f.Add(`{"x":[1,{"y":2}],"n":1}`, `{"n":1}`, `{"n":2,"a":[]}`)
	f.Add(`[{"n":1,"x":1},{"n":2}]`, `[{"n":1},{"n":2}]`, `[{"n":2},{"n":1}]`)
	f.Add(`{"N":1,"n":2,"n":3}`, `{"n":3}`, `{}`)
	f.Add(`{"a":NaN,"\u0062":"\"`, `{"a":[[[`, "{}\x00")
	f.Fuzz(func(t *testing.T, stored, before, after string) {
		merged := merge.Apply([]byte(stored), []byte(before), []byte(after), merge.Options{})
		if limit := len(stored) + len(after); len(merged) > limit {
			t.Errorf("%q with %q to %q became %d bytes, of %d: %q", stored, before, after, len(merged), limit, merged)
		}
		old, isOld := compact(before)
		want, isNew := compact(after)
		if !isOld || !isNew {
			return
		}
		if got := merge.Apply(old, old, want, merge.Options{}); !merge.Same(got, want) && decoded(got) != decoded(want) {
			t.Errorf("%s to %s became %s", old, want, got)
		}
	})
}

// compact returns a text as one encoder writes it, if it is JSON.
func compact(text string) ([]byte, bool) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil || dec.More() {
		return nil, false
	}
	data, err := json.Marshal(v)
	return data, err == nil
}

func decoded(data []byte) string {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return fmt.Sprint(v, err)
}

// TestHostileTexts: ten times the text takes some ten times the allocations and
// the questions whether an object is one value, with any members.
func TestHostileTexts(t *testing.T) {
	for name, texts := range map[string]func(n int) (stored, before, after string){
		"equal elements": func(n int) (string, string, string) {
			return array(n, `{"n":1,"x":1}`), array(n, `{"n":1}`), array(n, `{"n":1}`, `{"n":2}`)
		},
		"equal elements between others": func(n int) (string, string, string) {
			return array(n, `{"n":1,"x":1}`), array(n, `{"n":1}`), `[0,` + array(n, `{"n":1}`, `0`)[1:]
		},
		"no element is equal": func(n int) (string, string, string) {
			return array(n, `{"n":1,"x":1}`), array(n, `{"n":1}`), array(n, `{"n":2}`)
		},
		"one name again and again": func(n int) (string, string, string) {
			return `{` + strings.Repeat(`"n":{"x":1},`, n) + `"n":{}}`, `{"n":{}}`, `{"n":{"a":1}}`
		},
		"one name in two spellings": func(n int) (string, string, string) {
			return `{` + strings.Repeat(`"n":1,"N":{"x":1},`, n) + `"n":{}}`, `{"n":{}}`, `{"n":{"a":1}}`
		},
		"escaped names": func(n int) (string, string, string) {
			return `{` + strings.Repeat(`"\u006e":1,`, n) + `"n":1}`, `{"n":1}`, `{"n":2}`
		},
	} {
		work := func(n int) float64 {
			stored, before, after := texts(n)
			asked := 0
			opts := merge.Options{Atomic: func([]byte) bool { asked++; return false }}
			allocs := testing.AllocsPerRun(1, func() { merge.Apply([]byte(stored), []byte(before), []byte(after), opts) })
			return allocs + float64(asked)
		}
		if small, large := work(3_000), work(30_000); large > 15*small+100 {
			t.Errorf("%s: 3,000 take %.0f steps, and 30,000 take %.0f", name, small, large)
		}
	}
}

// array returns an array of n equal elements, and some more.
func array(n int, element string, more ...string) string {
	return "[" + strings.Join(append(slices.Repeat([]string{element}, n), more...), ",") + "]"
}
