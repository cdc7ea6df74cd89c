package main

import "github.com/spf13/cobra"

func (c *command) show() *cobra.Command {
	var f form
	var envelope bool
	var at string
	cmd := &cobra.Command{
		Use:     "show URL (VERSION | --at TIME)",
		Aliases: []string{"cat"},
		Short:   "Print an earlier version",
		Long:    "Print one version.\n\n" + versionGrammar,
		Example: `  awsjar show s3://my-bucket/state.json 3HL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY
  awsjar show s3://my-bucket/state.json @~1
  awsjar show s3://my-bucket/state.json --at '10 minutes ago'`,
		Args: oneVersion(&at),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			id, err := c.versionOf(cmd.Context(), jar, args[len(args)-1], at)
			if err != nil {
				return err
			}
			entry, err := jar.At(cmd.Context(), id)
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
	atFlag(cmd, &at)
	cmd.Flags().BoolVar(&envelope, "json", false, "print the value with its version, size and time")
	cmd.MarkFlagsMutuallyExclusive("json", "raw")
	cmd.MarkFlagsMutuallyExclusive("json", "pretty")
	return cmd
}
