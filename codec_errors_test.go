package awsjar_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/awsjar/awsjar/memjar"
)

type address struct {
	Street string `json:"street"`
	Since  time.Time
}

type person struct {
	Name    string             `json:"name"`
	Home    *address           `json:"home"`
	Others  []address          `json:"others"`
	ByName  map[string]address `json:"by_name"`
	ByIP    map[netip.Addr]int
	Count   int `json:"count,string"`
	Any     any
	Failure error
	address
}

// A value that the type cannot hold is named by the fields of the type, and a
// map's keys, which are data, by a star.
func TestJSONNamesThePlace(t *testing.T) {
	for text, want := range map[string]string{
		`[1]`:                            "the value is not of type awsjar_test.person, at byte 1",
		`{"name": 12}`:                   "member name is not of type string, at byte 10",
		`{"NAME": 12}`:                   "member name is not of type string, at byte 10",
		`{"home": {"street": []}}`:       "member home.street is not of type string, at byte 21",
		`{"home": {"since": "secret"}}`:  "member home.Since is not of type time.Time, at byte 20",
		`{"others": [{}, {"Since": 1}]}`: "member others[1].Since is not of type time.Time, at byte 27",
		`{"by_name": {"secret": {"street": true}}}`: "member by_name.*.street is not of type string, at byte 35",
		`{"by_name": {"secret": 1}}`:                "member by_name.* is not of type awsjar_test.address, at byte 24",
		`{"ByIP": {"secret": 1}}`:                   "a name in ByIP is not of type netip.Addr, at byte 11",
		`{"count": "secret"}`:                       "member count is not of type int, at byte 11",
		`{"count": 5}`:                              "member count is not of type int, at byte 11",
		`{"street": 5}`:                             "member street is not of type string, at byte 12",
		`{"Any": 1e999, "Failure": "secret"}`:       "member Failure is not of type error, at byte 27",
		`{"other": {"secret": 1}, "name": null, "home": {"street": 1}}`: "member home.street is not of type string, at byte 59",
	} {
		err := awsjar.JSON{}.Unmarshal([]byte(text), new(person))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v; want %s", text, err, want)
		}
	}
	if err := (awsjar.JSON{}).Unmarshal([]byte(`[1, "secret"]`), new([]int)); err == nil || err.Error() != "element [1] is not of type int, at byte 5" {
		t.Errorf("%v; want the element", err)
	}
	if err := (awsjar.JSON{}).Unmarshal([]byte(`1`), 5); err == nil {
		t.Error("a value was read into an int")
	}
}

func TestRefuseUnknown(t *testing.T) {
	strict := awsjar.JSON{Unknown: awsjar.RefuseUnknown}
	for text, want := range map[string]string{
		`{"secret": 1}`:                              "the value has a member that the type awsjar_test.person does not have, at byte 2",
		`{"name": "x", "home": {"secret": 1}}`:       "home has a member that the type awsjar_test.address does not have, at byte 24",
		`{"by_name": {"private": {"secret": [{}]}}}`: "by_name.* has a member that the type awsjar_test.address does not have, at byte 26",
		`{"others": [{}, {"secret": 1}]}`:            "others[1] has a member that the type awsjar_test.address does not have, at byte 18",
	} {
		err := strict.Unmarshal([]byte(text), new(person))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v; want %s", text, err, want)
		}
		if err := (awsjar.JSON{Unknown: awsjar.DropUnknown}).Unmarshal([]byte(text), new(person)); err != nil {
			t.Errorf("%s, to be dropped: %v", text, err)
		}
	}
	for _, text := range []string{`{"NAME": "x", "Any": {"free": 1}, "by_name": {"free": {}}, "street": "x", "home": null}`, "null"} {
		if err := strict.Unmarshal([]byte(text), new(person)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	store := memjar.New()
	store.Save(t.Context(), []byte(`{"num_acorns": 1, "secret": 2}`), awsjar.Any)
	_, err := awsjar.New[acorns](store, func(o *awsjar.Options) { o.Codec = strict }).Get(t.Context())
	if !errors.Is(err, awsjar.ErrCorrupt) || strings.Contains(err.Error(), "secret") {
		t.Errorf("Get: %v; want ErrCorrupt without the name", err)
	}
}

// Bytes that are no JSON have a hint that fits them, and none that does not.
func TestJSONHints(t *testing.T) {
	for text, want := range map[string]string{
		"\ufeff{}":      "utf8NoBOM",
		"\xff\xfe{\x00": "iconv with -f utf-16",
		"\x1f\x8b\x08":  "decompressed",
		"<<<<<<< HEAD":  "one of the two sides",
		`"\ud83d"`:      "JSON.ReplaceSurrogates",
		"NaN":           "NonFinite",
		"{'a': None}":   "codec/python",
		`{"Since": {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"}}`: "codec/python",
	} {
		err := awsjar.JSON{}.Unmarshal([]byte(text), new(address))
		e, ok := errors.AsType[*exactjson.Error](err)
		if !ok || !strings.Contains(e.Hint, want) {
			t.Errorf("%q: %#v; want a hint with %q", text, err, want)
		}
	}
	for _, text := range []string{"", "{", "\x00", "{} {}", "hello", `{"Since": 1}`, `{"Since": {"repr": "x"}}`} {
		err := awsjar.JSON{}.Unmarshal([]byte(text), new(address))
		if e, ok := errors.AsType[*exactjson.Error](err); !ok || e.Hint != "" {
			t.Errorf("%q: %#v; want no hint", text, err)
		}
	}
}

// The text of an error that a method of the user's type returns is not shown:
// it may hold the value. The error itself is reachable.
func TestJSONHidesForeignErrors(t *testing.T) {
	_, err := awsjar.JSON{}.Marshal([]any{telling{}})
	hides(t, "Marshal", err)
	_, err = awsjar.JSON{}.Marshal(map[telling]int{{}: 1})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("Marshal of a key: %v; want an error without its text", err)
	}
	hides(t, "Unmarshal", awsjar.JSON{}.Unmarshal([]byte(`{"a": {"b": 1}}`), new(map[string]telling)))
	hides(t, "Unmarshal of a key", awsjar.JSON{}.Unmarshal([]byte(`{"a": 1}`), new(map[telling]int)))
	hides(t, "Unmarshal of a text", awsjar.JSON{}.Unmarshal([]byte(`["a"]`), new([]tellingText)))
}

func hides(t *testing.T, call string, err error) {
	t.Helper()
	var cause tellingError
	if !errors.As(err, &cause) || strings.Contains(fmt.Sprintf("%v %+v", err, err), "secret") {
		t.Errorf("%s: %v; want the cause by errors.As, and not in the text", call, err)
	}
}

type tellingError struct{}

func (tellingError) Error() string { return "secret" }

type telling struct{ A int }

func (telling) MarshalJSON() ([]byte, error)  { return nil, tellingError{} }
func (*telling) UnmarshalJSON([]byte) error   { return tellingError{} }
func (telling) MarshalText() ([]byte, error)  { return nil, tellingError{} }
func (*telling) UnmarshalText(b []byte) error { return tellingError{} }

type tellingText struct{}

func (*tellingText) UnmarshalText([]byte) error { return tellingError{} }

// Neither is the text of an error that the user's own codec returns.
func TestJarHidesErrorsOfCodecs(t *testing.T) {
	ctx := t.Context()
	store := memjar.New()
	store.Save(ctx, []byte("[ 0 ]"), awsjar.Any)
	for _, codec := range []awsjar.Codec{tellingCodec{}, &tellingMerger{}} {
		jar := awsjar.New[[]int](store, func(o *awsjar.Options) { o.Codec = codec })
		hides(t, "Put", jar.Put(ctx, []int{1}))
		_, err := jar.Get(ctx)
		hides(t, "Get", err)
		_, err = jar.Update(ctx, func(v *[]int) error { *v = []int{2}; return nil })
		hides(t, "Update", err)
	}
	jar := awsjar.New[[]int](store, func(o *awsjar.Options) { o.Codec = &tellingMerger{works: true} })
	_, err := jar.Update(ctx, func(v *[]int) error { *v = []int{2}; return nil })
	hides(t, "Update with a Merge", err)
}

type tellingCodec struct{}

func (tellingCodec) Marshal(any) ([]byte, error)     { return nil, tellingError{} }
func (tellingCodec) Unmarshal(_ []byte, _ any) error { return fmt.Errorf("%w: secret", tellingError{}) }

type tellingMerger struct{ works bool }

func (m *tellingMerger) Marshal(v any) ([]byte, error) {
	if !m.works {
		return nil, tellingError{}
	}
	return json.Marshal(v)
}

func (m *tellingMerger) Unmarshal(data []byte, v any) error {
	if !m.works {
		return tellingError{}
	}
	return json.Unmarshal(data, v)
}

func (*tellingMerger) Merge(_, _, _ []byte) ([]byte, error) { return nil, tellingError{} }

// A U+FFFD that is in the value comes back, in every form that it may have.
func TestJSONKeepsReplacementCharacters(t *testing.T) {
	type state struct {
		Raw json.RawMessage
		S   string
		M   marshals
	}
	for _, raw := range []string{`"\ufffd"`, `"\uFFFD"`, "\"\ufffd\"", `"a\\\ufffd"`} {
		for _, s := range []string{"", "\ufffd", `\ufffd`} {
			value := state{json.RawMessage(raw), s, marshals{raw}}
			data, err := awsjar.JSON{}.Marshal(value)
			if err != nil {
				t.Errorf("Marshal of a RawMessage %s beside %q: %v", raw, s, err)
				continue
			}
			var again state
			if err := (awsjar.JSON{}).Unmarshal(data, &again); err != nil || again.S != s || again.M.text == "" || string(again.Raw) != raw {
				t.Errorf("%s was read as %+v, %v", data, again, err)
			}
			value.S = "\xff"
			if data, err := (awsjar.JSON{}).Marshal(value); err == nil {
				t.Errorf("Marshal of invalid UTF-8 beside a RawMessage returned %s", data)
			}
		}
	}
}

// marshals writes JSON as it is given.
type marshals struct{ text string }

func (m marshals) MarshalJSON() ([]byte, error) { return []byte(m.text), nil }
func (m *marshals) UnmarshalJSON(b []byte) error {
	m.text = string(b)
	return nil
}

// handsOn writes itself by encoding/json, as many types do.
type handsOn struct {
	Name string
	next *handsOn
}

func (h handsOn) MarshalJSON() ([]byte, error) {
	type plain handsOn
	return json.Marshal(plain(h))
}

type namedKey struct{ s string }

func (k namedKey) MarshalText() ([]byte, error) { return []byte(k.s), nil }

type loop struct {
	Name string
	Next *loop `json:"-"`
}

// plainKey is a name whose MarshalText encoding/json does not call, as it is a
// string.
type plainKey string

func (plainKey) MarshalText() ([]byte, error) { return []byte("text"), nil }

// quoted holds a string that is JSON within JSON.
type quoted struct {
	Quoted string `json:",string"`
}

// encoding/json writes U+FFFD for a byte that is not UTF-8, and says nothing:
// wherever it stands, the value is refused, with the place.
func TestJSONRefusesInvalidUTF8(t *testing.T) {
	round := &loop{Name: "\ufffd"}
	round.Next = round
	bad := "caf\xe9"
	for _, c := range []struct {
		place string
		value any
	}{
		{"the value", bad},
		{"element [1]", []string{"a", bad}},
		{"member *", map[string]string{"a": bad}},
		{"member *", map[string]int{bad: 1}},
		{"member *", map[namedKey]int{{bad}: 1}},
		{"member *", map[plainKey]int{plainKey(bad): 1}},
		{"member Quoted", quoted{bad}},
		{"member home.street", person{Home: &address{Street: bad}}},
		{"member street", person{address: address{Street: bad}}},
		{"member Any[0].*", person{Any: []any{map[string]any{"x": &bad}}}},
		{"the value", namedKey{bad}},
		{"member Name", handsOn{Name: bad}},
		{"element [0].Name", []*handsOn{{Name: bad, next: &handsOn{}}}},
		{"element [1]", [2]any{round, bad}},
	} {
		data, err := awsjar.JSON{}.Marshal(c.value)
		if err == nil || !strings.HasPrefix(err.Error(), "a string in "+c.place+" is not valid UTF-8") {
			t.Errorf("Marshal(%T) returned %s, %v; want the place %s", c.value, data, err, c.place)
		}
	}
	for _, good := range []any{round, loop{"\ufffd", &loop{Name: bad}}, quoted{"\ufffd"}, quoted{`\ufffd`}, struct {
		A string `json:"-"`
		b string
		C []byte
		D string
	}{bad, bad, []byte(bad), "\ufffd"}} {
		if _, err := (awsjar.JSON{}).Marshal(good); err != nil {
			t.Errorf("Marshal(%T): %v; want what encoding/json does not write to be let alone", good, err)
		}
	}
}

// RFC 3339 has no seconds in an offset from UTC: encoding/json leaves them out and
// says nothing.
func TestJSONRefusesInexactTimes(t *testing.T) {
	local := time.FixedZone("LMT", 19*60+32)
	old := time.Date(1900, 1, 1, 0, 0, 0, 0, local)
	exact := old.UTC().In(time.FixedZone("", 19*60))
	for _, c := range []struct {
		place string
		value any
	}{
		{"the value", old},
		{"the value", &old},
		{"element [1]", []time.Time{exact, old}},
		{"member *", map[string]any{"a": old}},
		{"member *", map[time.Time]int{old: 1}},
		{"member Since", struct{ Since *time.Time }{&old}},
		{"the value", struct{ time.Time }{old}},
	} {
		data, err := awsjar.JSON{}.Marshal(c.value)
		if err == nil || !strings.HasPrefix(err.Error(), "a time in "+c.place+" has an offset") {
			t.Errorf("Marshal(%T) returned %s, %v; want the place %s", c.value, data, err, c.place)
		}
	}
	for _, good := range []any{exact, old.UTC(), []any{exact, unixTime{old}}, struct {
		A time.Time `json:"-"`
		B time.Time
	}{old, exact}} {
		if _, err := (awsjar.JSON{}).Marshal(good); err != nil {
			t.Errorf("Marshal(%T): %v", good, err)
		}
	}
	jar := awsjar.New[struct{ Since time.Time }](memjar.New())
	if err := jar.Put(t.Context(), struct{ Since time.Time }{old}); !errors.Is(err, awsjar.ErrInvalid) || awsjar.Hint(err) != "store t.UTC()" {
		t.Errorf("Put: %v, hint %q; want ErrInvalid", err, awsjar.Hint(err))
	}
}

// unixTime is written in a form of its own, in which all times are exact.
type unixTime struct{ t time.Time }

func (u unixTime) MarshalJSON() ([]byte, error) { return json.Marshal(u.t.Unix()) }

func TestJSONIndentIsWhiteSpace(t *testing.T) {
	for _, indent := range []string{"- ", "x", "\u00a0", "  //"} {
		err := awsjar.New[int](memjar.New(), func(o *awsjar.Options) { o.Codec = awsjar.JSON{Indent: indent} }).Put(t.Context(), 1)
		if !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("Put with the indent %q: %v; want ErrInvalid", indent, err)
		}
	}
	for _, indent := range []string{"\t", "    ", ""} {
		jar := awsjar.New[[]int](memjar.New(), func(o *awsjar.Options) { o.Codec = awsjar.JSON{Indent: indent} })
		if err := jar.Put(t.Context(), []int{1}); err != nil {
			t.Errorf("Put with the indent %q: %v", indent, err)
		}
		if got, err := jar.Get(t.Context()); err != nil || got[0] != 1 {
			t.Errorf("Get with the indent %q: %v, %v", indent, got, err)
		}
	}
}

// A state with half of a surrogate pair, which JavaScript and Python write, is
// read by the option that the error names, and written again.
func TestReplaceSurrogates(t *testing.T) {
	const stored = `{"a":"\ud83d x","n":1,"ok":"\ud83d\ude00"}`
	type state struct {
		A, OK string
		N     int
	}
	var v state
	if err := (awsjar.JSON{}).Unmarshal([]byte(stored), &v); err == nil || !strings.HasPrefix(err.Error(), "half of a surrogate pair, at byte 7") {
		t.Errorf("%v; want the place of the half", err)
	}
	lenient := awsjar.JSON{ReplaceSurrogates: true}
	if err := lenient.Unmarshal([]byte(stored), &v); err != nil || v != (state{"\ufffd x", "😀", 1}) {
		t.Fatalf("read %+v, %v", v, err)
	}
	data, err := lenient.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var again state
	if err := (awsjar.JSON{}).Unmarshal(data, &again); err != nil || again != v {
		t.Errorf("%s was read as %+v, %v", data, again, err)
	}
}

// Of two members of one name the last counts, except that a struct and a map get
// the members of both, as the doc says.
func TestJSONTakesTheLastOfTwo(t *testing.T) {
	const stored = `{"n":1,"n":2,"s":{"X":1},"s":{"Y":2},"m":{"a":1},"m":{"b":2}}`
	var v any
	if err := (awsjar.JSON{}).Unmarshal([]byte(stored), &v); err != nil || fmt.Sprint(v) != "map[m:map[b:2] n:2 s:map[Y:2]]" {
		t.Errorf("read %v, %v; want the last", v, err)
	}
	var typed struct {
		N int
		S struct{ X, Y int }
		M map[string]int
	}
	if err := (awsjar.JSON{}).Unmarshal([]byte(stored), &typed); err != nil || fmt.Sprint(typed) != "{2 {1 2} map[a:1 b:2]}" {
		t.Errorf("read %v, %v; want the last number, and all members", typed, err)
	}
}
