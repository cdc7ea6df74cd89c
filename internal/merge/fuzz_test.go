package merge_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

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

// FuzzOrder: a reader of any members but those whose names begin with an x, which
// keeps their order, finds after in the text of the second merge to the byte, and the
// text has all other members at its top. The second merge makes the change from the value
// of the first one to after.
func FuzzOrder(f *testing.F) {
	f.Add(`{"x":1,"a":{"c":1,"x":2,"d":2},"b":[1]}`, `{"b":[1],"a":{"e":0,"d":2,"c":1}}`)
	f.Add(`{"a":1,"x":1,"A":2,"a":3}`, `{"new":1,"A":2,"a":3}`)
	f.Add(`{"a":{"b":1,"c":2}}`, `{"a":{"c":2,"b":1,"b":3}}`)
	f.Fuzz(func(t *testing.T, stored, after string) {
		before, others, ok := known(stored)
		want, _, isNew := known(after)
		if !ok || !isNew {
			return
		}
		first := merge.Apply([]byte(stored), before, want, merge.Options{})
		again, _, _ := known(string(first))
		if !merge.Same(again, want) {
			return // names that differ in case only, of which one is taken for the other
		}
		merged := merge.Apply(first, again, want, merge.Options{})
		if got, _, _ := known(string(merged)); !bytes.Equal(got, want) {
			t.Errorf("%s became %s, then %s; want %s", stored, first, merged, want)
		}
		if _, got, _ := known(string(merged)); others != "" && want[0] == '{' && got != others {
			t.Errorf("%s became %s, then %s, with the unknown %s; want %s", stored, first, merged, got, others)
		}
	})
}

// known returns the members of a JSON text whose names do not begin with an x, in
// their order, and the others that an object has at its top. Of equal names the last
// counts.
func known(text string) (known []byte, others string, ok bool) {
	if !json.Valid([]byte(text)) || !utf8.ValidString(text) || strings.Contains(text, `\u`) {
		return nil, "", false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	known = appendKnown(nil, dec, &others)
	return known, others, true
}

func appendKnown(out []byte, dec *json.Decoder, others *string) []byte {
	token, _ := dec.Token()
	open, ok := token.(json.Delim)
	if !ok {
		data, _ := json.Marshal(token)
		return append(out, data...)
	}
	var parts, names []string
	for dec.More() {
		if open == '[' {
			parts = append(parts, string(appendKnown(nil, dec, new(string))))
			continue
		}
		token, _ := dec.Token()
		name, _ := json.Marshal(token)
		if strings.HasPrefix(strings.ToLower(string(name)), `"x`) {
			var value json.RawMessage
			dec.Decode(&value)
			var b bytes.Buffer
			json.Compact(&b, value)
			*others += string(name) + ":" + b.String() + ","
			continue
		}
		if i := slices.Index(names, string(name)); i >= 0 {
			names, parts = slices.Delete(names, i, i+1), slices.Delete(parts, i, i+1)
		}
		names = append(names, string(name))
		parts = append(parts, string(name)+":"+string(appendKnown(nil, dec, new(string))))
	}
	dec.Token()
	return fmt.Appendf(out, "%c%s%c", open, strings.Join(parts, ","), open+2)
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
		"members that moved": func(n int) (string, string, string) {
			var members, moved strings.Builder
			for i := range n {
				fmt.Fprintf(&members, `"%d":0,`, i)
				fmt.Fprintf(&moved, `"%d":0,`, n-1-i)
			}
			return `{"x":1,` + members.String() + `"y":1}`, `{` + members.String() + `"y":1}`, `{` + moved.String() + `"y":2}`
		},
		"moved at every depth": func(n int) (string, string, string) {
			nested := func(open, shut string) string {
				return strings.Repeat(open, n/5) + `{"n":1}` + strings.Repeat(shut, n/5)
			}
			return nested(`{"a":1,"x":1,"b":`, `}`), nested(`{"a":1,"b":`, `}`), nested(`{"b":`, `,"a":1}`)
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
