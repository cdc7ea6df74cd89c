package python

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/awsjar/awsjar/internal/lazyregexp"
	"github.com/awsjar/awsjar/internal/pack"
	"github.com/go-json-experiment/json/jsontext"
)

// isText tells whether text, which finite returned, is bare text for a target
// of this type: it is no JSON, or it is for a Go string, which takes numbers
// and words as they were typed.
func (b Bare) isText(text []byte, target reflect.Type) bool {
	return !isJSON(text) || isString(target) && jsontext.Value(text).Kind() != '"'
}

// isString tells whether target points to a string without methods.
func isString(target reflect.Type) bool {
	return target != nil && target.Kind() == reflect.Pointer &&
		target.Elem().Kind() == reflect.String && target.NumMethod() == 0
}

// json is the JSON text of the value that bare text stands for.
func (b Bare) json(text string, target reflect.Type) []byte {
	if b == BareJar && !isString(target) {
		if n, ok := parseFloat(text); ok {
			return []byte(formatFloat(n, 64))
		}
	}
	quoted, _ := jsontext.AppendQuote(nil, text) // it fails for invalid UTF-8 only
	return quoted
}

// returns tells whether the original's get returns the string s from bare
// text. In a Jar it must also be one that the variable holds as it is.
func (b Bare) returns(s string) bool {
	if text, _ := finite([]byte(s)); isJSON(text) {
		return false
	}
	if b == BareBucket {
		return true
	}
	if _, isNumber := parseFloat(s); isNumber || inflates([]byte(s)) {
		return false
	}
	return pack.CanBePlain(s)
}

// The texts that Python's float() takes, once decimal digits of other scripts are ASCII
// and the white space around is gone.
var floatText = lazyregexp.New(`(?i)^[+-]?(inf|infinity|nan|` +
	`(\d(_?\d)*\.?(\d(_?\d)*)?|\.\d(_?\d)*)(e[+-]?\d(_?\d)*)?)$`)

// parseFloat is Python's float() of a string.
func parseFloat(s string) (n float64, ok bool) {
	s = strings.Map(asciiDigit, strings.TrimSpace(s))
	if !floatText().MatchString(s) {
		return 0, false
	}
	s = strings.ReplaceAll(s, "_", "")
	if strings.EqualFold(strings.TrimLeft(s, "+-"), "nan") {
		return math.NaN(), true
	}
	n, _ = strconv.ParseFloat(s, 64) // out of range is infinite, as in Python
	return n, true
}

// asciiDigit turns a decimal digit of any script into the ASCII one. Unicode
// has them in runs of ten that begin with the zero.
func asciiDigit(r rune) rune {
	if r < utf8.RuneSelf || !unicode.IsDigit(r) {
		return r
	}
	before := rune(0)
	for unicode.IsDigit(r - before - 1) {
		before++
	}
	return '0' + before%10
}

// formatFloat is Python's repr of a float of 64 bits, or the text that it would
// print for one of 32.
func formatFloat(n float64, bits int) string {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	}
	const longest, shortest = 1e16, 1e-4 // Python's bounds for digits without an exponent
	if abs := math.Abs(n); abs != 0 && (abs < shortest || abs >= longest) {
		return strconv.FormatFloat(n, 'e', -1, bits)
	}
	text := strconv.FormatFloat(n, 'f', -1, bits)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}
