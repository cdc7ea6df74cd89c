package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) restore() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "restore URL ID",
		Short: "Make an earlier version the current one again",
		Long: `Store the value of an earlier version as a new one. No version is removed. If
another writer is first, nothing is changed and the exit code is 4.`,
		Example: `  awsjar restore s3://my-bucket/state.json 3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY`,
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			meta, err := jar.Restore(cmd.Context(), args[1])
			if err != nil || !asJSON {
				return c.atVersion(err)
			}
			return c.writeJSON(c.describe(meta))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print where it went: revision, version and size")
	return cmd
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
