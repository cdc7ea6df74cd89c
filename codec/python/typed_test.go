package python_test

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/google/go-cmp/cmp"
)

var _ awsjar.Codec = python.Codec{}

// microseconds returns seconds as microseconds, which an int of 32 bits cannot
// hold.
func microseconds(seconds int) json.Number {
	return json.Number(strconv.FormatInt(int64(seconds)*1_000_000, 10))
}

type visit struct {
	At    time.Time `json:"at"`
	Again *visit    `json:"again,omitempty"`
}

type Embedded struct {
	Inside time.Time `json:"inside"`
}

// journal has a time in every place that a Go type can have one.
type journal struct {
	Embedded
	*visit
	Plain   time.Time            `json:"plain"`
	Pointer *time.Time           `json:"pointer"`
	None    *time.Time           `json:"none"`
	Zero    time.Time            `json:"zero,omitzero"`
	List    []time.Time          `json:"list"`
	Array   [2]*time.Time        `json:"array"`
	Map     map[string]time.Time `json:"map"`
	Deep    map[int][]visit      `json:"deep"`
	Any     any                  `json:"any"`
	Tree    map[string]any       `json:"tree"`
	Raw     json.RawMessage      `json:"raw"`
	Keys    map[time.Time]bool   `json:"keys"`
	Text    string               `json:"text"`
	skipped time.Time
}

func (j journal) Skipped() time.Time { return j.skipped }

func TestTimesInGoTypes(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2019, 1, 9, hour, 0, 0, 1000, time.FixedZone("CET", 3600)) }
	one, two := at(1), time.Date(2019, 1, 9, 2, 0, 0, 0, python.NaiveUTC())
	want := journal{
		Embedded: Embedded{at(3)},
		visit:    nil,
		Plain:    at(4),
		Pointer:  &one,
		List:     []time.Time{at(5), two},
		Array:    [2]*time.Time{nil, &two},
		Map:      map[string]time.Time{"a": at(6)},
		Deep:     map[int][]visit{7: {{At: at(8), Again: &visit{At: two}}}},
		Any:      []any{at(9), map[string]any{"x": two, "y": "2019-01-09T18:49:44Z"}},
		Tree:     map[string]any{"z": at(10), "none": nil},
		Raw:      json.RawMessage(`{"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 11, 0)"}`),
		Keys:     map[time.Time]bool{time.Date(2019, 1, 9, 12, 0, 0, 1, time.UTC): true},
		Text:     "datetime.datetime(2019, 1, 9)",
	}
	data, err := python.Codec{}.Marshal(&want)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(data), `{"_dt_": true, "repr": "datetime.datetime(`); got != 13 {
		t.Errorf("there are %d datetimes in %s; want 13", got, data)
	}
	var back journal
	if err := (python.Codec{}).Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	opts := []cmp.Option{cmp.Comparer(func(a, b time.Time) bool { return a.Format(when) == b.Format(when) }), cmp.AllowUnexported(journal{})}
	if diff := cmp.Diff(want, back, opts...); diff != "" {
		t.Errorf("it came back changed (-want +got):\n%s", diff)
	}
}

// A time also reads the text that awsjar.JSON writes.
func TestTimeFromRFC3339(t *testing.T) {
	want := visit{At: time.Date(2019, 1, 9, 18, 49, 44, 123456789, time.UTC)}
	data, err := awsjar.JSON{}.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got visit
	if err := (python.Codec{}).Unmarshal(data, &got); err != nil || !got.At.Equal(want.At) {
		t.Errorf("%s was read as %v, %v", data, got, err)
	}
	if err := (python.Codec{}).Unmarshal([]byte(`{"at": null}`), &got); err != nil || !got.At.Equal(want.At) {
		t.Errorf("null changed a time to %v, %v; encoding/json leaves it", got, err)
	}
}

// A value that does not fit into a Go type is an error that names the place.
func TestTypeErrors(t *testing.T) {
	const dt = `{"_dt_": true, "repr": "datetime.datetime(2019, 1, 9)"}`
	for _, c := range []struct {
		text  string
		into  any
		place string
	}{
		{`{"at": {"_dt_": true}}`, new(visit), "member at: "},
		{`{"at": {"year": 2019}}`, new(visit), "member at: "},
		{`{"at": {"_dt_": true, "repr": 5}}`, new(visit), "member at: "},
		{`{"at": "2019-01-09 18:49:44"}`, new(visit), "member at: "},
		{`{"at": 5}`, new(visit), "member at: "},
		{`{"again": {"at": []}}`, new(visit), "member again.at: "},
		{`{"at": {"_dt_": true, "repr": "x"`, new(visit), ""},
		{`[{"a": ` + dt + `}]`, new([]map[string]string), "element [0].*: "},
		{`[` + dt + `]`, new([]string), "element [0]: "},
		{`[` + dt + `]`, new([]float64), "element [0]: "},
		{`[` + dt + `]`, new([]json.Number), "element [0]: "},
		{`{"a": ` + dt + `}`, new(map[string]map[string]any), "member *: "},
		{`{"a": {"b": {"_dt_": true, "repr": "x"}}}`, new(map[string]map[string]any), "member *.*: "},
		{`{"a": [1, tru]}`, new(any), "not JSON"},
		{`{"a": [1, 2}`, new(any), "not JSON"},
		{`{"a": 1, }`, new(any), ""},
		{`{"a" 1}`, new(any), ""},
		{`{"a": {`, new(map[string]map[string]any), ""},
		{`[1, 2] 3`, new(any), ""},
		{``, new(any), ""},
		{` `, new(any), ""},
		{`["5x"]`, new([]json.Number), "element [0]: "},
		{`[true]`, new([]json.Number), "element [0]: "},
		{`{"a~/b": 1e400}`, new(map[string]float64), "member *: "},
		{`{"` + strings.Repeat("a", 1000) + `": ""}`, new(map[string]int), "member *: "},
	} {
		err := (python.Codec{}).Unmarshal([]byte(c.text), c.into)
		if err == nil {
			t.Errorf("%s was read as %v; want an error", c.text, c.into)
			continue
		}
		if !strings.Contains(err.Error(), c.place) || len(err.Error()) > 500 {
			t.Errorf("the error for %s is %q; it should name %q", c.text, err, c.place)
		}
	}
}

// Without times, Go types are written and read as by encoding/json.
func TestLikeEncodingJSON(t *testing.T) {
	type Base struct{ ID, Same int }
	type Other struct{ Same int }
	type value struct {
		Base
		Other
		Name    string            `json:"name"`
		Empty   string            `json:"empty,omitempty"`
		False   bool              `json:"false,omitempty"`
		Quoted  int64             `json:"quoted,string"`
		QuotedF float64           `json:"quoted_f,string"`
		QuotedN json.Number       `json:"quoted_n,string"`
		Number  json.Number       `json:"number"`
		NoNum   json.Number       `json:"no_number"`
		Bytes   []byte            `json:"bytes"`
		Slice   []int             `json:"slice"`
		Map     map[string]int    `json:"map"`
		ByNum   map[uint8]float32 `json:"by_num"`
		ByText  map[json.Number]bool
		Length  time.Duration
		Array   [2]byte
		Skip    int `json:"-"`
	}
	want := value{
		Base: Base{ID: 1}, Name: "<é>", Quoted: 1 << 60, QuotedF: 1.5, QuotedN: "7", Number: "123412343959235182312759283518273923",
		Bytes: []byte("hi"), ByNum: map[uint8]float32{7: 0.1}, ByText: map[json.Number]bool{"1": true}, Length: time.Second, Array: [2]byte{1, 2},
	}
	standard, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	data, err := python.Codec{}.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if json.Unmarshal(standard, &a) != nil || json.Unmarshal(data, &b) != nil {
		t.Fatalf("not JSON: %s", data)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("written otherwise than by encoding/json (-want +got):\n%s", diff)
	}
	want.NoNum = "0"
	var got value
	if err := (python.Codec{}).Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("it came back changed (-want +got):\n%s", diff)
	}
	if err := (python.Codec{}).Unmarshal([]byte(`{"NAME": "x", "unknown": 1, "number": "5", "id": 9, "Id": 10}`), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "x" || got.Number != "5" || got.ID != 10 {
		t.Errorf("read as %+v", got)
	}
}

// Floats are written with the digits of Python's repr.
func TestFloats(t *testing.T) {
	for n, want := range map[float64]string{
		3: "3.0", 0: "0.0", math.Copysign(0, -1): "-0.0", 1.5: "1.5", 1e15: "1000000000000000.0", 1e16: "1e+16", 123456789012345680: "1.2345678901234568e+17",
		1e-4: "0.0001", 1e-5: "1e-05", 5e-324: "5e-324", math.MaxFloat64: "1.7976931348623157e+308", 12341234395923518231.2759: "1.2341234395923517e+19",
	} {
		data, err := python.Codec{}.Marshal(n)
		if err != nil || string(data) != want && n != 0 {
			t.Errorf("%v was written as %s, %v; want %s", n, data, err, want)
		}
		var back float64
		if err := (python.Codec{}).Unmarshal(data, &back); err != nil || back != n {
			t.Errorf("%v came back as %v, %v", n, back, err)
		}
	}
	data, err := python.Codec{}.Marshal([]float32{0.1, 16777216})
	if want := "[0.1, 16777216.0]"; err != nil || string(data) != want {
		t.Errorf("Marshal returned %s, %v; want %s", data, err, want)
	}
}

func TestNonFinite(t *testing.T) {
	type numbers struct {
		F   float64   `json:"f"`
		G   []float32 `json:"g"`
		Any any       `json:"any"`
		S   string    `json:"s"`
	}
	want := numbers{math.Inf(1), []float32{float32(math.Inf(-1)), 1}, []any{math.NaN(), json.Number("0")}, `NaN \"Infinity`}
	const text = `{"f": Infinity, "g": [-Infinity, 1.0], "any": [NaN, 0], "s": "NaN \\\"Infinity"}`
	c := python.Codec{NonFinite: true}
	data, err := c.Marshal(want)
	if err != nil || string(data) != text {
		t.Errorf("Marshal returned %s, %v; want %s", data, err, text)
	}
	var got numbers
	err = c.Unmarshal([]byte(text), &got)
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return a == b || a != a && b != b })); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if data, err := (python.Codec{}).Marshal(want); err == nil || !strings.HasPrefix(err.Error(), `member f: `) {
		t.Errorf("without NonFinite, Marshal returned %s, %v", data, err)
	}
	for _, text := range []string{`{"f": NaN}`, `{"g": [1, -Infinity]}`, `{"any": {"x": Infinity}}`} {
		if err := (python.Codec{}).Unmarshal([]byte(text), &got); err == nil || !strings.Contains(hint(err), "NonFinite") {
			t.Errorf("without NonFinite, %s was read as %v, %v", text, got, err)
		}
	}
	type named float64
	for text, into := range map[string]any{
		"NaN": new(int), "Infinity": new(uint8), "-Infinity": new(json.Number), "[NaN]": new([]named), `{"a": NaN}`: new(map[string]bool),
		`[1, 1e400]`: new([]float64), `[NaN, 1e400]`: new([]float64), `[NaN, 1e39]`: new([]float32), `[NaN, "x"]`: new([]float32),
		"1NaN": new(any), "-NaN": new(any), "NaNNaN": new(any), "[NaN": new(any), "NaN x": new(any), "nan": new(any), `{NaN: 1}`: new(any),
		"+Infinity": new(any), `["NaN", NaN`: new(any), "N": new(any), "Inf": new(any), `"NaN\`: new(any),
	} {
		if err := c.Unmarshal([]byte(text), into); err == nil {
			t.Errorf("%s was read as %v; want an error", text, into)
		}
	}
	if data, err := c.Marshal([]named{named(math.NaN())}); err == nil {
		t.Errorf("NaN of another type was written as %s", data)
	}
}

func TestSurrogates(t *testing.T) {
	const text = `{"ok": "\ud83d\ude00", "half": ["\ud83d x \ude00"]}`
	var v any
	err := (python.Codec{}).Unmarshal([]byte(text), &v)
	if err == nil || !strings.HasPrefix(err.Error(), `half of a surrogate pair, at byte 34`) || !strings.Contains(hint(err), "ReplaceSurrogates") {
		t.Errorf("half of a pair was read as %v, %v", v, err)
	}
	err = (python.Codec{ReplaceSurrogates: true}).Unmarshal([]byte(text), &v)
	if diff := cmp.Diff(any(map[string]any{"ok": "😀", "half": []any{"\ufffd x \ufffd"}}), v); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, c := range []python.Codec{{}, {ReplaceSurrogates: true}, {Bare: python.BareBucket}} {
		if err := c.Unmarshal([]byte("\"\xff\""), &v); err == nil {
			t.Errorf("invalid UTF-8 was read as %v", v)
		}
		if data, err := c.Marshal([]string{"\xff"}); err == nil {
			t.Errorf("invalid UTF-8 was written as %s", data)
		}
	}
}

// A value on which the original's decoder would fail is not written, and the error
// names it.
func TestUserMarkRefused(t *testing.T) {
	type marked struct {
		Mark int `json:"_dt_"`
	}
	for _, v := range []any{
		map[string]any{"x": []any{map[string]any{"_dt_": true}}},
		map[string][]marked{"x": {{1}}},
		map[string]any{"x": []any{map[string]any{"_dt_": true, "repr": "1 + 1"}}},
		map[string]any{"x": []any{json.RawMessage(`{"\u005fdt_": 1}`)}},
	} {
		if data, err := (python.Codec{}).Marshal(v); err == nil || !strings.Contains(err.Error(), `member *`) {
			t.Errorf("Marshal(%v) returned %s, %v", v, data, err)
		}
	}
	if _, err := (python.Codec{}).Marshal([]string{"_dt_", `"_dt_"`}); err != nil {
		t.Errorf("a string is no mark: %v", err)
	}
}

type stubborn struct{}

func (stubborn) MarshalJSON() ([]byte, error) { return nil, cmpError("hunter2") }

type cmpError string

func (e cmpError) Error() string { return string(e) }

func TestMarshalErrors(t *testing.T) {
	cycle := map[string]any{}
	cycle["x"] = cycle
	for _, v := range []any{cycle, []any{stubborn{}}, []json.Number{"x"}, []json.Number{"1 2"}} {
		data, err := python.Codec{}.Marshal(v)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Marshal(%T) returned %s, %v", v, data, err)
		}
	}
}

// hint returns the hint of an error of the codec.
func hint(err error) string {
	if e, ok := errors.AsType[*exactjson.Error](err); ok {
		return e.Hint
	}
	return ""
}
