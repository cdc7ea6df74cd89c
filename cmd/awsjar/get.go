package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) get() *cobra.Command {
	var f form
	var envelope, python, lenient bool
	var fallback string
	cmd := &cobra.Command{
		Use:   "get URL",
		Short: "Print the value",
		Long:  "Print the value. Nothing stored is exit code 3, or the --default.",
		Example: `  awsjar get lambda://sams-lambda
  awsjar get s3://my-bucket/state.json --default '{}'
  awsjar get --json file:state.json | jq -r .revision
  awsjar get --python lambda://written-by-python`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			entry, err := jar.Load(cmd.Context())
			if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) && cmd.Flags().Changed("default") {
				text, err := compact([]byte(fallback))
				if err != nil {
					return &usageError{&hinted{fmt.Errorf("--default cannot be read: %w", err), "a text needs quotes within quotes: --default '\"hello\"'"}}
				}
				entry.Value = text
			} else if err != nil {
				return err
			} else if lenient {
				if entry.Value, err = replaceSurrogates(entry.Value); err != nil {
					return c.notJSON(err)
				}
			} else if python {
				if entry.Value, err = c.fromPython(entry.Value, args[0]); err != nil {
					return err
				}
			}
			if envelope {
				return c.writeEntry(entry)
			}
			return c.write(entry.Value, f)
		},
	}
	f.flags(cmd)
	f.rawFlag(cmd)
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

// description is what --json says of a stored value.
type description struct {
	URL      string          `json:"url"`
	Value    json.RawMessage `json:"value,omitempty"`
	Revision awsjar.Revision `json:"revision,omitempty"`
	Version  string          `json:"version,omitempty"`
	Modified *time.Time      `json:"modified,omitempty"`
	Size     int64           `json:"size"`
	Latest   bool            `json:"latest,omitempty"`
	Deleted  bool            `json:"deleted,omitempty"`
}

func (c *command) describe(meta awsjar.Meta) description {
	d := description{
		URL: c.url, Revision: meta.Revision, Version: meta.VersionID,
		Size: meta.Size, Latest: meta.Latest, Deleted: meta.Deleted,
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
