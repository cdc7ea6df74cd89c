package awsjar_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/google/go-cmp/cmp"
)

func TestJSONForms(t *testing.T) {
	value := map[string]any{"num": json.Number("123412343959235182312759283518273923"), "text": "<a & b>", "none": nil}
	for indent, want := range map[string]string{
		"":   `{"none":null,"num":123412343959235182312759283518273923,"text":"<a & b>"}`,
		"  ": "{\n  \"none\": null,\n  \"num\": 123412343959235182312759283518273923,\n  \"text\": \"<a & b>\"\n}",
	} {
		codec := awsjar.JSON{Indent: indent}
		data, err := codec.Marshal(value)
		if err != nil || string(data) != want {
			t.Errorf("Marshal returned %s, %v; want %s", data, err, want)
		}
		var back any
		if err := codec.Unmarshal(data, &back); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(any(value), back); diff != "" {
			t.Errorf("the value came back changed (-want +got):\n%s", diff)
		}
	}
}

func TestJSONSurrogates(t *testing.T) {
	for text, want := range map[string]string{`"\ud83d\ude00"`: "😀", `"\\ud83d"`: `\ud83d`, `"\ufffd"`: "\ufffd", `"\u00e9\\"`: `é\`} {
		var got string
		if err := (awsjar.JSON{}).Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("Unmarshal(%s) returned %q, %v; want %q", text, got, err, want)
		}
	}
}

// Every string comes back as that string, also one that looks like something
// else, or that holds the escape by which invalid UTF-8 would show.
func TestJSONStrings(t *testing.T) {
	for _, s := range []string{"", "123", "007", "true", "null", `{"a": 1}`, `"x"`, "\x00", "é☃😀", "\u2028", "\ufffd", `\ufffd`, `\\ufffd`, `a\`, "nan"} {
		data, err := awsjar.JSON{}.Marshal(s)
		if err != nil {
			t.Errorf("Marshal(%q): %v", s, err)
			continue
		}
		var back string
		if err := (awsjar.JSON{}).Unmarshal(data, &back); err != nil || back != s {
			t.Errorf("%q came back as %q, %v", s, back, err)
		}
	}
	for _, s := range []string{"\xff", "a\xc3", `\` + "\xff", `\\` + "\xff", "\ufffd\xff", "\xed\xa0\x80"} {
		if data, err := (awsjar.JSON{}).Marshal(s); err == nil {
			t.Errorf("Marshal(%q) returned %s; want an error", s, data)
		}
	}
}

func TestJSONRefusesGarbage(t *testing.T) {
	for _, text := range []string{"", " ", "{", "NaN", "True", "{} {}", `{"a":1} x`, "\ufeff{}", `{"a":"x` + "\n" + `"}`, `"\x"`, "\"\xff\"", `"\ud83d"`, `"\ude00\ud83d"`, `{"a":"\\\ud83d"}`} {
		var v any
		if err := (awsjar.JSON{}).Unmarshal([]byte(text), &v); err == nil {
			t.Errorf("Unmarshal(%q) returned %v; want an error", text, v)
		}
	}
}

func TestBytesCodec(t *testing.T) {
	codec := awsjar.Bytes{}
	for _, v := range []any{[]byte("\xff\x00"), "\xff\x00", json.RawMessage("\xff\x00")} {
		data, err := codec.Marshal(v)
		if err != nil || string(data) != "\xff\x00" {
			t.Errorf("Marshal(%T) returned %q, %v", v, data, err)
		}
	}
	var b []byte
	var s string
	var r json.RawMessage
	for _, v := range []any{&b, &s, &r} {
		if err := codec.Unmarshal([]byte("x"), v); err != nil {
			t.Errorf("Unmarshal into %T: %v", v, err)
		}
	}
	if string(b)+s+string(r) != "xxx" {
		t.Errorf("read %q, %q and %q; want x", b, s, r)
	}
	if _, err := codec.Marshal(1); err == nil {
		t.Error("Marshal of an int succeeded")
	}
	if err := codec.Unmarshal(nil, new(int)); err == nil {
		t.Error("Unmarshal into an int succeeded")
	}
}

// FuzzJSON: a value that can be read can be written, and then reads the same.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,null,true,"\ufffd\ud800"]}`, `"<>&"`, `1e999`, strings.Repeat("[", 100)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		codec := awsjar.JSON{}
		var v any
		if codec.Unmarshal(data, &v) != nil {
			return
		}
		written, err := codec.Marshal(v)
		if err != nil {
			t.Fatalf("Marshal of what was read from %q: %v", data, err)
		}
		var again any
		if err := codec.Unmarshal(written, &again); err != nil {
			t.Fatalf("Unmarshal(%q): %v", written, err)
		}
		if diff := cmp.Diff(v, again); diff != "" {
			t.Fatalf("the value came back changed (-want +got):\n%s", diff)
		}
		if twice, err := codec.Marshal(again); err != nil || !bytes.Equal(written, twice) {
			t.Fatalf("equal values were written as %q and %q, %v", written, twice, err)
		}
	})
}

func TestCodecErrorsSurface(t *testing.T) {
	var syntax *json.SyntaxError
	var v any
	if err := (awsjar.JSON{}).Unmarshal([]byte("{]"), &v); !errors.As(err, &syntax) {
		t.Errorf("%v; want the error of encoding/json to be reachable", err)
	}
}

// TestJSONRefusesDepth: what encoding/json reads no more is refused with its name,
// also within a member that the type does not have.
func TestJSONRefusesDepth(t *testing.T) {
	for depth, want := range map[int]string{9_999: "", 10_000: "more than 10000 arrays and objects within each other, at byte 10005"} {
		text := []byte(`{"b":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + "}")
		for name, err := range map[string]error{
			"plain":   readBy[struct{ A int }](t, text, awsjar.JSON{}),
			"any":     readBy[any](t, text, awsjar.JSON{}),
			"refused": readBy[struct{ B any }](t, text, awsjar.JSON{Unknown: awsjar.RefuseUnknown}),
		} {
			if got := fmt.Sprint(err); (err != nil) != (want != "") || err != nil && !strings.Contains(got, want) {
				t.Errorf("%s, depth %d: %.200s; want %q", name, depth, got, want)
			}
		}
	}
}

// readBy reads a text as a Jar does.
func readBy[T any](t *testing.T, text []byte, codec awsjar.JSON) error {
	jar := awsjar.New[T](still{text}, func(o *awsjar.Options) { o.Codec = codec })
	_, err := jar.Get(t.Context())
	return err
}
