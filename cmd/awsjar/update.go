package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) update() *cobra.Command {
	var f form
	var text string
	var arguments, jsonArguments []string
	cmd := &cobra.Command{
		Use:   "update URL --jq EXPRESSION",
		Short: "Change the value atomically by a jq expression",
		Long: `Change the value by a jq expression and print the new one. If another writer is
first, the expression runs again on what that one stored; the change is applied
exactly once. If nothing is stored the input is null; if the result is null too,
nothing is stored.

The expression must yield exactly one value. Integers of any size stay exact.
Members keep their order, and what the expression leaves alone keeps its text.
If the value stays as it is, nothing is written.

The expression is run by gojq, a jq without modules, inputs and the environment.
It gives what jq gives, or is refused: where the order of members counts that
the expression itself made or changed, and for a few functions. Then jq itself,
or any other program, can make the change.`,
		Example: `  awsjar update lambda://sams-lambda --jq '.num_acorns += 1'
  awsjar update s3://my-bucket/state.json --jq '.hideouts += [$h]' --arg h tree
  awsjar update file:state.json --jq '. // {} | .seen[$id] = now' --arg id 42 --timeout 10s`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 2 {
				return &hinted{errors.New("the expression needs --jq before it"), "write awsjar update " + quote(args[0]) + " --jq " + quote(args[1])}
			}
			return cobra.ExactArgs(1)(nil, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			jar, err := c.jar(ctx, args[0])
			if err != nil {
				return err
			}
			withJQ := "let jq itself change it: awsjar update " + quote(args[0]) + " -- " + jqCommand(text, arguments, jsonArguments)
			expr, err := compileJQ(text, arguments, jsonArguments)
			if _, ok := errors.AsType[*elsewhereError](err); ok {
				err = &hinted{err, withJQ}
			}
			if err != nil {
				return &usageError{err}
			}
			value, err := jar.Update(ctx, func(value *json.RawMessage) error {
				changed, err := expr.apply(ctx, *value)
				if err != nil {
					return c.expressionFailed(err, jar.String(), text, withJQ)
				}
				*value = changed
				return nil
			})
			if err != nil {
				return err
			}
			if value == nil { // nothing was stored, and nothing is
				value = json.RawMessage("null")
			}
			return c.write(value, f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&text, "jq", "", "the `expression`; see https://jqlang.org/manual")
	flags.StringArrayVar(&arguments, "arg", nil, "`name value`: $name is this string")
	flags.StringArrayVar(&jsonArguments, "argjson", nil, "`name value`: $name is this JSON value")
	f.flags(cmd)
	cmd.MarkFlagRequired("jq") // fails only if there were no such flag
	return cmd
}

// jqCommand writes the command line of jq for an expression.
func jqCommand(text string, arguments, jsonArguments []string) string {
	line := "jq"
	for _, flag := range []struct {
		name   string
		values []string
	}{{" --arg ", arguments}, {" --argjson ", jsonArguments}} {
		for _, pair := range flag.values {
			name, value, _ := strings.Cut(pair, "=")
			line += flag.name + quote(name) + " " + quote(value)
		}
	}
	return line + " " + quote(text)
}

// expressionFailed says what to do about an expression that gave no new value.
func (c *command) expressionFailed(err error, target, text, withJQ string) error {
	told := &awsjar.Error{Op: "update", Target: target, Err: err}
	switch {
	case errors.Is(err, errStoredNotJSON):
		told.Err = fmt.Errorf("%w: %w", awsjar.ErrCorrupt, err)
	case errors.Is(err, errOrder), errors.Is(err, errReleases):
		told.Hint = withJQ
	case errors.Is(err, errNoResult):
		told.Hint = "to keep the value where nothing matches, write (" + text + ") // ."
	case errors.Is(err, errManyResults):
		told.Hint = "to store them all in one array, write [" + text + "]"
	case errors.Is(err, errNotFinite):
		told.Hint = "yield null or a text instead: (" + text + ") | if type == \"number\" and (isnan or isinfinite) then null else . end"
	case errors.Is(err, errHalfRune):
		told.Hint = "see what is stored: awsjar get --raw " + quote(c.url) + "; a put of the whole value replaces it"
	case !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
		told.Hint = "try it without storing: awsjar get " + quote(c.url) + " | jq " + quote(text)
	}
	return told
}
