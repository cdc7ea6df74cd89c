package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/exactjson"
)

// readValue returns the value that an argument gives: the text itself,
// @FILE, or - for stdin. Without an argument it is stdin, unless somebody
// would have to type it.
func (c *command) readValue(ctx context.Context, args []string) ([]byte, error) {
	switch {
	case len(args) == 0 && c.typing:
		return nil, &usageError{&hinted{errors.New("the value is missing"), "give it as an argument, as @FILE, or on stdin"}}
	case len(args) == 0 || args[0] == "-":
		data, err := c.readStdin(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading stdin: %w", err)
		}
		return data, nil
	case !typed(args):
		return readFile(args[0][1:])
	}
	return []byte(args[0]), nil
}

// readStdin returns all of stdin. Where the context ends before it, the read goes
// on until the program ends: nothing else can end it.
func (c *command) readStdin(ctx context.Context) ([]byte, error) {
	var data []byte
	done := make(chan error, 1)
	go func() {
		var err error
		data, err = io.ReadAll(c.stdin)
		done <- err
	}()
	select {
	case err := <-done:
		return data, err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func readFile(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, &hinted{fmt.Errorf("the value cannot be read: %w", err), "name a file that is there, or give - to read from stdin"}
	}
	return data, nil
}

// isFile reports whether a text names a file.
func isFile(text string) bool {
	info, err := os.Stat(text)
	return err == nil && info.Mode().IsRegular()
}

// typed reports whether the value stands in the command line itself.
func typed(args []string) bool {
	return len(args) > 0 && args[0] != "-" && !strings.HasPrefix(args[0], "@")
}

// compact returns JSON without white space, if it is JSON that every program
// can read. Members stay in their order and numbers keep their digits.
func compact(data []byte) ([]byte, error) {
	return compactBy(exactjson.Rule{}, data)
}

func compactBy(rule exactjson.Rule, data []byte) ([]byte, error) {
	if err := rule.Check(data); err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err := json.Compact(&buf, data)
	return buf.Bytes(), err
}

// indent returns JSON with every member on a line of its own.
func indent(data []byte) []byte {
	var buf bytes.Buffer
	if json.Indent(&buf, data, "", "  ") != nil {
		return data
	}
	return buf.Bytes()
}

// bytesOf opens the state of a store as the bytes that are stored.
func bytesOf(store awsjar.Store) *awsjar.Jar[json.RawMessage] {
	return awsjar.New[json.RawMessage](store, func(o *awsjar.Options) { o.Codec = awsjar.Bytes{} })
}

// limitFlag adds the flag --limit, a number that is not negative; 0 is none.
func limitFlag(cmd *cobra.Command, limit *int, usage string) {
	cmd.Flags().FuncP("limit", "n", usage, func(text string) (err error) {
		if *limit, err = strconv.Atoi(text); err != nil || *limit < 0 {
			return errors.New("write a whole number that is not negative")
		}
		return nil
	})
}

// form says how a command writes a value.
type form struct{ pretty, compact, raw bool }

func (f *form) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.pretty, "pretty", false, "one member a line (default on a terminal)")
	cmd.Flags().BoolVar(&f.compact, "compact", false, "all on one line (default elsewhere)")
	cmd.MarkFlagsMutuallyExclusive("pretty", "compact")
}

func (f *form) rawFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.raw, "raw", false, "the stored bytes as they are, JSON or not")
	cmd.MarkFlagsMutuallyExclusive("raw", "pretty")
	cmd.MarkFlagsMutuallyExclusive("raw", "compact")
}

// write writes a stored value to stdout.
func (c *command) write(value []byte, f form) error {
	if f.raw {
		if err := c.mustBePlain(value); err != nil {
			return err
		}
		_, err := c.stdout.Write(value)
		return err
	}
	text, err := compact(value)
	if err != nil {
		return c.notJSON(err)
	}
	if f.pretty || !f.compact && c.watching {
		text = indent(text)
	}
	_, err = fmt.Fprintf(c.stdout, "%s\n", c.shown(text))
	return err
}

// writeJSON writes one line for a machine.
func (c *command) writeJSON(v any) error {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := c.stdout.Write(c.shown(line.Bytes()))
	return err
}

// notJSON is the error for a stored value that is something else.
func (c *command) notJSON(err error) error {
	return &awsjar.Error{
		Op: c.name, Target: c.url, Hint: c.hintForStored(err),
		Err: fmt.Errorf("%w: %w", awsjar.ErrCorrupt, err),
	}
}

// hintForStored returns the remedy for stored bytes that are not JSON.
func (c *command) hintForStored(err error) string {
	url, look := quote(c.url), "see what is stored: awsjar get --raw "+quote(c.url)
	why, ok := errors.AsType[*exactjson.Error](err)
	if !ok {
		return look
	}
	switch why.Kind {
	case exactjson.HalfSurrogate:
		return "read it with U+FFFD in that place: awsjar get --replace-surrogates " + url + "; update has the flag as well"
	case exactjson.Empty, exactjson.Zeros, exactjson.Cut:
		if strings.HasPrefix(c.url, "s3:") || strings.HasPrefix(c.url, "file:") {
			return "bring back the newest version that can be read: awsjar restore --last-good " + url + "; or start anew: awsjar put " + url + " '{}'"
		}
		return look + "; or start anew: awsjar put " + url + " '{}'"
	case exactjson.NonFinite:
		return "let a program write null in that place, for instance: awsjar update " + url + " -- sed s/NaN/null/g; or " + look
	case exactjson.ByteOrderMark:
		return "let a program remove the mark: awsjar update " + url + " -- tail -c +4; or " + look
	case exactjson.UTF16:
		return "let a program convert it: awsjar update " + url + " -- iconv -f utf-16 -t utf-8; or " + look
	case exactjson.Compressed:
		return "let a program decompress it, for instance: awsjar update " + url + " -- gzip -d; or " + look
	case exactjson.PythonText:
		return "if Python awsjar stored it, read it with --python; or " + look
	}
	return look
}

func lenientFlag(cmd *cobra.Command, set *bool) {
	cmd.Flags().BoolVar(set, "replace-surrogates", false, "read U+FFFD for half of a surrogate pair, which else cannot be read")
}

// replaceSurrogates returns JSON with U+FFFD for halves of surrogate pairs.
func replaceSurrogates(value []byte) ([]byte, error) {
	o := newOrder()
	v, err := o.decodeBy(exactjson.Rule{ReplaceSurrogates: true}, value)
	if err != nil {
		return nil, err
	}
	return o.text(v)
}

// leniently returns a change that gets the stored value with U+FFFD for halves
// of surrogate pairs. A value that has none of them, or is no JSON, it gets as
// it is.
func leniently(by change) change {
	return func(ctx context.Context, value []byte) ([]byte, error) {
		why, ok := errors.AsType[*exactjson.Error](exactjson.Rule{}.Check(value))
		if ok && why.Kind == exactjson.HalfSurrogate {
			if text, err := replaceSurrogates(value); err == nil {
				value = text
			}
		}
		return by(ctx, value)
	}
}
