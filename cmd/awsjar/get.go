package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) get() *cobra.Command {
	var f form
	var envelope, python, lenient bool
	var fallback, at string
	cmd := &cobra.Command{
		Use:   "get URL [VERSION]",
		Short: "Print the value",
		Long:  "Print the value, or an earlier version of it. Nothing stored is exit code 3, or the --default.\n\n" + versionGrammar,
		Example: `  awsjar get lambda://sams-lambda
  awsjar get s3://my-bucket/state.json --default '{}'
  awsjar get s3://my-bucket/state.json @~1
  awsjar get --json file:state.json | jq -r .revision
  awsjar get --python lambda://written-by-python`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return oneVersion(&at)(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var instead []byte // of nothing
			if cmd.Flags().Changed("default") {
				var err error
				if instead, err = defaultOf(fallback); err != nil {
					return err
				}
			}
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			entry, err := c.entryAt(cmd.Context(), jar, args[1:], at)
			if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) && instead != nil {
				entry.Value, err = instead, nil
			} else if err == nil {
				entry.Value, err = c.readAs(entry.Value, python, lenient)
			}
			if err != nil {
				return err
			}
			if envelope {
				return c.writeEntry(entry)
			}
			return c.write(entry.Value, f)
		},
	}
	f.flags(cmd)
	f.rawFlag(cmd)
	atFlag(cmd, &at)
	cmd.Flags().StringVar(&fallback, "default", "", "print this `JSON` if nothing is stored")
	cmd.Flags().BoolVar(&envelope, "json", false, "print the value with its revision, version, size and time")
	pythonFlag(cmd, &python)
	lenientFlag(cmd, &lenient)
	cmd.MarkFlagsMutuallyExclusive("replace-surrogates", "raw")
	cmd.MarkFlagsMutuallyExclusive("replace-surrogates", "python")
	cmd.MarkFlagsMutuallyExclusive("json", "raw")
	cmd.MarkFlagsMutuallyExclusive("json", "pretty")
	cmd.MarkFlagsMutuallyExclusive("python", "raw")
	return cmd
}

// defaultOf returns the value of --default.
func defaultOf(fallback string) ([]byte, error) {
	text, err := compact([]byte(fallback))
	if err != nil {
		return nil, &usageError{&hinted{fmt.Errorf("--default cannot be read: %w", err), "a text needs quotes within quotes: --default '\"hello\"'"}}
	}
	return text, nil
}

// readAs returns a stored value as Python awsjar reads it, or without halves of
// surrogate pairs, or as it is.
func (c *command) readAs(value []byte, python, lenient bool) ([]byte, error) {
	switch {
	case lenient:
		replaced, err := replaceSurrogates(value)
		if err != nil {
			return nil, c.notJSON(err)
		}
		return replaced, nil
	case python:
		return c.fromPython(value, c.url)
	}
	return value, nil
}

// entryAt loads the current value, or the version that is asked for.
func (c *command) entryAt(ctx context.Context, jar *awsjar.Jar[json.RawMessage], names []string, at string) (awsjar.Entry[json.RawMessage], error) {
	if len(names) == 0 && at == "" {
		return jar.Load(ctx)
	}
	name := strings.Join(names, "")
	id, err := c.versionOf(ctx, jar, name, at)
	if err != nil {
		return awsjar.Entry[json.RawMessage]{}, c.meantPart(name, err)
	}
	entry, err := jar.At(ctx, id)
	return entry, c.meantPart(name, c.atVersion(err))
}

// meantPart adds how to see a part of the value to the error of a version whose id
// looks like a path of jq.
func (c *command) meantPart(version string, err error) error {
	if err == nil || !strings.HasPrefix(version, ".") || errors.Is(err, awsjar.ErrNoStore) || errors.Is(err, awsjar.ErrAccessDenied) {
		return err
	}
	return &hinted{err, "to see a part of the value: awsjar get " + quote(c.url) + " | jq " + quote(version)}
}

// description is the output of --json about a stored value.
type description struct {
	URL      string          `json:"url"`
	Value    json.RawMessage `json:"value,omitempty"`
	Revision awsjar.Revision `json:"revision,omitempty"`
	Version  string          `json:"version,omitempty"`
	Modified *time.Time      `json:"modified,omitempty"`
	Size     int64           `json:"size"`
	Latest   bool            `json:"latest,omitempty"`
	Deleted  bool            `json:"deleted,omitempty"`

	Unconfirmed bool `json:"unconfirmed,omitempty"` // in the history of a function: nothing proves that the function took it
}

func (c *command) describe(meta awsjar.Meta) description {
	d := description{
		URL: c.url, Revision: meta.Revision, Version: meta.VersionID,
		Size: meta.Size, Latest: meta.Latest, Deleted: meta.Deleted, Unconfirmed: meta.Unconfirmed,
	}
	if !meta.Modified.IsZero() {
		utc := meta.Modified.UTC()
		d.Modified = &utc
	}
	return d
}

func (c *command) writeEntry(entry awsjar.Entry[json.RawMessage]) error {
	text, err := compact(entry.Value)
	if err != nil {
		return c.notJSON(err)
	}
	d := c.describe(entry.Meta)
	d.Value = text
	return c.writeJSON(d)
}
