package main

import "github.com/spf13/cobra"

func (c *command) show() *cobra.Command {
	var f form
	var version string
	var envelope bool
	cmd := &cobra.Command{
		Use:     "show URL --version ID",
		Short:   "Print an earlier version",
		Long:    "Print one version. The ids are those of awsjar history.",
		Example: `  awsjar show s3://my-bucket/state.json --version 3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			entry, err := jar.At(cmd.Context(), version)
			if err != nil {
				return c.atVersion(err)
			}
			if envelope {
				return c.writeEntry(entry)
			}
			return c.write(entry.Value, f)
		},
	}
	f.flags(cmd)
	f.rawFlag(cmd)
	cmd.Flags().StringVar(&version, "version", "", "the `id` of the version")
	cmd.Flags().BoolVar(&envelope, "json", false, "print the value with its version, size and time")
	cmd.MarkFlagsMutuallyExclusive("json", "raw")
	cmd.MarkFlagsMutuallyExclusive("json", "pretty")
	cmd.MarkFlagRequired("version")
	return cmd
}
