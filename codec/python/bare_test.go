package python_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/codec/python"
	"github.com/google/go-cmp/cmp"
)

// Bare text becomes the value in an any that the original's get returns.
func TestBareText(t *testing.T) {
	const half = "\u00bd"
	texts := []string{
		"hello", "True", "False", "None", "nan", "NaN", "-nan", "+nan", "inf", "-inf", "+inf", "INF", "Infinity", "-infinity", "iNfInItY", "infinit",
		"1e+308", "0", "0.0", "-0.0", "007", "+5", "-5", "+-5", ".5", "5.", ".", "+.5e-3", "5.e3", "e5", "1e", "1e+", "1_000", "1__0", "_1", "1_",
		"1_.5", "1._5", "1.5_5", "1e1_0", "1e_1", "0x10", "0b1", "0o7", "1j", "1L", "٣٤", "٣.٤e٥", "１２", "𝟘𝟙𝟚𝟿", "𝟎𝟏", "²", half, "١_٢", "x١",
		" 12 ", "\t1.0\n", "\u00a07\u2003", "\x1c7\x1f", "\u200b7", "\x0b.5\x0c", "\u3000007\u2028", "\u180e7",
		"123412343959235182312759283518273923", "-123412343959235182312759283518273923",
		"{'a': 1}", "{7}", "(1, 'a')", "b'hi'", `{"a": 1`, `{"a": 1} x`, "[not json", "\ufeff{}", "[1,]", "//", `"x`, `"\x"`, "'x'", "\"a\nb\"",
		"2019-01-09 18:49:44.847202", "null x", "nul", "truefalse", "é☃😀", " ", "\n", "\x00", "1\x00", "NaN1", "1NaN", "[NaN", "-", "+", "--1", "1 2",
	}
	var asked []storedText
	var got []any
	for _, text := range texts {
		for store, bare := range map[string]python.Bare{"jar": python.BareJar, "bucket": python.BareBucket} {
			var v any
			if err := (python.Codec{Bare: bare, NonFinite: true}).Unmarshal([]byte(text), &v); err != nil {
				t.Errorf("%s %q: %v", store, text, err)
				continue
			}
			asked = append(asked, storedText{store, text})
			got = append(got, tagged(v))
		}
	}
	want, ok := readByOriginal(t, asked)
	if !ok {
		return
	}
	for i := range want {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", asked[i].Store, asked[i].Text, diff)
		}
	}
}

// A number keeps its digits, of which Python loses some.
func TestBareNumbersStayExact(t *testing.T) {
	for _, text := range []string{"1e308", "1e309", "-1e309", "1e-400", "-0", "12341234395923518231.2759", "1.10"} {
		for _, bare := range []python.Bare{python.BareOff, python.BareJar, python.BareBucket} {
			var v any
			if err := (python.Codec{Bare: bare}).Unmarshal([]byte(text), &v); err != nil || v != json.Number(text) {
				t.Errorf("%s was read as %v, %v", text, v, err)
			}
		}
	}
}

// A Go type decides the meaning where the text does not.
func TestBareTextIntoGoTypes(t *testing.T) {
	for _, c := range []struct {
		text string
		into any
		want any
	}{
		{"123", new(string), "123"}, {"007", new(string), "007"}, {"true", new(string), "true"}, {"nan", new(string), "nan"},
		{`{"a": 1}`, new(string), `{"a": 1}`}, {`"x"`, new(string), "x"}, {"hello", new(string), "hello"}, {"NaN", new(string), "NaN"},
		{"", new(string), ""}, {"", new(any), ""}, {"null", new(any), nil},
		{"123", new(int), 123}, {"007", new(float64), 7.0}, {"inf", new(float64), math.Inf(1)}, {"1e308", new(float64), 1e308},
		{"007", new(json.Number), json.Number("7.0")}, {"hello", new(json.RawMessage), json.RawMessage(`"hello"`)},
	} {
		err := python.Codec{Bare: python.BareJar, NonFinite: true}.Unmarshal([]byte(c.text), c.into)
		if diff := cmp.Diff(c.want, deref(c.into)); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", c.text, err, diff)
		}
	}
	for text, into := range map[string]any{
		"hello": new(int), "True": new(bool), `{"a": 1`: new(map[string]any), "7.5": new(int), "nan": new(int), "x": new([]any), "inf": new(json.Number),
	} {
		if err := (python.Codec{Bare: python.BareJar, NonFinite: true}).Unmarshal([]byte(text), into); err == nil {
			t.Errorf("%q was read as %v; want an error", text, deref(into))
		}
	}
	for _, text := range []string{"nan", "inf", "-Infinity", "1e999x"} {
		var v any
		err := python.Codec{Bare: python.BareJar}.Unmarshal([]byte(text), &v)
		if (err == nil) != (text == "1e999x") {
			t.Errorf("without NonFinite, %q was read as %v, %v", text, v, err)
		}
	}
	if err := (python.Codec{Bare: python.BareJar}).Unmarshal([]byte("x"), nil); err == nil {
		t.Error("read into nil")
	}
}

func deref(p any) any {
	switch p := p.(type) {
	case *any:
		return *p
	case *string:
		return *p
	case *int:
		return *p
	case *bool:
		return *p
	case *float64:
		return *p
	case *json.Number:
		return *p
	case *json.RawMessage:
		return *p
	case *[]any:
		return *p
	case *map[string]any:
		return *p
	}
	return p
}

// strange are strings that the original stores and does not give back.
var strange = []string{
	"", "123", "007", "+5", "1_000", ".5", "nan", "true", "null", `{"a": 1}`, `"x"`, "NaN", "-Infinity", "inf", "٣٤", " 12 ", "[]", "1e5",
	"eNqrVkpUslIwrAUACeUCKQ==", "x eNqrVkpUslIwrAUACeUCKQ==", " (eNqr)VkpUslIwrAUACeUCKQ== ==", "eJyrVkpUslIwrAUACeUCKWp1bms=",
	"hello", "True", "None", "two\nlines", "tab\t", "é☃😀", "\u2028", "\x00", "\x7f", "\u0085", "\ufeff", "'", `"`, `\`, "[not json", "eNo", " ", "^", "^abc", "^0aaaaaaa",
	"datetime.datetime(2019, 1, 9)", "_dt_", `"_dt_"`,
}

// Every string comes back as that string, here and in the original.
func TestStrings(t *testing.T) {
	var texts []storedText
	var want []any
	for _, s := range strange {
		for store, bare := range map[string]python.Bare{"jar": python.BareJar, "bucket": python.BareBucket, "either": python.BareOff} {
			for _, v := range []any{s, []any{s}, map[string]any{s: s}} {
				c := python.Codec{Bare: bare}
				if s == "_dt_" {
					v = s
				}
				data, err := c.Marshal(v)
				if err != nil {
					t.Errorf("%q: %v", s, err)
					continue
				}
				var back any
				if err := c.Unmarshal(data, &back); err != nil {
					t.Errorf("%q: %v", s, err)
				}
				if diff := cmp.Diff(v, back); diff != "" {
					t.Errorf("%s: written as %s (-want +got):\n%s", store, data, diff)
				}
				for _, original := range []string{"jar", "bucket"} {
					if store == original || store == "either" {
						texts = append(texts, storedText{original, string(data)})
						want = append(want, v)
					}
				}
			}
		}
	}
	got, ok := readByOriginal(t, texts)
	if !ok {
		return
	}
	for i := range want {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Errorf("%s: the original reads %s otherwise (-want +got):\n%s", texts[i].Store, texts[i].Text, diff)
		}
	}
}

// Strings are bare where that is safe, and never where it is not asked for.
func TestBareStrings(t *testing.T) {
	for _, c := range []struct {
		bare    python.Bare
		s, want string
	}{
		{python.BareOff, "hello", `"hello"`}, {python.BareOff, "é", `"\u00e9"`},
		{python.BareJar, "hello", "hello"}, {python.BareBucket, "hello", "hello"}, {python.BareJar, "é", "é"},
		{python.BareJar, "True", "True"}, {python.BareJar, "true", `"true"`}, {python.BareBucket, "true", `"true"`},
		{python.BareJar, "007", `"007"`}, {python.BareBucket, "007", "007"}, {python.BareJar, "nan", `"nan"`}, {python.BareBucket, "nan", "nan"},
		{python.BareJar, "NaN", `"NaN"`}, {python.BareBucket, "NaN", `"NaN"`}, {python.BareJar, "", `""`}, {python.BareBucket, "", ""},
		{python.BareJar, "\x00", `"\u0000"`}, {python.BareJar, "^abc", `"^abc"`}, {python.BareBucket, "^abc", "^abc"}, {python.BareJar, "\u2028", `"\u2028"`},
		{python.BareJar, "eNqrVkpUslIwrAUACeUCKQ==", `"\u0065NqrVkpUslIwrAUACeUCKQ=="`}, {python.BareBucket, "eNqrVkpUslIwrAUACeUCKQ==", "eNqrVkpUslIwrAUACeUCKQ=="},
		{python.BareJar, strings.Repeat("x", 5000), strings.Repeat("x", 5000)},
	} {
		data, err := python.Codec{Bare: c.bare}.Marshal(c.s)
		if err != nil || string(data) != c.want {
			t.Errorf("with %d, %q was written as %s, %v; want %s", c.bare, c.s, data, err, c.want)
		}
	}
	for v, want := range map[any]string{true: "true", nil: "null", 42: "42", 3.0: "3.0", json.Number("1.50"): "1.50"} {
		data, err := python.Codec{Bare: python.BareJar}.Marshal(v)
		if err != nil || string(data) != want {
			t.Errorf("%v was written as %s, %v; want %s", v, data, err, want)
		}
	}
}
