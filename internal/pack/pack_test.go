package pack

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/pack/base87"
)

// TestPythonVectors reads texts of Python awsjar, or texts that were laid
// before its reader. Where the vectors say that damage comes back as text, it
// is an error here.
func TestPythonVectors(t *testing.T) {
	file, err := os.ReadFile("testdata/python.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Stored, Value string
		Measured            int
		Corrupt             bool
	}
	if err := json.Unmarshal(file, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		if got := Measure(v.Stored) + len(`{"jar":""}`); got != v.Measured {
			t.Errorf("%s: measures %d, want %d", v.Name, got, v.Measured)
		}
		got, err := Decode(t.Context(), v.Stored)
		switch {
		case v.Corrupt && !errors.Is(err, ErrCorrupt):
			t.Errorf("%s: %q, %v, want ErrCorrupt", v.Name, got, err)
		case !v.Corrupt && (err != nil || string(got) != v.Value):
			t.Errorf("%s: %.60q, %v, want %.60q", v.Name, got, err, v.Value)
		}
	}
}

func TestMeasure(t *testing.T) {
	for _, v := range []struct {
		text string
		want int
	}{
		{"", 0},
		{"abc /<>&='", 10},
		{`"\`, 4},
		{"\b\f\n\r\t", 10},
		{"\x00\x1f\x7f", 13},
		{"é", 2}, {"日", 3}, {"😀", 4}, {"\u2028", 3},
		{"\xff", 3}, {"\xed\xa0\xbd", 9},
	} {
		if got := Measure(v.text); got != v.want {
			t.Errorf("Measure(%q) = %d, want %d", v.text, got, v.want)
		}
	}
}

// dense is the text of a value in FormDense.
func dense(value []byte) string {
	text, _, err := encodeColumns(context.Background(), value)
	if err != nil {
		panic(err)
	}
	return text
}

// values covers the differences that the forms must keep.
func values() map[string]string {
	random := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 2000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	return map[string]string{
		"object":           `{"num_acorns":50,"acorn_hideouts":["tree","lake","backyard"]}`,
		"empty":            "",
		"space":            " ",
		"null":             "null",
		"newlines":         "{\n\t\"a\": 1\r\n}",
		"NUL":              "\x00",
		"control":          "a\bb",
		"DEL":              "a\x7fb",
		"line separator":   `"` + "\u2028" + `"`,
		"paragraph":        "\u2029",
		"not UTF-8":        "\xff\xfe",
		"surrogate":        "\xed\xa0\xbd",
		"noise":            string(noise),
		"mark":             "^",
		"mark and text":    "^abc$",
		"zlib text":        "eNqrVkpUslIwrAUACeUCKQ==",
		"damaged zlib":     "eJyrVkpUslIwrAUACeUCAA==",
		"zlib word":        "eNough",
		"packed":           encodeFlate([]byte("inner")),
		"packed, damaged":  "!" + encodeFlate([]byte("inner"))[1:],
		"packed, headless": encodeFlate([]byte("inner"))[1:],
		"unicode":          "é☃😀",
		"repetitive":       strings.Repeat(`{"name":"x","n":1},`, 500),
	}
}

var plainValues = map[string]bool{
	"object": true, "space": true, "null": true, "newlines": true, "unicode": true, "repetitive": true,
}

func TestRoundTrip(t *testing.T) {
	for name, value := range values() {
		for _, form := range []Form{FormAuto, FormPlain, FormFlate, FormPython} {
			text, err := Encode(t.Context(), []byte(value), form, Limits{Size: 1 << 20}) // so that flate always fits
			if form == FormPlain && !plainValues[name] {
				if !errors.Is(err, ErrNotPlain) {
					t.Errorf("%s, plain: %q, %v, want ErrNotPlain", name, text, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s, form %d: %v", name, form, err)
				continue
			}
			plain := form == FormPlain || form == FormAuto && plainValues[name]
			if (text == value) != plain {
				t.Errorf("%s, form %d: the text is %.40q", name, form, text)
			}
			if text == "" || !utf8.ValidString(text) {
				t.Errorf("%s, form %d: bad text %.40q", name, form, text)
			}
			if got, err := Decode(t.Context(), text); err != nil || string(got) != value {
				t.Errorf("%s, form %d: came back as %.40q, %v", name, form, got, err)
			}
		}
	}
}

func TestRoundTripWithoutLimit(t *testing.T) {
	for _, name := range []string{"empty", "noise", "object"} {
		value := values()[name]
		text, err := Encode(t.Context(), []byte(value), FormFlate, Limits{Size: 0})
		if flate := encodeFlate([]byte(value)); err != nil || len(text) > len(flate) {
			t.Errorf("%s: %d bytes, %v; flate takes %d", name, len(text), err, len(flate))
		}
		if got, err := Decode(t.Context(), text); err != nil || string(got) != value {
			t.Errorf("%s: came back as %.40q, %v", name, got, err)
		}
	}
}

func TestLimits(t *testing.T) {
	value := []byte(values()["repetitive"])
	plain := Measure(string(value))
	for _, v := range []struct {
		form  Form
		limit int
		plain bool
	}{
		{FormAuto, plain, true},
		{FormAuto, plain - 1, false},
		{FormPlain, plain, true},
		{FormFlate, plain, false},
		{FormPython, plain, false},
	} {
		text, err := Encode(t.Context(), value, v.form, Limits{Size: v.limit})
		if err != nil || Measure(text) > v.limit || (text == string(value)) != v.plain {
			t.Errorf("form %d, limit %d: %.20q, %v", v.form, v.limit, text, err)
		}
	}
	for _, form := range []Form{FormAuto, FormPlain, FormFlate, FormPython} {
		_, err := Encode(t.Context(), value, form, Limits{Size: 10})
		var tooLarge *TooLargeError
		if !errors.As(err, &tooLarge) || tooLarge.Limit != 10 || tooLarge.Size <= 10 || tooLarge.Size > plain {
			t.Errorf("form %d, limit 10: %v, want a TooLargeError", form, err)
		}
		if _, err := Encode(t.Context(), make([]byte, MaxValue+1), form, Limits{Size: 0}); !errors.As(err, &tooLarge) {
			t.Errorf("form %d, a value beyond MaxValue: %v, want a TooLargeError", form, err)
		}
	}
}

func TestPackedTextNeedsNoEscape(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	value := make([]byte, 3000)
	for range 200 {
		for i := range value {
			value[i] = byte(random.Uint32())
		}
		text := sealEnvelope(formatFlate, value)
		turn, _ := base87.Digit(text[turnAt])
		for earlier := range turn {
			if other := sealTurned(formatFlate, value, earlier); !hasTemplate(other) {
				t.Fatalf("turn %d was taken, %d leaves no template", turn, earlier)
			}
		}
		if hasTemplate(text) {
			t.Fatalf("%q holds a template", text)
		}
		if strings.ContainsAny(text, " \"&'<=>\\\n") || Measure(text) != len(text) {
			t.Fatalf("%q needs an escape", text)
		}
	}
}
