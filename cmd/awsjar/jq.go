package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/itchyny/gojq"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// expression is a jq program with its arguments.
type expression struct {
	text   string
	code   *gojq.Code
	values []any
	given  map[uintptr]object // the objects among the values
	order  *order             // of the objects of this run
}

var variableName = lazyregexp.New(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// compileJQ makes an expression of its text and of arguments "name=value".
func compileJQ(text string, arguments, jsonArguments []string) (*expression, error) {
	query, err := gojq.Parse(text)
	if err != nil {
		return nil, &hinted{fmt.Errorf("the jq expression is malformed: %w", err), "see https://jqlang.org/manual; quote the expression for the shell: --jq '.count += 1'"}
	}
	e := &expression{text: text, order: newOrder()}
	var names []string
	for _, argument := range arguments {
		name, value, _ := strings.Cut(argument, "=")
		names, e.values = append(names, name), append(e.values, value)
	}
	for _, argument := range jsonArguments {
		name, value, _ := strings.Cut(argument, "=")
		v, err := e.order.decode([]byte(value))
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
		if !variableName().MatchString(name) {
			return nil, &hinted{fmt.Errorf("%q is not the name of a jq variable", name), "write --arg NAME VALUE, and $NAME in the expression"}
		}
		names[i] = "$" + name
	}
	if err = withOrder(query); err == nil {
		e.code, err = gojq.Compile(query, append(e.order.functions(), gojq.WithVariables(names))...)
	}
	if err != nil {
		return nil, notToCompile(err)
	}
	e.given = e.order.known
	return e, nil
}

// notToCompile adds the remedy for an expression that gojq or we refuse.
func notToCompile(err error) error {
	if _, ok := errors.AsType[*elsewhereError](err); ok {
		return err // the command has the hint
	}
	if errors.Is(err, errEnvironment) {
		return &hinted{err, `give it the value: --arg home "$HOME", and $home in the expression`}
	}
	return &hinted{fmt.Errorf("the jq expression is malformed: %w", err), "see https://jqlang.org/manual; a value of your own is given by --arg NAME VALUE"}
}

// The results that an expression must not have.
var (
	errNoResult    = errors.New("the jq expression yields nothing")
	errManyResults = errors.New("the jq expression yields more than one value")
	errNotFinite   = errors.New("the jq expression yields a number that is not finite, which JSON has no form for")
	errTooDeep     = fmt.Errorf("the jq expression yields more than %d arrays and objects within each other, which could not be read again", exactjson.MaxDepth)
)

// apply returns the result of the expression for a value, nil standing for null.
// If nothing changes, it is the value, byte for byte.
func (e *expression) apply(ctx context.Context, value []byte) ([]byte, error) {
	e.order.known, e.order.left, e.order.unclear = maps.Clone(e.given), math.MaxInt, nil
	var input any
	if value != nil {
		var err error
		if input, err = e.order.decode(value); err != nil {
			return nil, fmt.Errorf("%w: %w", awsjar.ErrCorrupt, err)
		}
	}
	e.order.left = maxNoted
	result, err := e.run(ctx, input)
	if err != nil {
		return nil, err
	}
	if err := storable(result, 0); err != nil {
		return nil, err
	}
	if value == nil && result == nil {
		return nil, nil
	}
	text, err := e.order.store(value, input, result)
	if stored, _ := compact(value); err != nil || bytes.Equal(text, stored) {
		return value, err
	}
	return text, nil
}

// run returns the one result of the expression. It runs in a goroutine, for
// some functions of gojq do not look at the context while they compute; the
// program ends soon after the context.
func (e *expression) run(ctx context.Context, input any) (any, error) {
	type end struct {
		result any
		err    error
	}
	ended := make(chan end, 1)
	go func() {
		result, err := e.only(ctx, input)
		ended <- end{result, err}
	}()
	select {
	case end := <-ended:
		return end.result, end.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// only returns the first result if there is no other.
func (e *expression) only(ctx context.Context, input any) (any, error) {
	results := e.code.RunWithContext(ctx, input, e.values...)
	result, some := results.Next()
	more, many := any(nil), false
	if _, failed := result.(error); some && !failed {
		more, many = results.Next()
	}
	if e.order.unclear != nil {
		return nil, e.order.unclear
	}
	for _, v := range []any{result, more} {
		if err, failed := v.(error); failed {
			return nil, e.failure(ctx, err)
		}
	}
	switch {
	case !some:
		return nil, errNoResult
	case many:
		return nil, errManyResults
	}
	return result, nil
}

// storable returns an error for a value that cannot be stored and read again.
// For NaN gojq would write null, and for infinity the largest number.
func storable(v any, depth int) error {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return errNotFinite
		}
		return nil
	case []any:
		if depth == exactjson.MaxDepth {
			return errTooDeep
		}
		for _, element := range v {
			if err := storable(element, depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		if depth == exactjson.MaxDepth {
			return errTooDeep
		}
		for _, member := range v {
			if err := storable(member, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
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
