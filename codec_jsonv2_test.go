//go:build go1.27 && goexperiment.jsonv2

package awsjar_test

import (
	"encoding/json"
	"encoding/json/jsontext"
	jsonv2 "encoding/json/v2"
	"testing"

	"github.com/awsjar/awsjar"
	"pgregory.net/rapid"
)

// Where Go has an encoder that refuses strings which are not UTF-8, the codec
// refuses the same values, and a type that hands itself on to encoding/json
// too.
func TestJSONAsksTheEncoder(t *testing.T) {
	refused := 0
	check(t, func(t *rapid.T) {
		bad := false
		var value any = map[string]any{"drawn": drawAny(t, 0, &bad), "raw": json.RawMessage(`"\ufffd"`)}
		switch rapid.IntRange(0, 3).Draw(t, "wrap") {
		case 0:
			value = &struct {
				M map[namedKey]any `json:",omitempty"`
				A [1]any
			}{map[namedKey]any{{"\ufffd"}: value}, [1]any{value}}
		case 1:
			value = []any{value, marshals{"\"\ufffd\""}}
		}
		_, want := jsonv2.Marshal(value, json.DefaultOptionsV1(), jsontext.AllowInvalidUTF8(false))
		_, got := awsjar.JSON{}.Marshal(value)
		if (got == nil) != (want == nil) {
			t.Fatalf("Marshal(%#v): %v; the encoder: %v", value, got, want)
		}
		if want != nil {
			refused++
		}
	})
	if refused == 0 {
		t.Error("nothing was refused")
	}
	if _, err := (awsjar.JSON{}).Marshal(handsOn{Name: "caf\xe9"}); err == nil {
		t.Error("a type that hands itself on was written with other bytes")
	}
}
