package awsjar_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
)

// The cases of the merge itself are in internal/merge. These are about what an
// Update makes of it.
func TestUpdateKeepsMembers(t *testing.T) {
	type point struct {
		X int `json:"x"`
		Y int `json:"y,omitempty"`
	}
	type state struct {
		Count  int              `json:"count,omitempty"`
		Points []point          `json:"points,omitempty"`
		Sub    *point           `json:"sub,omitempty"`
		Tags   map[string]point `json:"tags,omitempty"`
		Skip   int              `json:"-"`
	}
	for name, c := range map[string]struct {
		codec  awsjar.JSON
		stored string
		change func(*state)
		want   string
	}{
		"a member":                {stored: `{"new":[1,2],"count":1}`, change: func(s *state) { s.Count++ }, want: `{"new":[1,2],"count":2}`},
		"a member of a member":    {stored: `{"sub":{"x":1,"z":{"y":1}}}`, change: func(s *state) { s.Sub.Y = 3 }, want: `{"sub":{"x":1,"z":{"y":1},"y":3}}`},
		"of an entry of a map":    {stored: `{"tags":{"a":{"x":1,"z":1}}}`, change: func(s *state) { s.Tags["a"] = point{2, 0} }, want: `{"tags":{"a":{"x":2,"z":1}}}`},
		"of elements that move":   {stored: `{"points":[{"x":1,"z":1},{"x":2,"z":2}]}`, change: func(s *state) { s.Points = append(s.Points[1:], point{3, 0}) }, want: `{"points":[{"x":2,"z":2},{"x":3}]}`},
		"a field with the tag -":  {stored: `{"Skip":5,"count":1}`, change: func(s *state) { s.Count++; s.Skip = 9 }, want: `{"Skip":5,"count":2}`},
		"to the zero value":       {stored: `{"count":1,"z":1}`, change: func(s *state) { s.Count = 0 }, want: `{"z":1}`},
		"removed and set anew":    {stored: `{"sub":{"x":1,"z":1}}`, change: func(s *state) { s.Sub = nil; s.Sub = &point{X: 2} }, want: `{"sub":{"x":2,"z":1}}`},
		"other case":              {stored: `{"Count":1,"z":1}`, change: func(s *state) { s.Count++ }, want: `{"count":2,"z":1}`},
		"spaces, as Python has":   {stored: `{"z": [1, 2], "count": 1}`, change: func(s *state) { s.Count++ }, want: `{"z":[1,2],"count":2}`},
		"indented":                {awsjar.JSON{Indent: "  "}, `{"z":1,"count":1}`, func(s *state) { s.Count++ }, "{\n  \"z\": 1,\n  \"count\": 2\n}"},
		"not with DropUnknown":    {awsjar.JSON{Unknown: awsjar.DropUnknown}, `{"z":1,"count":1}`, func(s *state) { s.Count++ }, `{"count":2}`},
		"halves of pairs":         {awsjar.JSON{ReplaceSurrogates: true}, `{"z":"\ud800","count":1}`, func(s *state) { s.Count++ }, `{"z":"\ud800","count":2}`},
		"nothing changed":         {stored: ` {"z": 1, "count": 1} `, change: func(*state) {}, want: ` {"z": 1, "count": 1} `},
		"nothing that is stored":  {stored: `{"count":1}`, change: func(s *state) { s.Skip = 1 }, want: `{"count":1}`},
		"Go's own text, replaced": {stored: `{"count":1}`, change: func(s *state) { s.Points = []point{{}} }, want: `{"count":1,"points":[{"x":0}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			store := holding(t, c.stored)
			if _, err := awsjar.New[state](store, withCodec(c.codec)).Update(t.Context(), func(s *state) error { c.change(s); return nil }); err != nil {
				t.Fatal(err)
			}
			mustHold(t, store, c.want)
		})
	}
}

// Where a type gives the order of members, an Update stores that order. Sorted keys
// and the fields of a struct change nothing in the stored one.
func TestUpdateKeepsOrder(t *testing.T) {
	type state struct {
		A     int             `json:"a,omitempty"`
		Raw   json.RawMessage `json:"raw,omitempty"`
		B     int             `json:"b,omitempty"`
		Order ordered         `json:"order,omitempty"`
		Map   map[string]int  `json:"map,omitempty"`
		Any   any             `json:"any,omitempty"`
	}
	newFirst := func(s *state) { s.Order = append(ordered{{name: "c"}}, s.Order...) }
	for name, c := range map[string]struct {
		codec  awsjar.Codec
		stored string
		change func(*state)
		want   string
	}{
		"moved":                 {awsjar.JSON{}, `{"x":1,"raw":{"a":1,"b":{"c":2,"d":3}}}`, func(s *state) { s.Raw = json.RawMessage(`{"b":{"d":3,"c":2},"a":1}`) }, `{"x":1,"raw":{"b":{"d":3,"c":2},"a":1}}`},
		"new one first":         {awsjar.JSON{}, `{"order":{"b":{"x":1}},"x":1}`, newFirst, `{"order":{"c":{"id":0,"N":0},"b":{"x":1}},"x":1}`},
		"new one first, text":   {awsjar.JSON{}, `{"raw": {"b": [1]}}`, func(s *state) { s.Raw = json.RawMessage(`{"a":1,"b":[1]}`) }, `{"raw":{"a":1,"b":[1]}}`},
		"indented":              {awsjar.JSON{Indent: " "}, `{"raw":{"b":1},"x":1}`, func(s *state) { s.Raw = json.RawMessage(`{"a":1,"b":1}`) }, "{\n \"raw\": {\n  \"a\": 1,\n  \"b\": 1\n },\n \"x\": 1\n}"},
		"codec of the user":     {oneBuffer{new([]byte)}, `{"order":{"b":{"x":1}},"x":1}`, newFirst, `{"order":{"c":{"id":0,"N":0},"b":{"x":1}},"x":1}`},
		"of a struct in an any": {awsjar.JSON{}, `{"any":{"A":1,"B":2},"x":1}`, func(s *state) { s.Any = struct{ B, A int }{2, 1} }, `{"any":{"B":2,"A":1},"x":1}`},
		"fields and keys stay": {awsjar.JSON{}, `{"map":{"z":1,"b":2},"x":1,"b":2,"order":{"b":{},"a":{}}}`, func(s *state) { s.A, s.Map["a"], s.Order = 3, 4, ordered{s.Order[1], s.Order[0]} },
			`{"map":{"z":1,"b":2,"a":4},"x":1,"b":2,"order":{"a":{},"b":{}},"a":3}`},
	} {
		store := holding(t, c.stored)
		var log bytes.Buffer
		jar := awsjar.New[state](store, func(o *awsjar.Options) {
			o.Codec, o.Logger = c.codec, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		got, err := jar.Update(t.Context(), func(s *state) error { c.change(s); return nil })
		if err != nil || log.Len() > 0 {
			t.Errorf("%s: %v, with the log %q", name, err, log.String())
		}
		mustHold(t, store, c.want)
		if next, err := jar.Get(t.Context()); err != nil || !reflect.DeepEqual(got, next) {
			t.Errorf("%s: Update returned %+v; Get returns %+v, %v", name, got, next, err)
		}
	}
}

// A value that is encoded in another order each time keeps the members that its type
// does not have.
func TestUpdateOfUnsteadyOrder(t *testing.T) {
	type state struct {
		Set set `json:"set"`
	}
	store := holding(t, `{"x":1,"set":["0"]}`)
	jar := awsjar.New[state](store)
	for n := range 40 {
		if _, err := jar.Update(t.Context(), func(s *state) error { s.Set[fmt.Sprint(n+1)] = true; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	got, err := jar.Get(t.Context())
	if data, _, _ := store.Load(t.Context()); err != nil || len(got.Set) != 41 || !strings.HasPrefix(string(data), `{"x":1,`) {
		t.Errorf("%s is stored, %v; want 41 elements and the member x", data, err)
	}
}

// A renamed member survives an older program: each of them reads its own.
func TestRollBack(t *testing.T) {
	ctx := t.Context()
	type v1 struct {
		Cursor string `json:"cursor"`
		Seen   []int  `json:"seen"`
	}
	type v2 struct {
		Position string `json:"position"`
		Seen     []int  `json:"seen"`
		Owner    string `json:"owner,omitempty"`
	}
	store := holding(t, `{"cursor":"abc","seen":[1,2]}`)
	old, newer := awsjar.New[v1](store), awsjar.New[v2](store)
	newer.Update(ctx, func(s *v2) error { s.Position, s.Owner = "def", "me"; return nil })
	old.Update(ctx, func(s *v1) error { s.Seen = append(s.Seen, 3); return nil })
	mustHold(t, store, `{"cursor":"abc","seen":[1,2,3],"position":"def","owner":"me"}`)
	if got, err := newer.Get(ctx); err != nil || got.Position != "def" || got.Owner != "me" || len(got.Seen) != 3 {
		t.Errorf("the newer program reads %+v, %v", got, err)
	}
	if err := old.Put(ctx, v1{Cursor: "x"}); err != nil { // which replaces the whole value
		t.Fatal(err)
	}
	mustHold(t, store, `{"cursor":"x","seen":null}`)
}

// fickle reads its member from another one, if that is there.
type fickle struct{ N int }

func (f fickle) MarshalJSON() ([]byte, error) { return awsjar.JSON{}.Marshal(map[string]int{"n": f.N}) }

func (f *fickle) UnmarshalJSON(data []byte) error {
	var members map[string]int
	if err := (awsjar.JSON{}).Unmarshal(data, &members); err != nil {
		return err
	}
	f.N = members["n"]
	if other, ok := members["rules"]; ok {
		f.N = other
	}
	return nil
}

// Where the merged text would be another value, the value counts, and
// the log says so.
func TestMembersThatCannotBeKept(t *testing.T) {
	store := holding(t, `{"n":1,"rules":5,"secret":7}`)
	var log bytes.Buffer
	jar := awsjar.New[fickle](store, func(o *awsjar.Options) {
		o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	got, err := jar.Update(t.Context(), func(f *fickle) error { f.N++; return nil })
	if err != nil || got.N != 6 {
		t.Fatalf("Update returned %v, %v; want 6", got, err)
	}
	mustHold(t, store, `{"n":6}`)
	if text := log.String(); !strings.Contains(text, "could not be kept") || !strings.Contains(text, "mem:") || strings.Contains(text, "secret") {
		t.Errorf("the log is %q", text)
	}
}

// A Merger of the user decides for its own bytes, and the same net is below it.
func TestMerger(t *testing.T) {
	for merged, want := range map[string]string{
		"\x02{\"num_acorns\":2,\"x\":1}": "\x02{\"num_acorns\":2,\"x\":1}",
		"\x02{\"num_acorns\":7}":         "\x02{\"num_acorns\":2,\"acorn_hideouts\":null}",
		"no such bytes":                  "\x02{\"num_acorns\":2,\"acorn_hideouts\":null}",
	} {
		store := holding(t, "\x02{\"num_acorns\":1,\"x\":1}")
		codec := merging{merged: []byte(merged)}
		if got, err := awsjar.New[acorns](store, withCodec(codec)).Update(t.Context(), add(1)); err != nil || got.Num != 2 {
			t.Errorf("Update returned %v, %v; want 2", got, err)
		}
		mustHold(t, store, want)
	}
}

// merging is a codec that is a Merger.
type merging struct{ merged []byte }

func (m merging) Marshal(v any) ([]byte, error) {
	data, err := awsjar.JSON{}.Marshal(v)
	return append([]byte{2}, data...), err
}

func (m merging) Unmarshal(data []byte, v any) error {
	return awsjar.JSON{}.Unmarshal(bytes.TrimPrefix(data, []byte{2}), v)
}

func (m merging) Merge(_, _, _ []byte) ([]byte, error) { return m.merged, nil }

func TestMergeJSON(t *testing.T) {
	got := awsjar.MergeJSON([]byte(`{"n": 1, "x": 1}`), []byte(`{"n":1}`), []byte(`{"n":2}`))
	if string(got) != `{"n":2,"x":1}` {
		t.Errorf("MergeJSON returned %s", got)
	}
}

// A value of hundreds of thousands of names or elements is merged in one pass.
func TestUpdateOfManyMembers(t *testing.T) {
	var stored strings.Builder
	stored.WriteString(`{"x":0`)
	for n := range 50_000 {
		stored.WriteString(`,"` + strings.Map(func(r rune) rune { return r ^ ' '*rune(n>>(r-'a')&1) }, "abcdefghijklmnop") + `":{"x":1}`)
	}
	stored.WriteString(`}`)
	store := memjar.New()
	if _, err := store.Save(t.Context(), []byte(stored.String()), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	jar := awsjar.New[map[string]any](store)
	if _, err := jar.Update(t.Context(), func(m *map[string]any) error { (*m)["new"] = 1; return nil }); err != nil {
		t.Fatal(err)
	}
	data, _, _ := store.Load(t.Context())
	if want := strings.TrimSuffix(stored.String(), "}") + `,"new":1}`; string(data) != want {
		t.Errorf("the members did not stay as they were: %d bytes, want %d", len(data), len(want))
	}
}
