package awsjar_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/memjar"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Marshal accepts a text, as a json.RawMessage, exactly when Unmarshal accepts
// it, and then the text that was written reads as the same value.
func TestJSONWritesWhatItReads(t *testing.T) {
	accepted, refused := 0, 0
	check(t, func(t *rapid.T) {
		codec := awsjar.JSON{ReplaceSurrogates: rapid.Bool().Draw(t, "replace")}
		text := drawText(t)
		if len(text) < awsjarDepth {
			codec.Indent = rapid.SampledFrom([]string{"", " ", "\t"}).Draw(t, "indent")
		}
		var read any
		readErr := codec.Unmarshal([]byte(text), &read)
		written, writeErr := codec.Marshal(json.RawMessage(text))
		if (readErr == nil) != (writeErr == nil) {
			t.Fatalf("%.200q: Unmarshal: %v; Marshal: %v", text, readErr, writeErr)
		}
		if readErr != nil {
			refused++
			return
		}
		accepted++
		var again any
		if err := codec.Unmarshal(written, &again); err != nil {
			t.Fatalf("%.200q was written as %.200q: %v", text, written, err)
		}
		if depthOf(read) != depthOf(again) || depthOf(read) < 100 && !equal(read, again) {
			t.Fatalf("%.200q was written as %.200q, which is another value", text, written)
		}
	})
	if accepted == 0 || refused == 0 {
		t.Errorf("%d texts were accepted and %d refused; want both", accepted, refused)
	}
	t.Logf("%d texts were accepted and %d refused", accepted, refused)
}

// A Jar, which knows its type, reads the same as the codec alone.
func TestGetReadsAsTheCodec(t *testing.T) {
	type state struct {
		A string             `json:"a"`
		N json.Number        `json:"n"`
		F float64            `json:"f"`
		E *[]float32         `json:"é"`
		M map[string]float64 `json:"[{"`
		R json.RawMessage    `json:"<&>"`
	}
	accepted := 0
	check(t, func(t *rapid.T) {
		codec := awsjar.JSON{ReplaceSurrogates: rapid.Bool().Draw(t, "replace"), Unknown: awsjar.Unknown(rapid.IntRange(0, 2).Draw(t, "unknown"))}
		var b strings.Builder
		drawMembers(t, &b)
		store := memjar.New()
		if _, err := store.Save(context.Background(), []byte(b.String()), awsjar.Any); err != nil {
			t.Fatal(err)
		}
		var want state
		wantErr := codec.Unmarshal([]byte(b.String()), &want)
		got, err := awsjar.New[state](store, func(o *awsjar.Options) { o.Codec = codec }).Get(context.Background())
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%s: Get: %v; Unmarshal: %v", b.String(), err, wantErr)
		}
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			t.Fatalf("%s: (-Unmarshal +Get)\n%s", b.String(), diff)
		}
		if err == nil {
			accepted++
		}
	})
	if accepted == 0 {
		t.Error("no text was accepted")
	}
}

func drawMembers(t *rapid.T, b *strings.Builder) {
	names := []string{"a", "n", "f", "é", "[{", "<&>", "A", "other"}
	values := []string{`"x"`, "1.50", "1e400", "[1, 2.5]", `{"x": 1}`, "null", `"\ud83d"`, `"7"`, "98765432109876543210"}
	b.WriteByte('{')
	for i := range rapid.IntRange(0, 4).Draw(t, "members") {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "%q: %s", rapid.SampledFrom(names).Draw(t, "name"), rapid.SampledFrom(values).Draw(t, "value"))
	}
	b.WriteString(rapid.SampledFrom([]string{"}", "}", "}", " } \n", "}x", ""}).Draw(t, "end"))
}

// check runs a property twice for each draw that rapid counts.
func check(t *testing.T, property func(*rapid.T)) {
	rapid.Check(t, func(t *rapid.T) {
		for range 2 {
			property(t)
		}
	})
}

// equal compares values by their text.
func equal(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// drawText returns a text that is JSON or nearly.
func drawText(t *rapid.T) string {
	var b strings.Builder
	if rapid.IntRange(0, 20).Draw(t, "broken") == 0 {
		b.WriteString(rapid.SampledFrom([]string{"\ufeff", "\x00", "\xff\xfe", "}", "\x1f\x8b", "x"}).Draw(t, "begin"))
	}
	depth := 0
	if rapid.IntRange(0, 49).Draw(t, "deep") == 0 {
		depth = awsjarDepth + rapid.IntRange(-3, 3).Draw(t, "depth")
	}
	open, shut := "[", "]"
	if rapid.Bool().Draw(t, "objects") {
		open, shut = `{"a":`, "}"
	}
	b.WriteString(strings.Repeat(open, depth))
	drawValue(t, &b, 0)
	b.WriteString(strings.Repeat(shut, depth))
	if rapid.IntRange(0, 20).Draw(t, "trailing") == 0 {
		b.WriteString(rapid.SampledFrom([]string{" \n", "{}", "x", "\x00", ","}).Draw(t, "end"))
	}
	return b.String()
}

const awsjarDepth = 10_000 // arrays and objects within each other that encoding/json reads

// pieces of strings: plain, escaped, in pairs and halves, UTF-8 and not.
var pieces = []string{
	"a", "é", "😀", "\ufffd", `\ufffd`, `\uFFFD`, `\\ufffd`, `\n`, `\"`, `\\`, `\u0000`, `\ud83d\ude00`, "[{", "<&>",
	strings.Repeat("long ", 2000), `\ud83d`, `\ude00`, `\\ud83d`, "\xff", "\xc3", "\xed\xa0\x80", "\n", `\x`,
}

func drawString(t *rapid.T, b *strings.Builder) {
	b.WriteByte('"')
	for range rapid.IntRange(0, 3).Draw(t, "length") {
		common := len(pieces) - 1
		if rapid.IntRange(0, 3).Draw(t, "ordinary") > 0 {
			common = 14
		}
		b.WriteString(pieces[rapid.IntRange(0, common).Draw(t, "piece")])
	}
	b.WriteByte('"')
}

func drawValue(t *rapid.T, b *strings.Builder, depth int) {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	if depth > 4 {
		kind %= 4
	}
	switch kind {
	case 0:
		b.WriteString(rapid.SampledFrom([]string{
			"0", "-0", "1.50", "1e400", "1E+2", "123412343959235182312759283518273923", "true", "false", "null", "-1e-999",
			"01", "1.", "NaN", "-Infinity", "nul", "", "+1", "True",
		}[:10+rapid.SampledFrom([]int{0, 0, 0, 8}).Draw(t, "words")]).Draw(t, "word"))
	case 1, 2, 3:
		drawString(t, b)
	case 4:
		b.WriteByte('[')
		for i := range rapid.IntRange(0, 3).Draw(t, "elements") {
			if i > 0 {
				b.WriteString(", ")
			}
			drawValue(t, b, depth+1)
		}
		b.WriteByte(']')
	case 5:
		b.WriteByte('{')
		for i := range rapid.IntRange(0, 3).Draw(t, "members") {
			if i > 0 {
				b.WriteByte(',')
			}
			drawString(t, b)
			b.WriteString(" :")
			drawValue(t, b, depth+1)
		}
		b.WriteByte('}')
	}
}

// A Go value is refused exactly if a part of it has no form in JSON, or is
// nested too deep; every other comes back as it is.
func TestJSONBringsValuesBack(t *testing.T) {
	accepted, refused := 0, 0
	check(t, func(t *rapid.T) {
		bad := false
		value := drawAny(t, 0, &bad)
		depth := depthOf(value)
		if rapid.IntRange(0, 199).Draw(t, "deep") == 0 {
			for range awsjarDepth - depth + rapid.IntRange(-1, 1).Draw(t, "more") {
				value = []any{value}
			}
			bad = bad || depthOf(value) > awsjarDepth
		}
		codec := awsjar.JSON{}
		data, err := codec.Marshal(value)
		if (err != nil) != bad {
			t.Fatalf("Marshal returned %.100q, %v; that the value has a part that cannot come back is %v", data, err, bad)
		}
		if bad {
			refused++
			return
		}
		accepted++
		var again any
		if err := codec.Unmarshal(data, &again); err != nil {
			t.Fatalf("%.100q: %v", data, err)
		}
		if depth < 100 && depthOf(again) < 100 {
			if diff := cmp.Diff(value, again); diff != "" {
				t.Fatalf("the value came back changed (-want +got):\n%s", diff)
			}
		}
	})
	if accepted == 0 || refused == 0 {
		t.Errorf("%d values were accepted and %d refused; want both", accepted, refused)
	}
	t.Logf("%d values were accepted and %d refused", accepted, refused)
}

func depthOf(v any) int {
	deepest := 0
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			deepest = max(deepest, depthOf(element))
		}
	case map[string]any:
		for _, member := range v {
			deepest = max(deepest, depthOf(member))
		}
	default:
		return 0
	}
	return deepest + 1
}

// drawAny returns a value as Unmarshal returns it for an any, or sets bad.
func drawAny(t *rapid.T, depth int, bad *bool) any {
	word := func() string {
		if rapid.IntRange(0, 9).Draw(t, "invalid") == 0 {
			*bad = true
			return rapid.SampledFrom([]string{"\xff", "caf\xe9", "\xed\xa0\x80", "\ufffd\xff", "a\xc3"}).Draw(t, "bytes")
		}
		return rapid.SampledFrom([]string{"", "a", "\ufffd", `\ufffd`, "é😀", "\u2028<>&", `"\`, "\x00", "[[["}).Draw(t, "text")
	}
	kind := rapid.IntRange(0, 6).Draw(t, "kind")
	if depth > 4 {
		kind %= 5
	}
	switch kind {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return json.Number(rapid.SampledFrom([]string{"0", "-0", "1e400", "1.50", "98765432109876543210"}).Draw(t, "number"))
	case 3:
		if rapid.IntRange(0, 9).Draw(t, "nonfinite") == 0 {
			*bad = true
			return rapid.SampledFrom([]any{math.NaN(), math.Inf(-1), json.Number("x"), json.Number("1 2"), make(chan int), complex(1, 2)}).Draw(t, "no JSON")
		}
		return word()
	case 4:
		return word()
	case 5:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "elements") {
			list = append(list, drawAny(t, depth+1, bad))
		}
		return list
	}
	object := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "members") {
		name := word()
		if _, taken := object[name]; !taken {
			object[name] = drawAny(t, depth+1, bad)
		}
	}
	return object
}
