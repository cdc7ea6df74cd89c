package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/itchyny/gojq"

	"github.com/awsjar/awsjar"
)

// expression is a jq program with its arguments.
type expression struct {
	text   string
	code   *gojq.Code
	values []any
}

var variableName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// compileJQ makes an expression of its text and of arguments "name=value".
func compileJQ(text string, arguments, jsonArguments []string) (*expression, error) {
	query, err := gojq.Parse(text)
	if err != nil {
		return nil, &hinted{fmt.Errorf("the jq expression is malformed: %w", err), "see https://jqlang.org/manual; quote the expression for the shell: --jq '.count += 1'"}
	}
	e := &expression{text: text}
	var names []string
	for _, argument := range arguments {
		name, value, _ := strings.Cut(argument, "=")
		names, e.values = append(names, name), append(e.values, value)
	}
	for _, argument := range jsonArguments {
		name, value, _ := strings.Cut(argument, "=")
		v, err := decode([]byte(value))
		if err != nil {
			return nil, &hinted{fmt.Errorf("--argjson %s: %w", name, err), "give a text by --arg " + name + " VALUE"}
		}
		names, e.values = append(names, name), append(e.values, v)
	}
	for _, given := range append([]string{text}, arguments...) {
		if !utf8.ValidString(given) {
			return nil, &hinted{errors.New("the jq expression or an --arg is not valid UTF-8"), "convert it, for instance with iconv -f latin1 -t utf-8"}
		}
	}
	for i, name := range names {
		if !variableName.MatchString(name) {
			return nil, &hinted{fmt.Errorf("%q is not the name of a jq variable", name), "write --arg NAME VALUE, and $NAME in the expression"}
		}
		names[i] = "$" + name
	}
	if e.code, err = gojq.Compile(query, gojq.WithVariables(names)); err != nil {
		return nil, &hinted{fmt.Errorf("the jq expression is malformed: %w", err), "see https://jqlang.org/manual; a value of your own is given by --arg NAME VALUE"}
	}
	return e, nil
}

// decode reads JSON into the types that gojq takes. Numbers keep their digits
// until the expression computes with them.
func decode(data []byte) (any, error) {
	if _, err := compact(data); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}

// The results that an expression must not have.
var (
	errStoredNotJSON = errors.New("what is stored is not JSON")
	errNoResult      = errors.New("the jq expression yields nothing")
	errManyResults   = errors.New("the jq expression yields more than one value")
	errHalfRune      = errors.New("what is stored holds half of a surrogate pair, which an expression would not leave as it is")
	errNotFinite     = errors.New("the jq expression yields a number that is not finite, which JSON has no form for")
)

// apply returns what the expression makes of a value, nil standing for null.
// If the result equals the value, it is the value, byte for byte.
func (e *expression) apply(ctx context.Context, value []byte) ([]byte, error) {
	var input any
	if value != nil {
		var err error
		if input, err = decode(value); err != nil {
			return nil, errStoredNotJSON
		}
		if (awsjar.JSON{}).Unmarshal(value, new(json.RawMessage)) != nil { // it is JSON, but not all of it would come back
			return nil, errHalfRune
		}
	}
	results := e.code.RunWithContext(ctx, input, e.values...)
	result, ok := results.Next()
	if !ok {
		return nil, errNoResult
	}
	if err, failed := result.(error); failed {
		return nil, e.failure(ctx, err)
	}
	if more, ok := results.Next(); ok {
		if err, failed := more.(error); failed {
			return nil, e.failure(ctx, err)
		}
		return nil, errManyResults
	}
	if !finite(result) {
		return nil, errNotFinite
	}
	if same(input, result) {
		return value, nil
	}
	return gojq.Marshal(result)
}

// finite reports whether JSON can hold a value: gojq would write null for NaN
// and the largest number for infinity.
func finite(v any) bool {
	switch v := v.(type) {
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	case []any:
		return !slices.ContainsFunc(v, func(element any) bool { return !finite(element) })
	case map[string]any:
		for _, member := range v {
			if !finite(member) {
				return false
			}
		}
	}
	return true
}

// same reports whether two values are written alike.
func same(a, b any) bool {
	x, errX := gojq.Marshal(a)
	y, errY := gojq.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// joinPairs turns "--arg name value" into the "--arg name=value" that one flag
// can hold.
func joinPairs(args []string) []string {
	var joined []string
	for i := 0; i < len(args); i++ {
		pair := args[i] == "--arg" || args[i] == "--argjson"
		if pair && i+2 < len(args) && !strings.Contains(args[i+1], "=") {
			joined = append(joined, args[i]+"="+args[i+1]+"="+args[i+2])
			i += 2
			continue
		}
		if args[i] == "--" {
			return append(joined, args[i:]...)
		}
		joined = append(joined, args[i])
	}
	return joined
}
