package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) diff() *cobra.Command {
	var asJSON bool
	var at string
	cmd := &cobra.Command{
		Use:   "diff URL [VERSION [VERSION]]",
		Short: "Show what changed between two versions",
		Long: `Show what changed between two versions: the last change if none is named, from one
version to the current value, or from the first to the second. Nothing is printed
where both are equal.

` + versionGrammar,
		Example: `  awsjar diff s3://my-bucket/state.json
  awsjar diff s3://my-bucket/state.json --at '1 hour ago'
  awsjar diff --json file:state.json @~3 @~1`,
		Args: func(cmd *cobra.Command, args []string) error {
			if at != "" && len(args) > 1 {
				return oneVersion(&at)(cmd, args[:2])
			}
			return cobra.RangeArgs(1, 3)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			ids := args[1:]
			if at != "" {
				ids = []string{""}
			}
			for i, name := range ids {
				if ids[i], err = c.versionOf(cmd.Context(), jar, name, at); err != nil {
					return err
				}
			}
			before, after, err := c.sides(cmd.Context(), jar, ids)
			if err != nil {
				return err
			}
			if asJSON {
				return c.writePatch(before.value, after.value)
			}
			return c.writeDiff(before, after)
		},
	}
	atFlag(cmd, &at)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print an RFC 6902 patch; where nothing is stored stands null")
	return cmd
}

// side is one of the two versions of a comparison.
type side struct {
	name  string
	value []byte // nil if nothing is stored
}

// sides loads the two versions to compare.
func (c *command) sides(ctx context.Context, jar *awsjar.Jar[json.RawMessage], ids []string) (before, after side, err error) {
	if len(ids) == 2 {
		if before, err = c.sideAt(ctx, jar, ids[0]); err == nil {
			after, err = c.sideAt(ctx, jar, ids[1])
		}
		return before, after, err
	}
	newest, err := newestTwo(ctx, jar)
	if err != nil {
		return before, after, err
	}
	if len(newest) == 0 {
		return before, after, &awsjar.Error{Op: "diff", Target: jar.String(), Err: awsjar.ErrNotFound}
	}
	if after, err = c.sideOf(ctx, jar, newest[0]); err != nil {
		return before, after, err
	}
	switch {
	case len(ids) == 1:
		before, err = c.sideAt(ctx, jar, ids[0])
	case len(newest) == 2:
		before, err = c.sideOf(ctx, jar, newest[1])
	default:
		before.name = "nothing"
	}
	return before, after, err
}

// sideOf loads a version from the history.
func (c *command) sideOf(ctx context.Context, jar *awsjar.Jar[json.RawMessage], meta awsjar.Meta) (side, error) {
	if meta.Deleted {
		return side{name: "version " + meta.VersionID}, nil
	}
	return c.sideAt(ctx, jar, meta.VersionID)
}

func (c *command) sideAt(ctx context.Context, jar *awsjar.Jar[json.RawMessage], id string) (side, error) {
	entry, err := jar.At(ctx, id)
	if err != nil {
		return side{}, c.atVersion(err)
	}
	text, err := compact(entry.Value)
	if err != nil {
		return side{}, &hinted{c.notJSON(err), "see what is stored: awsjar show --raw " + quote(c.url) + " " + quote(id)}
	}
	return side{name: "version " + id, value: text}, nil
}

// writeDiff writes a unified diff with one member a line.
func (c *command) writeDiff(before, after side) error {
	text := diff.Diff(before.name, lines(before.value), after.name, lines(after.value))
	for line := range bytes.Lines(text) {
		if bytes.HasPrefix(line, []byte("diff ")) {
			continue
		}
		if err := c.writeDiffLine(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return err
		}
	}
	return nil
}

func lines(value []byte) []byte {
	if value == nil {
		return nil
	}
	return append(indent(value), '\n')
}

func (c *command) writeDiffLine(line []byte) error {
	line = c.shown(line)
	color := map[byte]string{'-': red, '+': green, '@': cyan}[line[0]]
	if color == "" || !c.colored() {
		_, err := fmt.Fprintf(c.stdout, "%s\n", line)
		return err
	}
	_, err := fmt.Fprintf(c.stdout, "%s%s%s\n", color, line, reset)
	return err
}

// writePatch writes the RFC 6902 patch that turns one value into the other.
func (c *command) writePatch(before, after []byte) error {
	if before == nil {
		before = []byte("null")
	}
	if after == nil {
		after = []byte("null")
	}
	return c.writeJSON(patchOf(before, after))
}

// exactly reads JSON with the digits of its numbers.
func exactly(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return dec.Decode(v)
}
