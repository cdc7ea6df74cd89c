package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/jarurl"
)

// updating is how update changes a value.
type updating struct {
	form
	text                     string
	arguments, jsonArguments []string
	program                  []string

	existing, dryRun, json, python, lenient bool
	revision                                string
}

func (c *command) update() *cobra.Command {
	var u updating
	cmd := &cobra.Command{
		Use:        "update URL (--jq EXPRESSION | -- COMMAND ...)",
		SuggestFor: []string{"change", "modify", "patch"},
		Short:      "Change the value atomically by a jq expression or any program",
		Long: `Change the value by a jq expression, or by a program that reads the value from
stdin and prints the new one; then print it. If another writer is first, the
expression or the program runs again on the value of that writer: the change is
applied exactly once. If the value stays as it is, nothing is written.

A jq expression must yield exactly one value. If nothing is stored its input is
null; if the result is null too, nothing is stored. Integers of any size stay
exact, members keep their order, and a part that stays equal keeps its text.
The expression is run by gojq, which has no modules, no input function and no
environment here. It gives the result of jq with the members in the order of jq,
or it is refused: where a literal computes a name that has several values, and
for the functions tostream, combinations, builtins and those of input and debugging.

A program, such as jq itself, gets empty stdin if nothing is stored. Its stdout
is stored after it has ended with exit code 0, without white space. If it fails,
or prints nothing or something else than one JSON value, nothing is stored. It
may run several times, so it should do nothing else.

Arguments can be seen by all users of the machine, for instance in ps. A secret
in --arg, --jq or COMMAND is no secret: let the program read it from a file or
from its environment, or store it by put with @FILE or stdin.`,
		Example: `  awsjar update lambda://sams-lambda --jq '.num_acorns += 1'
  awsjar update s3://my-bucket/state.json --jq '.hideouts += [$h]' --arg h tree
  awsjar update file:state.json --jq '. // {} | .seen[$id] = now' --arg id 42 --timeout 10s
  awsjar update s3://my-bucket/state.json -- jq '.seen |= (to_entries | .[-300:] | from_entries)'
  awsjar update s3://my-bucket/state.json --dry-run -- python3 trim.py`,
		Args: func(cmd *cobra.Command, args []string) error {
			return u.check(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			u.program = args[1:]
			w := conditions{existing: u.existing}
			if cmd.Flags().Changed("if") {
				w.revision = (*awsjar.Revision)(&u.revision)
			}
			return c.runUpdate(cmd.Context(), args[0], u, w)
		},
	}
	u.flags(cmd)
	return cmd
}

func (u *updating) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&u.text, "jq", "", "the `expression`; see https://jqlang.org/manual")
	flags.StringArrayVar(&u.arguments, "arg", nil, "`name value`: $name is this string")
	flags.StringArrayVar(&u.jsonArguments, "argjson", nil, "`name value`: $name is this JSON value")
	flags.BoolVar(&u.existing, "existing", false, "only if a value is stored; else exit code 3")
	flags.StringVar(&u.revision, "if", "", "only if the state is still at this `revision`, of get --json; \"\" for nothing stored")
	flags.BoolVar(&u.dryRun, "dry-run", false, "store nothing, and show the difference; with --json as an RFC 6902 patch")
	flags.BoolVar(&u.json, "json", false, "print where it went: revision, version and size")
	flags.BoolVar(&u.python, "python", false, "the value is one of Python awsjar: a lone text is JSON in between, a datetime an object "+datetimeExample)
	lenientFlag(cmd, &u.lenient)
	u.form.flags(cmd)
	cmd.MarkFlagsMutuallyExclusive("json", "pretty")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "pretty")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "compact")
}

// check says what is missing between the arguments and --jq.
func (u *updating) check(cmd *cobra.Command, args []string) error {
	expression, dash := cmd.Flags().Changed("jq"), cmd.ArgsLenAtDash()
	switch {
	case expression && dash >= 0 && len(args) > 1:
		return &hinted{errors.New("--jq and a command exclude each other"), "write awsjar update " + quote(args[0]) + " --jq " + quote(u.text)}
	case dash < 0 && len(args) == 2 && !expression:
		return &hinted{errors.New("the expression needs --jq before it"), "write awsjar update " + quote(args[0]) + " --jq " + quote(args[1])}
	case dash == 0 || len(args) == 0:
		return cobra.ExactArgs(1)(cmd, nil)
	case dash != 1 && len(args) > 1:
		return &hinted{errors.New("there is more than one URL"), "write -- before a command: awsjar update " + quote(args[0]) + " -- " + quote(args[1])}
	case !expression && len(args) == 1:
		return &hinted{errors.New("the change is missing"), "give it by --jq EXPRESSION, or by -- COMMAND ..."}
	case len(args) > 1 && len(u.arguments)+len(u.jsonArguments) > 0:
		return &hinted{errors.New("--arg and --argjson are for --jq"), "give them to the command behind --"}
	}
	return nil
}

// runUpdate changes the value at a URL.
func (c *command) runUpdate(ctx context.Context, url string, u updating, w conditions) error {
	target, err := c.target(url)
	if err != nil {
		return err
	}
	if u.python {
		target = readByPython(target)
	}
	store, err := c.openTarget(ctx, target)
	if err != nil {
		return err
	}
	change, err := c.changeBy(u, target)
	if err != nil {
		return err
	}
	if u.dryRun {
		return c.showPreview(ctx, store, u, w, change)
	}
	entry, err := c.apply(ctx, store, w, change)
	switch {
	case err != nil && u.python:
		return c.forPython(err, target)
	case err != nil:
		return err
	case u.json:
		return c.writeJSON(c.describe(entry.Meta))
	case entry.Value == nil: // nothing was stored, and nothing is
		entry.Value = json.RawMessage("null")
	case u.python:
		if entry.Value, err = c.fromPython(entry.Value, url); err != nil {
			return err
		}
	}
	return c.write(entry.Value, u.form)
}

// changeBy returns the change that the flags ask for.
func (c *command) changeBy(u updating, target jarurl.Target) (change, error) {
	by := c.byProgram(u.program)
	if len(u.program) == 0 {
		withJQ := "let jq itself change it: awsjar update " + quote(c.url) + " -- " + jqCommand(u)
		expr, err := compileJQ(u.text, u.arguments, u.jsonArguments)
		if _, ok := errors.AsType[*elsewhereError](err); ok {
			err = &hinted{err, withJQ}
		}
		if err != nil {
			return nil, &usageError{err}
		}
		by = func(ctx context.Context, value []byte) ([]byte, error) {
			changed, err := expr.apply(ctx, value)
			return changed, c.expressionFailed(err, u.text, withJQ)
		}
	}
	if u.python {
		by = c.asPython(by, target)
	}
	if u.lenient {
		by = leniently(by)
	}
	return unlessEqual(by), nil
}

// unlessEqual returns the stored value itself where a change makes the same
// JSON of it.
func unlessEqual(by change) change {
	return func(ctx context.Context, value []byte) ([]byte, error) {
		changed, err := by(ctx, value)
		if stored, notJSON := compact(value); err == nil && notJSON == nil && bytes.Equal(changed, stored) {
			return value, nil
		}
		return changed, err
	}
}

// showPreview writes the difference that a change would make.
func (c *command) showPreview(ctx context.Context, store awsjar.Store, u updating, w conditions, change change) error {
	before, after, err := c.preview(ctx, store, w, change)
	if err != nil {
		return err
	}
	if u.json {
		return c.writePatch(before.value, after.value)
	}
	return c.writeDiff(before, after)
}

// jqCommand writes the command line of jq for an expression.
func jqCommand(u updating) string {
	line := "jq"
	for _, flag := range []struct {
		name   string
		values []string
	}{{" --arg ", u.arguments}, {" --argjson ", u.jsonArguments}} {
		for _, pair := range flag.values {
			name, value, _ := strings.Cut(pair, "=")
			line += flag.name + quote(name) + " " + quote(value)
		}
	}
	return line + " " + quote(u.text)
}
