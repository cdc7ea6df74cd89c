package main

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/itchyny/gojq"

	"github.com/awsjar/awsjar"
)

func TestExpression(t *testing.T) {
	for _, test := range []struct{ expr, value, want string }{
		{`.`, `{"b": 1.0, "a": 2}`, `{"b": 1.0, "a": 2}`}, // equal, so untouched
		{`.a = 2`, `{"b":1,"a":2}`, `{"b":1,"a":2}`},
		{`.c = 3`, `{"b":1,"a":2}`, `{"b":1,"a":2,"c":3}`},
		{`.n += 1`, `{"n":123412343959235182312759283518273923}`, `{"n":123412343959235182312759283518273924}`},
		{`.n -= 1`, `{"n":-9223372036854775808}`, `{"n":-9223372036854775809}`},
		{`.n * .n`, `{"n":9223372036854775807}`, `85070591730234615847396907784232501249`},
		{`.m = 1`, `{"n":0.1000000000000000000000000001}`, `{"n":0.1000000000000000000000000001,"m":1}`},
		{`.m = 1`, `{"n":1e999}`, `{"n":1e999,"m":1}`},
		{`.m = "<&>\u2028"`, `{}`, `{"m":"<&>` + "\u2028" + `"}`},
		{`length`, `"🐿"`, `1`},
		// the order of jq, and the stored text of members that are left alone
		{`{b: 1, a: 2}`, `{}`, `{"b":1,"a":2}`},
		{`to_entries | sort_by(.value) | from_entries`, `{"b":2,"a":1}`, `{"a":1,"b":2}`},
		{`to_entries | .[-2:] | from_entries`, `{"z-oldest":1,"m":2,"a-newest":3}`, `{"m":2,"a-newest":3}`},
		{`.n = 1`, `{"t":"\u00e9\/","e":1.0e+2,"b":{"z":1,"a":[2, 1]}}`, `{"t":"\u00e9\/","e":1.0e+2,"b":{"z":1,"a":[2,1]},"n":1}`},
		{`.b.a = 3`, `{"t":1,"b":{"z":1,"a":2},"a":1}`, `{"t":1,"b":{"z":1,"a":3},"a":1}`},
		{`map(.n += 1)`, `[{"z":1,"n":1},{"z":2,"n":1}]`, `[{"z":1,"n":2},{"z":2,"n":2}]`},
		{`del(.z) | .z = 3`, `{"z":1,"m":2}`, `{"m":2,"z":3}`},
		{`.["z"] += 1 | .a.b.c = 1`, `{"z":1,"m":2}`, `{"z":2,"m":2,"a":{"b":{"c":1}}}`},
		{`. + {y: 1, b: 2}`, `{"z":1,"m":2}`, `{"z":1,"m":2,"y":1,"b":2}`},
		{`map_values(select(. != 2))`, `{"z":1,"m":2,"a":3}`, `{"z":1,"a":3}`},
		{`.c = 1`, `{"a":1,"b":2,"a":3}`, `{"a":3,"b":2,"c":1}`},
		// an element that another one's removal moved keeps its own order
		{`(.[0], .[1].a) |= (numbers | 5)`, `[{"x":1},{"a":1,"b":2},{"b":3,"a":4}]`, `[{"a":5,"b":2},{"b":3,"a":4}]`},
	} {
		expr, err := compileJQ(test.expr, nil, nil)
		if err != nil {
			t.Errorf("%s: %v", test.expr, err)
			continue
		}
		got, err := expr.apply(t.Context(), []byte(test.value))
		if err != nil || string(got) != test.want {
			t.Errorf("%s of %s: %s, %v; want %s", test.expr, test.value, got, err, test.want)
		}
	}
}

func TestExpressionOfNothing(t *testing.T) {
	for expr, want := range map[string]string{`.n += 1`: `{"n":1}`, `. // []`: `[]`, `.`: ``} {
		e, err := compileJQ(expr, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.apply(t.Context(), nil); err != nil || string(got) != want {
			t.Errorf("%s of nothing: %q, %v; want %q", expr, got, err, want)
		}
	}
}

// TestExpressionKeepsText: half a surrogate pair would become U+FFFD.
func TestExpressionKeepsText(t *testing.T) {
	e, err := compileJQ(".new = 1", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, whole := range map[string]bool{
		`\ud83d\udc3f`:          true,
		`a\\\\ud83d`:            true,
		`\ufffd`:                true,
		`\u0000\ud83d\udc3f\\u`: true,
		`\ud83d`:                false,
		`\udc3f\ud83d`:          false,
		`\ud83d\u0041`:          false,
		`\\\ud83dx`:             false,
		`\ud83d\ud83d\udc3f`:    false,
	} {
		got, err := e.apply(t.Context(), []byte(`{"s":"`+text+`"}`))
		if whole && err != nil || !whole && !errors.Is(err, awsjar.ErrCorrupt) {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
}

// TestFailureHidesValues: the error of any failing operation names it and the
// types of its operands, and nothing of the value.
func TestFailureHidesValues(t *testing.T) {
	for _, test := range []struct{ expr, value, want string }{
		{`.a`, `"hunter2"`, `expected an object but got: string`},
		{`.[0]`, `{"hunter2":1}`, `expected an array but got: object`},
		{`.[]`, `"hunter2"`, `cannot iterate over: string`},
		{`.a + .b`, `{"a":"hunter2","b":[]}`, `cannot add: string and array`},
		{`.a - .b`, `{"a":"hunter2 and number (1)","b":{"hunter2":1}}`, `cannot subtract: string and object`},
		{`-.`, `"hunter2"`, `cannot negate: string`},
		{`.a / .b`, `{"a":4242,"b":0}`, `cannot divide by zero`},
		{`.a % .b`, `{"a":4242,"b":0}`, `cannot divide by zero`},
		{`fromjson`, `"hunter2{"`, `fromjson cannot be applied to this value`},
		{`tonumber`, `"hunter2"`, `tonumber cannot be applied to this value`},
		{`startswith(4242)`, `"hunter2"`, `startswith cannot be applied to this value`},
		{`test("(")`, `"hunter2"`, `invalid regular expression`},
		{`has(0)`, `{"hunter2":1}`, `has cannot be applied to this value`},
		{`@csv`, `[["hunter2"]]`, `@csv cannot format an array including: array`},
		{`.["hunter"+"2"]`, `[]`, `expected an object but got: array`},
		{`{(.):1}`, `4242`, `expected a string for object key but got: number`},
		{`.[4242:"x"]`, `[]`, `expected a number for indexing an array but got: string`},
		{`implode`, `["hunter2"]`, `implode cannot be applied to this value`},
		{`. * 1e9`, `"hunter2"`, `repeat string result too large`},
		{`error`, `"hunter2"`, ``},
		{`error({m: .})`, `"hunter2"`, ``},
		{`halt_error`, `"hunter2"`, ``},
		{`.a as [$x] | $x | error`, `{"a":["hunter2"]}`, ``},
	} {
		e, err := compileJQ(test.expr, nil, nil)
		if err != nil {
			t.Errorf("%s: %v", test.expr, err)
			continue
		}
		_, err = e.apply(t.Context(), []byte(test.value))
		want := "the jq expression failed: " + test.want
		if test.want == "" {
			want = "the jq expression ended itself"
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s of %s:\n got %v\nwant %s", test.expr, test.value, err, want)
		}
	}
}

func TestJoinPairs(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"update u --arg a b --argjson c d", "update u --arg=a=b --argjson=c=d"},
		{"update --arg a --jq u", "update --arg=a=--jq u"},
		{"update --arg a=b u", "update --arg a=b u"},
		{"update --arg a", "update --arg a"},
		{"dev -- x --arg a b", "dev -- x --arg a b"},
		{"", ""},
	} {
		if got := joinPairs(strings.Fields(test.args)); !slices.Equal(got, strings.Fields(test.want)) {
			t.Errorf("%s: %q, want %q", test.args, got, test.want)
		}
	}
}

// FuzzExpression: an expression makes JSON of any stored bytes, or fails without
// telling them.
func FuzzExpression(f *testing.F) {
	expressions := []string{
		`.`, `.v`, `.k + .v`, `.k - .v`, `.v / .k`, `.v[0]`, `.v[]`, `.v.a`, `.v.a += 1`, `-.v`, `[.[] | tostring]`, `.v | fromjson`, `.v | tonumber`,
		`{(.k): .v, (.v): .k}`, `to_entries`, `[paths]`, `.v | ascii_downcase`, `.v | test(.)`, `.v | splits(", ")`, `.v | @base64d`, `.v | implode`,
		`.v | error`, `@csv "\(.v)"`, `.v | todate`, `.v | join(.)`, `.v | @sh`, `.v |= .`, `del(.v[0])`, `.v | min_by(.a)`, `.v | ltrimstr("a") | explode`,
	}
	for _, value := range []string{`[1.50,"x\ud800",null,1e999]`, `"a, b"`, `{"a":{}}`, `-0`, `12345678901234567890`, `"("`} {
		for i := range expressions {
			f.Add(uint(i), value)
		}
	}
	f.Fuzz(func(t *testing.T, which uint, value string) {
		text := expressions[which%uint(len(expressions))]
		e, err := compileJQ(text, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		stored := `{"k":"hunter2","v":` + value + `}`
		got, err := e.apply(t.Context(), []byte(stored))
		switch {
		case err != nil && strings.Contains(err.Error(), "hunter2"):
			t.Errorf("%s of %s: the error tells the value: %v", text, stored, err)
		case err == nil:
			if _, err := compact(got); err != nil {
				t.Errorf("%s of %s is %q: %v", text, stored, got, err)
			}
		}
	})
}

// FuzzCompact: a text is accepted if the default codec reads it, and then says
// the same in no more bytes, and stays as it is from then on.
func FuzzCompact(f *testing.F) {
	for _, value := range []string{`{"b": 1.0, "a": [1e999, -0, "\ud800"]}`, `"<&>"`, ` 1 `, `1 2`, "\"\xff\"", ``, `NaN`, `{"a":1,"a":2}`, "\xef\xbb\xbf1"} {
		f.Add([]byte(value))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		text, err := compact(value)
		if readable := (awsjar.JSON{}).Unmarshal(value, new(any)); (err == nil) != (readable == nil) {
			t.Fatalf("compact(%q): %q, %v; the codec: %v", value, text, err, readable)
		}
		if err != nil {
			return
		}
		again, err := compact(indent(text))
		if err != nil || !bytes.Equal(again, text) || len(text) > len(value) {
			t.Fatalf("compact(%q) = %q, and again %q, %v", value, text, again, err)
		}
	})
}

func TestCompileJQRefuses(t *testing.T) {
	for expr, want := range map[string]string{
		`.a |`:           "the jq expression is malformed: unexpected EOF",
		`nosuch`:         "the jq expression is malformed: function not defined: nosuch/0",
		`$nosuch`:        "the jq expression is malformed: variable not defined: $nosuch",
		``:               "the jq expression is malformed: missing query (try \".\")",
		`include "x"; .`: "the jq expression is malformed: modules cannot be loaded",
	} {
		_, err := compileJQ(expr, nil, nil)
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", expr, err, want)
		}
		if hint, ok := errors.AsType[*hinted](err); !ok || hint.hint == "" {
			t.Errorf("%s: no hint", expr)
		}
	}
}

// TestExpressionEnds: a function that does not look at the context while it
// computes, as some of gojq, does not keep the command from ending.
func TestExpressionEnds(t *testing.T) {
	query, err := gojq.Parse("compute")
	if err != nil {
		t.Fatal(err)
	}
	computes, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	code, err := gojq.Compile(query, gojq.WithFunction("compute", 0, 0, func(any, []any) any {
		close(computes)
		<-release
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := (&expression{text: "compute", code: code, order: newOrder()}).apply(ctx, []byte("1"))
		ended <- err
	}()
	<-computes
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v; want context.Canceled", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the expression is waited for after its context has ended")
	}
}
