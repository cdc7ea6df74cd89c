package main

import "github.com/spf13/cobra"

func (c *command) show() *cobra.Command {
	var f form
	var envelope bool
	cmd := &cobra.Command{
		Use:        "show URL ID",
		SuggestFor: []string{"cat"},
		Short:      "Print an earlier version",
		Long:       "Print one version. The ids are those of awsjar history.",
		Example:    `  awsjar show s3://my-bucket/state.json 3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY`,
		Args:       cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			entry, err := jar.At(cmd.Context(), args[1])
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
	cmd.Flags().BoolVar(&envelope, "json", false, "print the value with its version, size and time")
	cmd.MarkFlagsMutuallyExclusive("json", "raw")
	cmd.MarkFlagsMutuallyExclusive("json", "pretty")
	return cmd
}
