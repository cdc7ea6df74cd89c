package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) history() *cobra.Command {
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:        "history URL",
		SuggestFor: []string{"versions", "log"},
		Short:      "List the versions, newest first",
		Example: `  awsjar history s3://my-bucket/state.json
  awsjar history --json file:state.json | jq -r .version`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			listed := 0
			for meta, err := range jar.Versions(cmd.Context()) {
				if err != nil {
					return err
				}
				if limit > 0 && listed == limit {
					return nil
				}
				if err := c.writeVersion(meta, asJSON); err != nil {
					return err
				}
				listed++
			}
			if listed == 0 {
				return &awsjar.Error{Op: "history", Target: jar.String(), Err: awsjar.ErrNotFound}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().IntVarP(&limit, "limit", "n", 0, "no more than `N` versions (default: all)")
	return cmd
}

// writeVersion writes one line about a version.
func (c *command) writeVersion(meta awsjar.Meta, asJSON bool) error {
	if asJSON {
		return c.writeJSON(c.describe(meta))
	}
	modified, note := "-", ""
	if !meta.Modified.IsZero() {
		modified = meta.Modified.UTC().Format(time.RFC3339)
	}
	size := fmt.Sprintf("%d bytes", meta.Size)
	if meta.Deleted {
		size = "deleted"
	}
	if meta.Latest {
		note = "  latest"
	}
	_, err := fmt.Fprintf(c.stdout, "%-20s  %14s  %s%s\n", modified, size, printable(meta.VersionID), note)
	return err
}
