package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// failure describes the end of an expression without the stored values that
// the texts of gojq quote.
func (e *expression) failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if raised, ok := errors.AsType[gojq.ValueError](err); ok {
		if text, ok := raised.Value().(string); ok && text != "" && strings.Contains(e.text, text) {
			return fmt.Errorf("the jq expression ended itself: %s", text)
		}
		return errors.New("the jq expression ended itself")
	}
	return fmt.Errorf("the jq expression failed: %s", withoutValues(err.Error()))
}

var (
	jqFunction = lazyregexp.New(`^([@a-z_0-9]+)(?:\((?s:.*)\))? cannot be applied to`)
	jqDivision = lazyregexp.New(`^cannot (?:divide|modulo) `)
	jqOperands = lazyregexp.New(`^(cannot [a-z]+: ` + jqType + `)(?: \((?s:.*)\))? and (` + jqType + `)(?: \((?s:.*)\))?$`)
	jqOperand  = lazyregexp.New(`^[@a-z" ]+: ` + jqType + `\b`)
	jqWords    = lazyregexp.New(`^[a-z ]+`)
)

const jqType = `(?:null|boolean|number|string|array|object)`

// withoutValues keeps of an error of gojq the words that cannot be part of a
// value: the operation and the types.
func withoutValues(text string) string {
	if m := jqFunction().FindStringSubmatch(text); m != nil {
		return m[1] + " cannot be applied to this value"
	}
	if jqDivision().MatchString(text) {
		return "cannot divide by zero"
	}
	if m := jqOperands().FindStringSubmatch(text); m != nil {
		return m[1] + " and " + m[2]
	}
	if operand := jqOperand().FindString(text); operand != "" {
		return operand
	}
	return strings.TrimSpace(jqWords().FindString(text))
}

// expressionFailed adds the remedy for an expression that gave no new value.
func (c *command) expressionFailed(err error, text, withJQ string) error {
	hint := "try it without storing: awsjar get " + quote(c.url) + " | jq " + quote(text)
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, awsjar.ErrCorrupt):
		hint = c.hintForStored(err)
	case errors.Is(err, errOrder), errors.Is(err, errReleases):
		hint = withJQ
	case errors.Is(err, errNoResult):
		hint = "to keep the value where nothing matches, write (" + text + ") // ."
	case errors.Is(err, errManyResults):
		hint = "to store them all in one array, write [" + text + "]"
	case errors.Is(err, errTooDeep):
		hint = "yield a flatter value"
	case errors.Is(err, errNotFinite):
		hint = "yield null or a text instead: (" + text + ") | if type == \"number\" and (isnan or isinfinite) then null else . end"
	}
	return &hinted{err, hint}
}
