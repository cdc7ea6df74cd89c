package python_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/internal/pack"
	"github.com/google/go-cmp/cmp"
)

// vector is one case of testdata/python-vectors.json; its member readme
// explains the fields.
type vector struct {
	Name       string
	Store      string
	Pretty     bool
	Stored     *string
	Plain      *string
	LoadedJSON json.RawMessage `json:"loaded_json"`
	RoundTrip  bool            `json:"round_trip"`
}

// vectors returns those that have a stored text, and how many have none.
func vectors(t testing.TB) (stored []vector, refused int) {
	t.Helper()
	data, err := os.ReadFile("testdata/python-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []vector }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 156 {
		t.Fatalf("there are %d cases; want 156", len(file.Cases))
	}
	stored = slices.DeleteFunc(file.Cases, func(v vector) bool { return v.Stored == nil })
	return stored, 156 - len(stored)
}

// codec reads as the original's class does.
func (v vector) codec() python.Codec {
	c := python.Codec{Bare: python.BareBucket, Pretty: v.Pretty, NonFinite: true}
	if v.Store == "jar" {
		c.Bare = python.BareJar
	}
	return c
}

// read returns the value that the codec reads from the stored text.
func (v vector) read(c python.Codec) (value any, err error) {
	text := []byte(*v.Stored)
	if v.Store == "jar" {
		if text, err = pack.Decode(context.Background(), *v.Stored); err != nil {
			return nil, err
		}
	}
	err = c.Unmarshal(text, &value)
	return value, err
}

// loaded is the result of the original's get, in its notation.
func (v vector) loaded(t *testing.T) (value any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(v.LoadedJSON))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// refusedOnReading are the cases that are errors here, with the reason.
var refusedOnReading = map[string]string{
	"jar/raw/empty":              "an empty variable is no value: the store says ErrNotFound before the codec is asked",
	"jar/raw/zlib-truncated":     "damaged: the original hands back the base64 text as if it were the value",
	"jar/raw/zlib-bad-adler":     "damaged: the original hands back the base64 text as if it were the value",
	"jar/gz/dict-lone-surrogate": "UTF-8 cannot hold it: ReplaceSurrogates, see TestVectorsByOption",
	"jar/dt/offset-micros":       "Go cannot hold the offset: RoundTimes, see TestVectorsByOption",
	"jar/dt/offset-max":          "Go cannot hold the offset: RoundTimes, see TestVectorsByOption",
	"jar/raw/dt-eval-expression": "code: the original runs it",
	"jar/raw/dt-date":            "a date is no datetime; the original never writes one",
	"jar/raw/dt-timedelta":       "a timedelta is no datetime; the original never writes one",
	"jar/raw/dt-offset-too-big":  "no such datetime: the original hands back the whole state as text",
	"jar/raw/dt-zoneinfo":        "the original writes it, but hands back the whole state as text",
	"jar/raw/dt-pytz":            "the original writes it, but hands back the whole state as text",
	"jar/raw/dt-bad-date":        "no such datetime: the original hands back the whole state as text",
}

// readOtherwise are the cases that give another value here, with the reason.
var readOtherwise = map[string]struct {
	reason string
	want   string // in the notation of loaded_json
}{
	"jar/dt/user-marker": {
		"the user's own _dt_: the original hands back the whole state as text",
		`{"_dt_": true, "x": 1}`,
	},
	"jar/dt/user-marker-nested": {
		"the user's own _dt_: the original hands back the whole state as text",
		`{"ok": 1, "in": {"_dt_": false}}`,
	},
	"jar/raw/dt-without-decoder": {
		"the codec always decodes datetimes; awsjar.JSON does not",
		`{"x": {"$datetime": {"iso": "2019-01-09T00:00:00", "aware": false, "repr": "datetime.datetime(2019, 1, 9, 0, 0)"}}}`,
	},
	"jar/dt/fold-utc": {
		"fold says nothing about a time in a fixed zone, and is dropped",
		`{"dt1": {"$datetime": {"iso": "2019-11-03T01:30:00.000005+00:00", "aware": true,
			"repr": "datetime.datetime(2019, 11, 3, 1, 30, 0, 5, tzinfo=datetime.timezone.utc)",
			"utcoffset_us": 0, "tzname": "UTC", "utc": "2019-11-03T01:30:00.000005+00:00"}}}`,
	},
}

// Every stored text is read as the original's get reads it, or is listed.
func TestVectorsRead(t *testing.T) {
	cases, refused := vectors(t)
	if refused != 3 {
		t.Errorf("the original refused to put %d values; want 3, see TestRefusedByOriginal", refused)
	}
	for _, v := range cases {
		got, err := v.read(v.codec())
		if reason := refusedOnReading[v.Name]; reason != "" {
			if err == nil {
				t.Errorf("%s: read as %v, though it is listed: %s", v.Name, got, reason)
			}
			continue
		}
		if other, ok := readOtherwise[v.Name]; ok {
			v.LoadedJSON = json.RawMessage(other.want)
		}
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
		} else if diff := cmp.Diff(v.loaded(t), tagged(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Name, diff)
		}
	}
}

// The zero Codec reads JSON, and refuses bare text.
func TestVectorsWithoutOptions(t *testing.T) {
	cases, _ := vectors(t)
	for _, v := range cases {
		text := []byte(*v.Stored)
		if v.Store == "jar" {
			var err error
			if text, err = pack.Decode(context.Background(), *v.Stored); err != nil {
				continue
			}
		}
		got, err := v.read(python.Codec{})
		if !json.Valid(text) {
			if err == nil {
				t.Errorf("%s: %s was read as %v; want an error", v.Name, text, got)
			}
		} else if err == nil != (refusedOnReading[v.Name] == "") {
			t.Errorf("%s: read as %v, %v", v.Name, got, err)
		}
	}
}

// A text that is refused by default can be read by option.
func TestVectorsByOption(t *testing.T) {
	want := map[string]string{
		"jar/gz/dict-lone-surrogate": `{"s": "\ufffd"}`,
		"jar/dt/offset-micros": `{"dt1": {"$datetime": {"iso": "2019-01-08T23:59:59.500000+00:00:01", "aware": true,
			"repr": "datetime.datetime(2019, 1, 8, 23, 59, 59, 500000, tzinfo=datetime.timezone(datetime.timedelta(seconds=1)))",
			"utcoffset_us": 1000000, "tzname": "UTC+00:00:01", "utc": "2019-01-08T23:59:58.500000+00:00"}}}`,
		"jar/dt/offset-max": `{"dt1": {"$datetime": {"iso": "2019-01-08T23:59:59.000001+23:59:59", "aware": true,
			"repr": "datetime.datetime(2019, 1, 8, 23, 59, 59, 1, tzinfo=datetime.timezone(datetime.timedelta(seconds=86399)))",
			"utcoffset_us": 86399000000, "tzname": "UTC+23:59:59", "utc": "2019-01-08T00:00:00.000001+00:00"}}}`,
	}
	cases, _ := vectors(t)
	for _, v := range cases {
		if want[v.Name] == "" {
			continue
		}
		c := v.codec()
		c.RoundTimes, c.ReplaceSurrogates = true, true
		got, err := v.read(c)
		v.LoadedJSON = json.RawMessage(want[v.Name])
		if diff := cmp.Diff(v.loaded(t), tagged(got)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", v.Name, err, diff)
		}
		delete(want, v.Name)
	}
	if len(want) > 0 {
		t.Errorf("no such cases: %v", want)
	}
}

// notWritten are the values that can be read but are not written, with the reason.
var notWritten = map[string]string{
	"jar/dict-dt-marker-by-user": "the original's decoder would hand back the whole state as text",
	"jar/dt/user-marker":         "the original's decoder would hand back the whole state as text",
	"jar/dt/user-marker-nested":  "the original's decoder would hand back the whole state as text",
}

// otherBytes are the values that are written in other bytes than the original
// wrote, though it did read those back, with the reason.
var otherBytes = map[string]string{
	"jar/float-nan":     "NaN, which both of its classes read, instead of nan",
	"jar/float-inf":     "Infinity, which both of its classes read, instead of inf",
	"jar/float-neg-inf": "-Infinity, which both of its classes read, instead of -inf",
	"jar/dt/fold-utc":   "the fold was dropped",
}

// Every value that was read is written so that the original's get returns it,
// and in the original's own bytes where those do that. Only the members are
// in another order.
func TestVectorsWrite(t *testing.T) {
	cases, _ := vectors(t)
	var texts []storedText
	var want []any
	var names []string
	for _, v := range cases {
		value, err := v.read(v.codec())
		if err != nil {
			continue // listed, see TestVectorsRead
		}
		data, err := v.codec().Marshal(value)
		if reason := notWritten[v.Name]; reason != "" {
			if err == nil {
				t.Errorf("%s: written as %s, though it is listed: %s", v.Name, data, reason)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		original := *v.Stored
		if v.Plain != nil {
			original = *v.Plain
		}
		same := slices.Equal(sorted(data), sorted([]byte(original)))
		if v.RoundTrip && same != (otherBytes[v.Name] == "") {
			t.Errorf("%s: written as %s; the original writes %s", v.Name, data, original)
		}
		texts = append(texts, storedText{v.Store, string(data)})
		want = append(want, tagged(value))
		names = append(names, v.Name)
	}
	got, ok := readByOriginal(t, texts)
	if !ok {
		return
	}
	for i := range got {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Errorf("%s: the original reads %s as another value (-want +got):\n%s", names[i], texts[i].Text, diff)
		}
	}
}

func sorted(text []byte) []byte {
	text = bytes.Clone(text)
	slices.Sort(text)
	return text
}

// A value that the original's put refuses is refused here too, or is no Go value:
// a key that is a tuple, and a date under datetime_encoder, for which Go has no
// type. The nearest are refused.
func TestRefusedByOriginal(t *testing.T) {
	for _, v := range []any{
		map[[2]int]int{{1, 2}: 3},
		map[string]any{"d": func() {}},
		map[string]any{"d": make(chan int)},
		map[string]any{"d": complex(1, 2)},
	} {
		if data, err := (python.Codec{}).Marshal(v); err == nil {
			t.Errorf("Marshal(%T) returned %s; want an error", v, data)
		}
	}
}

// No error holds a part of the stored value.
func TestErrorsHoldNoValue(t *testing.T) {
	const secret = "hunter2"
	for _, text := range []string{
		`{"a": "hunter2`, `{"a": "hunter2"} x`, `hunter2`, `{"a": hunter2}`, `["\hunter2"]`,
		`{"a": {"_dt_": true, "repr": "hunter2"}}`,
		`{"a": {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, tzinfo=hunter2)"}}`,
		`{"n": "hunter2"}`, `{"t": "hunter2"}`, `{"f": "hunter2"}`, `{"n": {"hunter2": 1}}`, "{\"a\": \"hunter2\xff\"}",
		`{"a": "hunter2\ud83d"}`, `{"q": "hunter2"}`,
	} {
		var v struct {
			A any
			N int
			T time.Time
			F float64
			Q json.Number
		}
		err := (python.Codec{}).Unmarshal([]byte(text), &v)
		if err == nil {
			t.Errorf("%s was read as %v; want an error", text, v)
			continue
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error for %s holds the value: %v", text, err)
		}
	}
	err := (python.Codec{}).Unmarshal([]byte(`{"list": [0, {"dt1": {"_dt_": true, "repr": "1 + 1"}}]}`), new(any))
	if err == nil || !strings.HasPrefix(err.Error(), `member *[1].*: `) {
		t.Errorf("the error does not name the place: %v", err)
	}
	if cause := errors.Unwrap(err); cause == nil {
		t.Errorf("the cause of %v is not reachable", err)
	}
}
