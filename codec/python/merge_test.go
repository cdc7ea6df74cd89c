package python_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/memjar"
	"github.com/google/go-cmp/cmp"
)

// update is Jar.Update with a codec that merges.
func update[T any](t *testing.T, c python.Codec, stored string, change func(*T)) string {
	t.Helper()
	var v T
	if err := c.Unmarshal([]byte(stored), &v); err != nil {
		t.Fatalf("%s: %v", stored, err)
	}
	before, err := c.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	change(&v)
	after, err := c.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	merged, err := c.Merge([]byte(stored), before, after)
	if err != nil {
		t.Fatal(err)
	}
	var again T
	if err := c.Unmarshal(merged, &again); err != nil {
		t.Fatalf("%s became %s: %v", stored, merged, err)
	}
	if written, err := c.Marshal(again); err != nil || string(written) != string(after) {
		t.Errorf("%s became %s, which reads as %s, %v; want %s", stored, merged, written, err, after)
	}
	return string(merged)
}

type cursor struct {
	Cursor int        `json:"cursor"`
	At     *time.Time `json:"at,omitempty"`
	In     struct {
		N int `json:"n"`
	} `json:"in"`
	F float64 `json:"f,omitempty"`
}

// A member that Python stored and the Go type does not have stays, as Python wrote it.
func TestMergeKeepsWhatPythonStored(t *testing.T) {
	const dt, later = `{"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"}`, `{"_dt_": true, "repr": "datetime.datetime(2020, 1, 9, 18, 49)"}`
	c := python.Codec{NonFinite: true}
	for _, m := range []struct {
		name, stored, want string
		change             func(*cursor)
	}{
		{"members and their order", `{"z": 1, "cursor": 1, "a": ["é", 1.50, "\u00e9"], "in": {"x": null, "n": 0}}`,
			`{"z": 1, "cursor": 2, "a": ["é", 1.50, "\u00e9"], "in": {"x": null, "n": 0}}`, func(c *cursor) { c.Cursor = 2 }},
		{"members within", `{"cursor": 1, "in": {"x": {"y": []}, "n": 0}}`,
			`{"cursor": 1, "in": {"x": {"y": []}, "n": 7}}`, func(c *cursor) { c.In.N = 7 }},
		{"NaN and infinities", `{"low": -Infinity, "cursor": 1, "list": [NaN, Infinity], "in": {"n": 0}, "f": NaN}`,
			`{"low": -Infinity, "cursor": 2, "list": [NaN, Infinity], "in": {"n": 0}, "f": NaN}`, func(c *cursor) { c.Cursor = 2 }},
		{"a datetime that did not change", `{"at": {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49, 0)", "x": 1}, "cursor": 1, "in": {"n": 0}}`,
			`{"at": {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49, 0)", "x": 1}, "cursor": 2, "in": {"n": 0}}`, func(c *cursor) { c.Cursor = 2 }},
		{"a datetime that changed has nothing of the old one", `{"at": {"_dt_": true, "x": 1, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"}, "y": ` + dt + `, "cursor": 1, "in": {"n": 0}}`,
			`{"at": ` + later + `, "y": ` + dt + `, "cursor": 1, "in": {"n": 0}}`, func(c *cursor) { at := c.At.AddDate(1, 0, 0); c.At = &at }},
		{"a datetime in the place of an object", `{"cursor": 1, "in": {"n": 0, "x": 2}}`,
			`{"cursor": 1, "in": {"n": 0, "x": 2}, "at": ` + dt + `}`, func(c *cursor) { at := time.Date(2019, 1, 9, 18, 49, 0, 0, python.NaiveUTC()); c.At = &at }},
	} {
		if diff := cmp.Diff(m.want, update(t, c, m.stored, m.change)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", m.name, diff)
		}
	}
}

// A dict keeps the order of its members; new ones come last.
func TestMergeKeepsTheOrderOfADict(t *testing.T) {
	got := update(t, python.Codec{}, `{"z": 1, "b": {"y": 1, "x": 2}, "a": 3}`, func(m *map[string]any) {
		(*m)["new"] = true
		delete(*m, "a")
		(*m)["b"].(map[string]any)["x"] = "é"
	})
	if want := `{"z": 1, "b": {"y": 1, "x": "\u00e9"}, "new": true}`; got != want {
		t.Errorf("the dict became %s; want %s", got, want)
	}
}

// A type with an order of its own gives it, and the rest of the dict keeps its own.
func TestUpdateKeepsTheOrderOfAType(t *testing.T) {
	type state struct {
		A   int             `json:"a"`
		Raw json.RawMessage `json:"raw"`
	}
	store := memjar.New()
	if _, err := store.Save(t.Context(), []byte(`{"raw": {"b": 1.50}, "x": NaN, "a": 1}`), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	_, err := awsjar.New[state](store, with(python.Codec{})).Update(t.Context(), func(s *state) error {
		s.Raw = json.RawMessage(`{"new": 1, "b": 1.50}`)
		return nil
	})
	if data, _, _ := store.Load(t.Context()); err != nil || string(data) != `{"raw": {"new": 1, "b": 1.50}, "x": NaN, "a": 1}` {
		t.Errorf("%s is stored, %v", data, err)
	}
}

// The merged text has the form of the codec, in which strings stay as they are.
func TestMergeWritesTheForm(t *testing.T) {
	const stored = `{"x":"a, b: \"{\\","cursor":1,"e":[{},[]],"in":{"n":0}}`
	for pretty, want := range map[bool]string{
		false: `{"x": "a, b: \"{\\", "cursor": 2, "e": [{}, []], "in": {"n": 0}}`,
		true: strings.TrimSpace(`
{
  "x": "a, b: \"{\\",
  "cursor": 2,
  "e": [
    {},
    []
  ],
  "in": {
    "n": 0
  }
}`),
	} {
		got := update(t, python.Codec{Pretty: pretty}, stored, func(c *cursor) { c.Cursor = 2 })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pretty %v (-want +got):\n%s", pretty, diff)
		}
	}
}

// Bare text, and a value that is neither a list nor a dict, is replaced.
func TestMergeReplacesBareText(t *testing.T) {
	c := python.Codec{Bare: python.BareJar}
	if got := update(t, c, "hello", func(s *string) { *s += " you" }); got != "hello you" {
		t.Errorf("the text became %q", got)
	}
	if got := update(t, c, "007", func(n *any) { *n = 5 }); got != "5" {
		t.Errorf("the number became %q", got)
	}
	if got := update(t, c, `{"a": 1}`, func(n *any) { *n = "x" }); got != "x" {
		t.Errorf("the dict became %q", got)
	}
}
