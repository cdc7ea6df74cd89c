package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/exactjson"
	"github.com/awsjar/awsjar/jarurl"
)

const valueArgument = `The value is JSON: an argument, @FILE, or stdin (- or nothing). Members keep
their order and numbers their digits; white space is dropped. What is not JSON
is exit code 2 as an argument, and 1 from a file or stdin.

Arguments can be seen by all users of the machine, for instance in ps, and stay
in the history of the shell. @FILE and stdin keep a secret from both.

With --python it is stored as Python awsjar stores it: a lone text without
quotes where its get returns that, a datetime for an object such as
  {"_dt_": true, "repr": "datetime.datetime(2019, 1, 9, 18, 49)"}
and in a function never packed; with lambda://NAME?form=python it is compressed,
as with compression=True.`

func (c *command) put() *cobra.Command {
	var w write
	cmd := &cobra.Command{
		Use:        "put URL [VALUE|@FILE|-]",
		Aliases:    []string{"set"},
		SuggestFor: []string{"write", "store", "save"},
		Short:      "Store a value, whatever is there",
		Long:       "Store a value, whatever is there.\n\n" + valueArgument,
		Example: `  awsjar put lambda://sams-lambda '{"num_acorns": 50}'
  awsjar put s3://my-bucket/state.json @state.json
  generate | awsjar put file:state.json
  awsjar put --python lambda://read-by-python '{"name": "Sam"}'
  awsjar put --if "$(awsjar get --json file:state.json | jq -r .revision)" file:state.json '{}'`,
		Args: urlAndValue,
		RunE: func(cmd *cobra.Command, args []string) error {
			revision := awsjar.Any
			if cmd.Flags().Changed("if") {
				w.force = true // the file was looked at
				revision = awsjar.Revision(w.revision)
			}
			return c.store(cmd.Context(), args, w, revision)
		},
	}
	w.flags(cmd)
	forceFlag(cmd, &w.force)
	cmd.Flags().StringVar(&w.revision, "if", "", "only if the state is still at this `revision`, of get --json; \"\" for nothing stored")
	return cmd
}

func (c *command) create() *cobra.Command {
	var w write
	cmd := &cobra.Command{
		Use:     "create URL [VALUE|@FILE|-]",
		Short:   "Store a value if nothing is stored yet",
		Long:    "Store a value if nothing is stored yet; else exit code 4.\n\n" + valueArgument,
		Example: `  awsjar create lambda://sams-lambda '{"num_acorns": 0}'`,
		Args:    urlAndValue,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.store(cmd.Context(), args, w, awsjar.None)
		},
	}
	w.flags(cmd)
	return cmd
}

// urlAndValue are the arguments of put and create.
func urlAndValue(cmd *cobra.Command, args []string) error {
	if len(args) > 2 {
		return &hinted{fmt.Errorf("the value is in %d pieces", len(args)-1), `quote it for the shell, such as '{"num_acorns": 50}'`}
	}
	return cobra.RangeArgs(1, 2)(cmd, args)
}

// write says how put and create store a value.
type write struct {
	pretty, raw, json, python bool
	force                     bool // also a file that is not awsjar's
	revision                  string
}

func (w *write) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&w.pretty, "pretty", false, "store it with one member a line")
	cmd.Flags().BoolVar(&w.raw, "raw", false, "store the bytes as they are, JSON or not")
	cmd.Flags().BoolVar(&w.json, "json", false, "print where it went: revision, version and size")
	cmd.Flags().BoolVar(&w.python, "python", false, "store it so that Python awsjar's get returns it")
	cmd.MarkFlagsMutuallyExclusive("pretty", "raw")
	cmd.MarkFlagsMutuallyExclusive("python", "raw")
}

func (c *command) store(ctx context.Context, args []string, w write, revision awsjar.Revision) error {
	target, err := c.target(args[0])
	if err != nil {
		return err
	}
	if w.python {
		target = readByPython(target)
	}
	store, err := c.openTarget(ctx, target)
	if err != nil {
		return err
	}
	jar := bytesOf(store)
	value, err := c.readValue(ctx, args[1:])
	if err != nil {
		return err
	}
	if value, err = w.encode(value, target); err != nil {
		hint := hintForValue(err)
		if typed(args[1:]) && isFile(args[1]) {
			hint = "to read the file: " + quote("@"+args[1])
		}
		err = &hinted{fmt.Errorf("%s %s: the value is refused: %w", c.name, jar, err), hint}
		if typed(args[1:]) {
			return &usageError{err}
		}
		return err
	}
	if revision == awsjar.Any && !w.force {
		if err := c.spareForeign(ctx, args[0], store); err != nil {
			return err
		}
	}
	meta, err := jar.PutIf(ctx, value, revision)
	if err != nil && w.python {
		return c.forPython(err, target)
	}
	if err != nil || !w.json {
		return err
	}
	return c.writeJSON(c.describe(meta))
}

// encode returns the bytes to store for a value as it was given, or that value
// and the error that says why it is no JSON.
func (w write) encode(given []byte, target jarurl.Target) ([]byte, error) {
	if w.raw {
		return given, nil
	}
	value, err := compact(given)
	if err != nil {
		return given, err
	}
	if w.python {
		if value, err = toPython(value, target); err != nil {
			return given, &hinted{err, "a datetime is an object such as " + datetimeExample + ", and no other may have a member _dt_"}
		}
	}
	if w.pretty && json.Valid(value) {
		value = indent(value)
	}
	return value, nil
}

// hintForValue says how to store a value that is not JSON: as the rule says,
// where that knows a way that fits a file and an argument.
func hintForValue(err error) string {
	if hint := hintOf(err); hint != "" {
		return hint
	}
	why, ok := errors.AsType[*exactjson.Error](err)
	if !ok {
		why = &exactjson.Error{}
	}
	hint := why.Hint
	switch why.Kind {
	case exactjson.Empty:
		return "give the value as an argument, as @FILE, or on stdin; an empty text is '\"\"', an empty state is {}"
	case exactjson.HalfSurrogate:
		return "no UTF-8 text can hold it: write \\ufffd in that place"
	case exactjson.Compressed:
		hint = "decompress it, for instance with gzip -d"
	case exactjson.NotUTF8:
		hint = "convert it, for instance with iconv -f latin1 -t utf-8"
	case exactjson.Cut, exactjson.Zeros, exactjson.Trailing:
		hint = "check where the value comes from"
	case exactjson.TooDeep:
		hint = "store it flatter"
	case exactjson.NonFinite:
		hint = "write null or a text in that place"
	case exactjson.PythonText:
		hint = "print it by json.dumps in Python"
	case exactjson.Syntax:
		hint = "a text needs quotes within quotes: '\"hello\"'"
	}
	if hint != "" {
		hint += "; "
	}
	return hint + "any bytes are stored with --raw"
}
