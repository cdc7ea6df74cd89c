package awsjar_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/awsjar/awsjar"
	"pgregory.net/rapid"
)

var updateDecoded = flag.Bool("update-decoded", false, "write testdata/decoded.txt anew, with the encoding/json of this release of Go")

const decodedFile = "testdata/decoded.txt"

// decoded is the target of every text: a member of each kind.
type decoded struct {
	Any   any               `json:"any"`
	Map   map[string]any    `json:"map"`
	List  []int             `json:"list"`
	Bytes []byte            `json:"bytes"`
	Text  string            `json:"text"`
	Float *float64          `json:"float"`
	Raw   json.RawMessage   `json:"raw"`
	Small uint8             `json:"small"`
	Quote int               `json:"quote,string"`
	Pair  [2]bool           `json:"pair"`
	Keys  map[int8]struct{} `json:"keys"`
	embedded
}

type embedded struct {
	Deep string
	Text string `json:"text"` // hidden by the one outside
}

// outcomes returns what each kind of target makes of a text: the value as Go
// writes it, or that it is refused.
func outcomes(text string) string {
	codecs := []awsjar.JSON{{}, {ReplaceSurrogates: true}, {Unknown: awsjar.RefuseUnknown}}
	var all []string
	for _, codec := range codecs {
		all = append(all, outcome[any](codec, text), outcome[decoded](codec, text), outcome[map[string]*embedded](codec, text), outcome[[]string](codec, text))
	}
	return strings.Join(all, " ")
}

func outcome[T any](codec awsjar.JSON, text string) string {
	var v T
	if err := codec.Unmarshal([]byte(text), &v); err != nil {
		return "-"
	}
	again, err := json.Marshal(v)
	if err != nil {
		return "!"
	}
	return string(again)
}

// TestDecodedAlike: every release of Go decodes the texts of a list to the same
// values and refuses the same ones, be its encoding/json the old one or the one
// over encoding/json/v2.
func TestDecodedAlike(t *testing.T) {
	if *updateDecoded {
		writeDecoded(t)
	}
	file, err := os.Open(decodedFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, refused := 0, 0
	for scan := bufio.NewScanner(file); scan.Scan(); lines++ {
		var line struct{ Text, Want string }
		if err := json.Unmarshal(scan.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if got := outcomes(line.Text); got != line.Want {
			t.Errorf("%s: decoded as\n%s, want\n%s", line.Text, got, line.Want)
		}
		refused += strings.Count(line.Want, "-")
	}
	if lines < 500 || refused < lines {
		t.Errorf("%d texts, refused %d times", lines, refused)
	}
}

func writeDecoded(t *testing.T) {
	texts := rapid.Custom(func(t *rapid.T) string {
		if rapid.Bool().Draw(t, "any text") {
			return drawText(t)
		}
		var b strings.Builder
		b.WriteByte('{')
		for i := range rapid.IntRange(0, 3).Draw(t, "members") {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%q:", rapid.SampledFrom(decodedNames).Draw(t, "name"))
			if rapid.Bool().Draw(t, "any value") {
				drawValue(t, &b, 2)
			} else {
				b.WriteString(rapid.SampledFrom(decodedValues).Draw(t, "value"))
			}
		}
		return b.String() + "}"
	})
	var out strings.Builder
	seen := map[string]bool{}
	for seed := 0; len(seen) < 700; seed++ {
		text := texts.Example(seed)
		if len(text) > 300 || seen[text] || !utf8.ValidString(text) {
			continue // a line cannot hold it, or should not
		}
		seen[text] = true
		line, err := json.Marshal(struct{ Text, Want string }{text, outcomes(text)})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(line, '\n'))
	}
	if err := os.WriteFile(decodedFile, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

var (
	decodedNames = []string{"any", "map", "list", "bytes", "text", "float", "raw", "small", "quote", "pair", "keys", "Deep", "TEXT", "Any", "deep", "other", ""}
	// Values that fit one member and not another, or that releases could read in
	// different ways.
	decodedValues = []string{
		"null", "true", `"x"`, `"aGk="`, `"aGk"`, `"aG k="`, `"aGk=\n"`, "1", "-0", "1.0", "1e2", "1e400", "256", "-1", `"7"`, `"07"`, `" 7"`, `"null"`, `""`,
		"[]", "[1]", "[true]", "[true,false,true]", "[1,null]", "{}", `{"1":{}}`, `{"300":{}}`, `{"x":{}}`, `{"1":{},"1":{}}`, `{"a":1,"a":2}`,
		`{"deep":"\ud800"}`, `{"Deep":"\ud83d\ude00"}`, `"\u0000"`, `"é"`, `"\u2028"`, `12345678901234567890123`,
	}
)

// FuzzDecode: the codec refuses a text that encoding/json reads only by its own
// rule, reads no text that encoding/json refuses, and makes the same value of it.
func FuzzDecode(f *testing.F) {
	for _, value := range decodedValues {
		for _, name := range decodedNames {
			f.Add(fmt.Appendf(nil, "{%q: %s}", name, value))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var want, got decoded
		jsonErr, err := json.Unmarshal(data, &want), awsjar.JSON{ReplaceSurrogates: true}.Unmarshal(data, &got)
		if err == nil && jsonErr != nil && !strings.Contains(jsonErr.Error(), "float64") {
			t.Fatalf("%q: read, and encoding/json says %v", data, jsonErr)
		}
		// encoding/json makes floats of the numbers in an any.
		want.Any, want.Map, got.Any, got.Map = nil, nil, nil, nil
		if a, b := flat(want), flat(got); err == nil && jsonErr == nil && a != b {
			t.Fatalf("%q: %s, and encoding/json makes %s", data, b, a)
		}
	})
}

// flat writes a value with its pointers followed.
func flat(v decoded) string {
	text, err := json.Marshal(v)
	return fmt.Sprint(string(text), err)
}
