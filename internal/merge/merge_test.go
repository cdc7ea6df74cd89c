package merge_test

import (
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/merge"
)

// Each case is a stored text, and the change of a program that knows the
// members of before and after only.
func TestApply(t *testing.T) {
	for name, c := range map[string]struct{ stored, before, after, want string }{
		"unknown stays":            {`{"x":[1,2],"n":1}`, `{"n":1}`, `{"n":2}`, `{"x":[1,2],"n":2}`},
		"unknown stays, nested":    {`{"s":{"x":{"y":1},"n":1},"z":null}`, `{"s":{"n":1}}`, `{"s":{"n":2}}`, `{"s":{"x":{"y":1},"n":2},"z":null}`},
		"removed":                  {`{"s":{"n":1,"x":1},"n":1}`, `{"s":{"n":1},"n":1}`, `{"n":1}`, `{"n":1}`},
		"removed, all copies":      {`{"N":1,"n":2,"n":3,"x":1}`, `{"n":3}`, `{}`, `{"x":1}`},
		"added last":               {`{"b":1,"x":1}`, `{"b":1}`, `{"a":2,"b":1,"c":3}`, `{"b":1,"x":1,"a":2,"c":3}`},
		"added where it was zero":  {`{"n":0,"x":1}`, `{}`, `{"n":5}`, `{"n":5,"x":1}`},
		"added where it was empty": {`{"s":{"x":1}}`, `{}`, `{"s":{"n":1}}`, `{"s":{"x":1,"n":1}}`},
		"to another kind":          {`{"v":{"a":1,"x":1}}`, `{"v":{"a":1}}`, `{"v":[1]}`, `{"v":[1]}`},
		"text of others stays":     {`{ "f" : 1.0e+2, "s":"\u00e9", "n": 1 }`, `{"f":100,"s":"é","n":1}`, `{"f":100,"s":"é","n":2}`, `{"f":1.0e+2,"s":"\u00e9","n":2}`},
		"not written by others":    {`{"n":1}`, `{"n":1,"zero":0}`, `{"n":2,"zero":0}`, `{"n":2}`},
		"changed from its default": {`{"n":1}`, `{"n":1,"zero":0}`, `{"n":1,"zero":1}`, `{"n":1,"zero":1}`},
		"order of members":         {`{"z":1,"a":2}`, `{"a":2,"z":1}`, `{"a":2,"z":3}`, `{"z":3,"a":2}`},
		"escaped name":             {`{"caf\u00e9":1,"x":1}`, `{"café":1}`, `{"café":2}`, `{"café":2,"x":1}`},
		"spaces":                   {"{\n \"n\": 1,\n \"x\": [1, 2],\n \"t\": \"a \\\" b\" }", `{"n":1}`, "{\n  \"n\": 2\n}", `{"n":2,"x":[1,2],"t":"a \" b"}`},

		"other case":               {`{"Count":5,"x":1}`, `{"count":5}`, `{"count":6}`, `{"count":6,"x":1}`},
		"other case, spaced":       {`{"Count" :5,"x":1}`, `{"count":5}`, `{"count":6}`, `{"count":6,"x":1}`},
		"other case, not changed":  {`{"Count":5,"n":1}`, `{"count":5,"n":1}`, `{"count":5,"n":2}`, `{"Count":5,"n":2}`},
		"other case, of a zero":    {`{"Count":0,"x":1}`, `{}`, `{"count":6}`, `{"count":6,"x":1}`},
		"other case by Unicode":    {`{"ſKÄ":5}`, `{"skä":5}`, `{"skä":6}`, `{"skä":6}`},
		"both cases":               {`{"Count":5,"count":7,"x":1}`, `{"count":7}`, `{"count":8}`, `{"Count":5,"count":8,"x":1}`},
		"both cases, wrong order":  {`{"count":7,"Count":5,"x":1}`, `{"count":5}`, `{"count":6}`, `{"count":6,"x":1}`},
		"two members of a map":     {`{"Count":5,"count":7}`, `{"Count":5,"count":7}`, `{"Count":5}`, `{"Count":5}`},
		"twice":                    {`{"n":1,"n":2,"x":1}`, `{"n":2}`, `{"n":3}`, `{"n":3,"x":1}`},
		"twice, joined on reading": {`{"s":{"a":1},"s":{"b":2},"x":1}`, `{"s":{"a":1,"b":2}}`, `{"s":{"a":1,"b":3}}`, `{"s":{"a":1,"b":3},"x":1}`},
		"unknown twice":            {`{"x":1,"n":1,"x":2}`, `{"n":1}`, `{"n":2}`, `{"x":1,"n":2,"x":2}`},

		"moved":                    {`{"x":1,"a":1,"y":2,"b":2}`, `{"a":1,"b":2}`, `{"b":2,"a":1}`, `{"x":1,"b":2,"y":2,"a":1}`},
		"moved, text stays":        {`{ "\u0061" : 1.0, "b" : { "x" : 1 } }`, `{"a":1,"b":{}}`, `{"b":{},"a":1}`, `{"b":{"x":1},"\u0061":1.0}`},
		"moved within":             {`{"z":1,"s":{"a":1,"b":1},"x":1}`, `{"s":{"a":1,"b":1},"z":1}`, `{"s":{"b":1,"a":1},"z":1}`, `{"z":1,"s":{"b":1,"a":1},"x":1}`},
		"moved and changed":        {`{"a":{"x":1},"b":2}`, `{"a":{},"b":2}`, `{"b":3,"a":{"n":1}}`, `{"b":3,"a":{"x":1,"n":1}}`},
		"moved, one is new":        {`{"a":1,"x":1,"b":2}`, `{"a":1,"b":2}`, `{"c":3,"b":2,"a":1}`, `{"c":3,"x":1,"b":2,"a":1}`},
		"moved, one is removed":    {`{"a":1,"b":2,"c":3,"x":1}`, `{"a":1,"b":2,"c":3}`, `{"c":3,"a":1}`, `{"c":3,"a":1,"x":1}`},
		"moved, both cases":        {`{"Count":5,"count":7,"n":1}`, `{"count":7,"n":1}`, `{"n":1,"count":8}`, `{"n":1,"Count":5,"count":8}`},
		"moved, twice":             {`{"a":1,"b":1,"a":2}`, `{"b":1,"a":2}`, `{"a":2,"b":1}`, `{"a":1,"a":2,"b":1}`},
		"moved, unknown twice":     {`{"x":1,"a":1,"x":2,"b":1}`, `{"a":1,"b":1}`, `{"b":1,"a":1}`, `{"x":1,"b":1,"x":2,"a":1}`},
		"only the others are left": {`{"a":1,"b":1,"c":1}`, `{"a":1,"b":1,"c":1}`, `{"b":1,"c":1}`, `{"b":1,"c":1}`},

		"queue":                {`[{"n":1,"x":1},{"n":2,"x":2},{"n":3,"x":3}]`, `[{"n":1},{"n":2},{"n":3}]`, `[{"n":2},{"n":3},{"n":4}]`, `[{"n":2,"x":2},{"n":3,"x":3},{"n":4}]`},
		"pushed in front":      {`[{"n":1,"x":1}]`, `[{"n":1}]`, `[{"n":0},{"n":1}]`, `[{"n":0},{"n":1,"x":1}]`},
		"sorted":               {`[{"n":3,"x":3},{"n":1,"x":1},{"n":2,"x":2}]`, `[{"n":3},{"n":1},{"n":2}]`, `[{"n":1},{"n":2},{"n":3}]`, `[{"n":1,"x":1},{"n":2,"x":2},{"n":3,"x":3}]`},
		"element changed":      {`[{"n":1,"x":1},{"n":2,"x":2}]`, `[{"n":1},{"n":2}]`, `[{"n":9},{"n":2}]`, `[{"n":9},{"n":2,"x":2}]`},
		"element repeated":     {`[{"n":1,"x":1}]`, `[{"n":1}]`, `[{"n":1},{"n":1}]`, `[{"n":1,"x":1},{"n":1}]`},
		"equal elements":       {`[{"n":1,"x":1},{"n":1,"x":2}]`, `[{"n":1},{"n":1}]`, `[{"n":2},{"n":1}]`, `[{"n":2},{"n":1,"x":2}]`},
		"emptied":              {`[{"n":1,"x":1}]`, `[{"n":1}]`, `[]`, `[]`},
		"elements dropped":     {`[1,2,{"n":3}]`, `[1,2]`, `[2,1]`, `[2,1]`},
		"elements added":       {`[1]`, `[1,0]`, `[0,1]`, `[0,1]`},
		"in an unchanged part": {`{"a":[{"n":1,"x":1}],"n":1}`, `{"a":[{"n":1}],"n":1}`, `{"a":[{"n":1}],"n":2}`, `{"a":[{"n":1,"x":1}],"n":2}`},

		"nothing changed":            {`{"x": 1, "n": 1}`, `{"n":1}`, `{"n":1}`, `{"x":1,"n":1}`},
		"scalar":                     {`1`, `1`, `2`, `2`},
		"null":                       {`null`, `{}`, `{"n":1}`, `{"n":1}`},
		"arrays for another kind":    {`[]`, `[]`, `{"n":1}`, `{"n":1}`},
		"only before is an array":    {`7`, `[]`, `{"n":1}`, `{"n":1}`},
		"not JSON":                   {"\x00\x01", "\x00\x01", "\x00\x02 ", "\x00\x02 "},
		"cut":                        {`{"n":1,"x`, `{"n":1}`, `{"n":2}`, `{"n":2}`},
		"ends in an escape":          {`{"n\`, `{"n":1}`, `{"n":2}`, `{"n":2}`},
		"bytes after it":             {`{"n":1} x`, `{"n":1}`, `{"n":2}`, `{"n":2}`},
		"words of other formats":     {`{"n":1,"x":NaN,"y":-Infinity}`, `{"n":1}`, `{"n":2}`, `{"n":2,"x":NaN,"y":-Infinity}`},
		"no value":                   {`{"n":}`, `{"n":1}`, `{"n":2}`, `{"n":2}`},
		"no name":                    {`{1:1}`, `{"n":1}`, `{"n":2}`, `{"n":2}`},
		"comma at the end of object": {`{"n":1,}`, `{"n":1}`, `{"n":2}`, `{"n":2}`},
		"comma at the end of array":  {`[1,]`, `[1]`, `[2]`, `[2]`},
	} {
		t.Run(name, func(t *testing.T) {
			got := merge.Apply([]byte(c.stored), []byte(c.before), []byte(c.after), merge.Options{})
			if string(got) != c.want {
				t.Errorf("%s became\n%s; want\n%s", c.stored, got, c.want)
			}
		})
	}
}

// An object that is one value never takes members of the value before it.
func TestAtomic(t *testing.T) {
	opts := merge.Options{Atomic: func(object []byte) bool { return strings.HasPrefix(string(object), `{"_dt_":`) }}
	for name, c := range map[string]struct{ stored, before, after, want string }{
		"changed":             {`{"t":{"_dt_":true,"repr":"1","x":1},"y":1}`, `{"t":{"_dt_":true,"repr":"1"}}`, `{"t":{"_dt_":true,"repr":"2"}}`, `{"t":{"_dt_":true,"repr":"2"},"y":1}`},
		"not changed":         {`{"t":{"_dt_":true,"repr":"1","x":1},"n":1}`, `{"t":{"_dt_":true,"repr":"1"},"n":1}`, `{"t":{"_dt_":true,"repr":"1"},"n":2}`, `{"t":{"_dt_":true,"repr":"1","x":1},"n":2}`},
		"it was one":          {`{"t":{"_dt_":true,"x":1}}`, `{"t":{"_dt_":true}}`, `{"t":{"n":1}}`, `{"t":{"n":1}}`},
		"only the stored one": {`{"t":{"_dt_":true,"n":1}}`, `{"t":{"n":1}}`, `{"t":{"n":2}}`, `{"t":{"n":2}}`},
		"only the one before": {`{"t":{"n":1,"x":1}}`, `{"t":{"_dt_":true,"n":1}}`, `{"t":{"n":2}}`, `{"t":{"n":2}}`},
		"it is one":           {`{"t":{"n":1,"x":1}}`, `{"t":{"n":1}}`, `{"t":{"_dt_":true}}`, `{"t":{"_dt_":true}}`},
	} {
		if got := merge.Apply([]byte(c.stored), []byte(c.before), []byte(c.after), opts); string(got) != c.want {
			t.Errorf("%s: %s became\n%s; want\n%s", name, c.stored, got, c.want)
		}
	}
}

// The depth that encoding/json reads is merged; a text that is deeper is not.
func TestDepth(t *testing.T) {
	nested := func(depth int, inner string) []byte {
		return []byte(strings.Repeat(`{"a":`, depth) + inner + strings.Repeat(`}`, depth))
	}
	for depth, want := range map[int]string{9_999: `{"x":1,"n":2}`, 10_001: `{"n":2}`, 5_000_000: `{"n":2}`} {
		got := merge.Apply(nested(depth, `{"x":1,"n":1}`), nested(depth, `{"n":1}`), nested(depth, `{"n":2}`), merge.Options{})
		if string(got) != string(nested(depth, want)) {
			t.Errorf("depth %d: the merged text has not %s inside", depth, want)
		}
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":[1,2]}`, ` { "b": [2, 1], "a": 1 }`, true},
		{`"\u00e9\/"`, `"é/"`, true},
		{`{"\u00e9":1}`, `{"é":1}`, true},
		{`{"a":1,"a":2}`, `{"a":2}`, false},
		{`{"a":1,"a":2}`, `{"a":2,"a":1}`, true},
		{`{"a":{"b":1},"c":{"d":1}}`, `{"a":{"d":1},"c":{"b":1}}`, false},
		{`[[1],[2]]`, `[[1,2]]`, false},
		{`[1,1]`, `[1]`, false},
		{`[]`, `{}`, false},
		{`1`, `"1"`, false},
		{`1`, `1.0`, false},
		{`null`, `"null"`, false},
		{`\`, ` \`, true}, // a word of another format
		{`{`, `{`, true},
		{`{`, `[`, false},
	} {
		if got := merge.Same([]byte(c.a), []byte(c.b)); got != c.want {
			t.Errorf("Same(%s, %s) is %v", c.a, c.b, got)
		}
	}
}
