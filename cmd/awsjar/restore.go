package main

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) restore() *cobra.Command {
	var asJSON, lastGood, readByPython bool
	var at string
	cmd := &cobra.Command{
		Use:        "restore URL (VERSION | --at TIME | --last-good)",
		SuggestFor: []string{"rollback", "revert"},
		Short:      "Make an earlier version the current one again",
		Long: `Store the value of an earlier version as a new one. No version is removed. If
another writer is first, nothing is changed and the exit code is 4.

With --last-good it is the newest version that is JSON, or with --python that
Python awsjar can read. Where that is the current one, nothing is written.

` + versionGrammar,
		Example: `  awsjar restore s3://my-bucket/state.json 3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY
  awsjar restore s3://my-bucket/state.json --at 2026-11-25T09:00
  awsjar restore s3://my-bucket/state.json --last-good`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case readByPython && !lastGood:
				return &hinted{errors.New("--python is for --last-good"), "a version that is named is stored again as it is, for Python awsjar too: leave --python out"}
			case len(args) == 1 && !lastGood && at == "":
				return &hinted{errors.New("the version is missing"), "take its id from: awsjar history " + quote(args[0]) + "; or give --last-good"}
			case len(args) == 2 && lastGood:
				return &hinted{errors.New("an id and --last-good exclude each other"), "leave out one of them"}
			case lastGood:
				return cobra.ExactArgs(1)(cmd, args)
			}
			return oneVersion(&at)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if lastGood {
				id, err := c.lastGood(cmd.Context(), args[0], readByPython)
				if err != nil {
					return err
				}
				args = append(args, id)
			}
			id, err := c.versionOf(cmd.Context(), jar, args[len(args)-1], at)
			if err != nil {
				return err
			}
			meta, err := jar.Restore(cmd.Context(), id)
			if err != nil || !asJSON {
				return c.atVersion(err)
			}
			return c.writeJSON(c.describe(meta))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print where it went: revision, version and size")
	cmd.Flags().BoolVar(&lastGood, "last-good", false, "the newest version that can be read")
	atFlag(cmd, &at)
	cmd.MarkFlagsMutuallyExclusive("at", "last-good")
	cmd.Flags().BoolVar(&readByPython, "python", false, "with --last-good: that Python awsjar can read")
	return cmd
}

// lastGood returns the id of the newest version that can be read.
func (c *command) lastGood(ctx context.Context, url string, forPython bool) (string, error) {
	store, err := c.open(ctx, url)
	if err != nil {
		return "", err
	}
	jar := awsjar.New[json.RawMessage](store, func(o *awsjar.Options) {
		if forPython {
			o.Codec = pythonText{c: c, url: url}
		}
	})
	entry, err := jar.LastGood(ctx)
	if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) {
		err = &hinted{err, "see which versions there are: awsjar history " + quote(url)}
	}
	return entry.VersionID, err
}

// pythonText is a codec that reads all that Python awsjar stored at a URL.
type pythonText struct {
	awsjar.Bytes
	c   *command
	url string
}

func (p pythonText) Unmarshal(data []byte, v any) error {
	if _, err := p.c.fromPython(data, p.url); err != nil {
		return err
	}
	return p.Bytes.Unmarshal(data, v)
}

func (c *command) undelete() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "undelete URL",
		Short:   "Bring back the value that a delete removed",
		Example: `  awsjar undelete s3://my-bucket/state.json`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			meta, err := jar.Undelete(cmd.Context())
			if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) {
				err = &hinted{err, c.hintToList()}
			}
			if err != nil || !asJSON {
				return err
			}
			return c.writeJSON(c.describe(meta))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print where it went: revision, version and size")
	return cmd
}

// atVersion points the one who asked for a version that is not there to those
// that are.
func (c *command) atVersion(err error) error {
	absent := errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore)
	if absent || errors.Is(err, awsjar.ErrInvalid) {
		return &hinted{err, "see which versions there are: awsjar history " + quote(c.url)}
	}
	if errors.Is(err, awsjar.ErrCorrupt) && c.name == "restore" {
		return &hinted{err, "restore another version: awsjar history " + quote(c.url)}
	}
	return err
}
