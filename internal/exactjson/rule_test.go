package exactjson

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func inUTF16(text string, mark bool) string {
	var b strings.Builder
	if mark {
		b.WriteString("\xff\xfe")
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

func nested(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

// Bytes that are not JSON are named by their kind, with the place.
func TestRuleNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		text string
		kind Kind
		at   int64
	}{
		{"", Empty, 0},
		{" \n", Empty, 0},
		{"\ufeff{}", ByteOrderMark, 0},
		{inUTF16(`{"a":"é"}`, true), UTF16, 0},
		{inUTF16(`{"a":1}`, false), UTF16, 0},
		{"\x00{\x00}", UTF16, 0},
		{gzipped(`{"a":1}`), Compressed, 0},
		{"\x28\xb5\x2f\xfd\x04", Compressed, 0},
		{"\x00\x00\x00", Zeros, 1},
		{`{"a":1}` + "\x00\x00", Zeros, 8},
		{`{"a":` + "\x00\x00\x00", Zeros, 6},
		{"<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> x\n", Conflict, 1},
		{"{\n<<<<<<< HEAD\n\"a\":1\n", Conflict, 3},
		{"{", Cut, 0},
		{`{"a":"xy`, Cut, 0},
		{`{"a":"\ud83`, Cut, 0},
		{"tru", Cut, 0},
		{"\"\xff\"", NotUTF8, 2},
		{"{\"a\":\"\ufffd\xe9\"}", NotUTF8, 10},
		{`{"a":"\ud83d"}`, HalfSurrogate, 7},
		{`"\\\ude00\ud83d"`, HalfSurrogate, 4},
		{`"\ud83d\ud83d\ude00"`, HalfSurrogate, 2},
		{nested(MaxDepth + 1), TooDeep, MaxDepth + 1},
		{`{"a":` + nested(MaxDepth) + "}", TooDeep, MaxDepth + 5},
		{"{} {}", Trailing, 4},
		{`{"a":1} x`, Trailing, 9},
		{"NaN", NonFinite, 1},
		{`{"a":-Infinity}`, NonFinite, 7},
		{"[nan]", NonFinite, 2},
		{"inf", NonFinite, 1},
		{"{'a': 1}", PythonText, 2},
		{"[1, None]", PythonText, 5},
		{`{"a": True}`, PythonText, 7},
		{"datetime.datetime(2019, 1, 9)", PythonText, 1},
		{"hello", Syntax, 1},
		{"information", Syntax, 1},
		{"nano", Syntax, 2},
		{"{]", Syntax, 2},
		{"[01]", Syntax, 3},
		{"\"a\nb\"", Syntax, 3},
		{`{"a":1,}`, Syntax, 8},
		{"{\"a\": \"x\ny\xff\"", Syntax, 0}, // two things are wrong: any of them
	} {
		err := Rule{}.Check([]byte(c.text))
		e, ok := errors.AsType[*Error](err)
		switch {
		case !ok:
			t.Errorf("%.40q passes; want kind %d", c.text, c.kind)
		case c.at == 0 && c.kind == Syntax:
		case e.Kind != c.kind || e.Offset != c.at:
			t.Errorf("%.40q: kind %d at %d, %v; want kind %d at %d", c.text, e.Kind, e.Offset, err, c.kind, c.at)
		}
	}
}

func TestRuleTakes(t *testing.T) {
	for _, text := range []string{
		"{}", " [1e999, -0.0] \r\n", `"\ud83d\ude00"`, `"\\ud83d"`, "\"\ufffd\"", `"\ufffd"`, `"\uFFFD"`, nested(MaxDepth),
		`{"a":1,"a":2}`, `"<<<<<<< "`, `"` + strings.Repeat("[", 2*MaxDepth) + `\"["`, `"\u0000"`, "[" + strings.Repeat("{},", 2*MaxDepth) + "{}]",
	} {
		if err := (Rule{}).Check([]byte(text)); err != nil {
			t.Errorf("%.40q: %v", text, err)
		}
	}
	for _, half := range []string{`"\ud83d"`, `"\ude00\ud83d"`, `["\ud83d x"]`} {
		if err := (Rule{ReplaceSurrogates: true}).Check([]byte(half)); err != nil {
			t.Errorf("%s, to be replaced: %v", half, err)
		}
	}
}

// FuzzRule: a text passes if encoding/json reads it and replaces nothing of it;
// and the checks never fail otherwise than by an *Error.
func FuzzRule(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,null,true,"\ufffd\ud800"]}`, "\ufeff", "\x00", `"\ud83d\ude00\\"`, "[nan]", "{'a'", inUTF16("{}", false)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, rule := range []Rule{{}, {ReplaceSurrogates: true}} {
			err := rule.Check(data)
			var v any
			reads := json.Unmarshal(data, &v) == nil && utf8.Valid(data)
			if reads && !rule.ReplaceSurrogates && replaces(t, data) {
				reads = false
			}
			e, ok := errors.AsType[*Error](err)
			switch {
			case (err == nil) != reads && !(reads == false && err == nil && tooLarge(data)):
				t.Fatalf("%q: %v; but that encoding/json reads it exactly is %v", data, err, reads)
			case err != nil && (!ok || e.Text == "" || e.Offset > int64(len(data))+1):
				t.Fatalf("%q: %#v", data, err)
			}
		}
	})
}

// replaces reports whether encoding/json reads U+FFFD where the text has none.
func replaces(t *testing.T, data []byte) bool {
	count := func(data []byte) int {
		var b bytes.Buffer
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		for {
			token, err := dec.Token()
			if err != nil {
				return strings.Count(b.String(), "\ufffd")
			}
			if s, ok := token.(string); ok {
				b.WriteString(s)
			}
		}
	}
	escaped := 0
	for i := 0; i < len(data); i++ {
		if data[i] == '\\' {
			if i+6 <= len(data) && strings.EqualFold(string(data[i:i+6]), `\ufffd`) {
				escaped++
			}
			i++
		}
	}
	return count(data) > escaped+strings.Count(string(data), "\ufffd")
}

// tooLarge reports whether data has a number that float64 does not hold: it
// is read into an any as a json.Number.
func tooLarge(data []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	return dec.Decode(&v) == nil
}
