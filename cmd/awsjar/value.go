package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

// readValue returns the value that an argument gives: the text itself,
// @FILE, or - for stdin. Without an argument it is stdin, unless somebody
// would have to type it.
func (c *command) readValue(args []string) ([]byte, error) {
	switch {
	case len(args) == 0 && c.typing:
		return nil, &usageError{&hinted{errors.New("the value is missing"), "give it as an argument, as @FILE, or on stdin"}}
	case len(args) == 0 || args[0] == "-":
		data, err := io.ReadAll(c.stdin)
		if err != nil {
			return nil, fmt.Errorf("reading stdin: %w", err)
		}
		return data, nil
	case !typed(args):
		return readFile(args[0][1:])
	}
	return []byte(args[0]), nil
}

func readFile(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, &hinted{fmt.Errorf("the value cannot be read: %w", err), "name a file that is there, or give - to read from stdin"}
	}
	return data, nil
}

// typed reports whether the value stands in the command line itself.
func typed(args []string) bool {
	return len(args) > 0 && args[0] != "-" && !strings.HasPrefix(args[0], "@")
}

// compact returns JSON without white space. Members stay in their order and
// numbers keep their digits.
func compact(data []byte) ([]byte, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("not JSON: it is not valid UTF-8")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, errors.New("not JSON: it is empty")
	}
	if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
		syntax, ok := errors.AsType[*json.SyntaxError](err)
		switch {
		case ok && syntax.Error() == "unexpected end of JSON input":
			return nil, errors.New("not JSON: it ends too early")
		case ok:
			return nil, fmt.Errorf("not JSON, at byte %d", syntax.Offset)
		}
		return nil, errors.New("not JSON")
	}
	var buf bytes.Buffer
	if err := json.Compact(&buf, data); err != nil {
		return nil, errors.New("not JSON")
	}
	return buf.Bytes(), nil
}

// indent returns JSON with every member on a line of its own.
func indent(data []byte) []byte {
	var buf bytes.Buffer
	if json.Indent(&buf, data, "", "  ") != nil {
		return data
	}
	return buf.Bytes()
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
	_, err = fmt.Fprintf(c.stdout, "%s\n", text)
	return err
}

// writeJSON writes one line for a machine.
func (c *command) writeJSON(v any) error {
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// notJSON is the error for a stored value that is something else.
func (c *command) notJSON(err error) error {
	return &awsjar.Error{Op: "get", Target: c.url, Err: fmt.Errorf("%w: %w", awsjar.ErrCorrupt, err)}
}
