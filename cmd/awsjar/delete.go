package main

import (
	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) delete() *cobra.Command {
	var revision string
	cmd := &cobra.Command{
		Use:   "delete URL",
		Short: "Remove the value and nothing else",
		Long: `Remove the value and nothing else: of a function only the state's own variable
goes. Deleting what is absent is no error.`,
		Example: `  awsjar delete lambda://sams-lambda`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("if") {
				return jar.DeleteIf(cmd.Context(), awsjar.Revision(revision))
			}
			return jar.Delete(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&revision, "if", "", "only if the state is still at this `revision`, of get --json")
	return cmd
}
