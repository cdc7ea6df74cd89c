package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpression(t *testing.T) {
	for _, test := range []struct{ expr, value, want string }{
		{`.`, `{"b": 1.0, "a": 2}`, `{"b": 1.0, "a": 2}`}, // equal, so untouched
		{`.a = 2`, `{"b":1,"a":2}`, `{"b":1,"a":2}`},
		{`.c = 3`, `{"b":1,"a":2}`, `{"a":2,"b":1,"c":3}`},
		{`.n += 1`, `{"n":123412343959235182312759283518273923}`, `{"n":123412343959235182312759283518273924}`},
		{`.n -= 1`, `{"n":-9223372036854775808}`, `{"n":-9223372036854775809}`},
		{`.n * .n`, `{"n":9223372036854775807}`, `85070591730234615847396907784232501249`},
		{`.m = 1`, `{"n":0.1000000000000000000000000001}`, `{"m":1,"n":0.1000000000000000000000000001}`},
		{`.m = 1`, `{"n":1e999}`, `{"m":1,"n":1e999}`},
		{`.m = "<&>\u2028"`, `{}`, `{"m":"<&>` + "\u2028" + `"}`},
		{`length`, `"🐿"`, `1`},
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

// TestFailureHidesValues: whatever fails, and on whatever, the error says what
// was done to which types, and nothing of the value.
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
		if diff := cmp.Diff(strings.Fields(test.want), joinPairs(strings.Fields(test.args))); diff != "" && test.want != "" {
			t.Errorf("%s (-want +got):\n%s", test.args, diff)
		}
	}
}

// FuzzExpression feeds hostile values and expressions.
func FuzzExpression(f *testing.F) {
	f.Add(`.`, `{"a":[1.50,"x\ud800",null,1e999]}`)
	f.Add(`.a += 1`, `{"a":"hunter2"}`)
	f.Add(`to_entries | map(.value) | add`, `[1,[],{}]`)
	f.Add(`[splits(", *")] | @json "x\(.)"`, `"a, b"`)
	f.Add(`path(..)`, `[[1]]`)
	f.Add(`limit(3; repeat(1))`, ``)
	f.Fuzz(func(t *testing.T, text, value string) {
		if strings.ContainsAny(text, "*^@") || strings.Contains(text, "range") || strings.Contains(text, "re") || strings.Contains(text, "def") || strings.Contains(text, "until") || strings.Contains(text, "while") {
			return // may take for ever, or all memory, as it was told to
		}
		e, err := compileJQ(text, nil, nil)
		if err != nil {
			return
		}
		secret := `{"k":"hunter2","v":` + value + `}`
		if !json.Valid([]byte(secret)) {
			secret = value
		}
		got, err := e.apply(t.Context(), []byte(secret))
		if err != nil {
			if strings.Contains(err.Error(), "hunter2") && !strings.Contains(text, "hunter2") {
				t.Errorf("%s of %s: the error holds the value: %v", text, secret, err)
			}
			return
		}
		if _, err := compact(got); err != nil {
			t.Errorf("%s of %s is %q: %v", text, secret, got, err)
		}
	})
}

// FuzzCompact: what is accepted is JSON that says the same in no more bytes,
// and stays as it is from then on.
func FuzzCompact(f *testing.F) {
	for _, value := range []string{`{"b": 1.0, "a": [1e999, -0, "\ud800"]}`, `"<&>"`, ` 1 `, `1 2`, "\"\xff\"", ``, `NaN`, `{"a":1,"a":2}`} {
		f.Add([]byte(value))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		text, err := compact(value)
		if (err == nil) != (json.Valid(value) && bytes.Equal(bytes.ToValidUTF8(value, nil), value)) {
			t.Fatalf("compact(%q): %q, %v", value, text, err)
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "not JSON") {
				t.Fatalf("compact(%q): %v", value, err)
			}
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
		`include "x"; .`: "the jq expression is malformed: cannot load module: \"x\"",
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
