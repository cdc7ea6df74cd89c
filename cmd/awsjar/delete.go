package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) delete() *cobra.Command {
	var revision string
	cmd := &cobra.Command{
		Use:        "delete URL",
		Aliases:    []string{"rm"},
		SuggestFor: []string{"remove", "del", "unset"},
		Short:      "Remove the value and nothing else",
		Long: `Remove the value and nothing else: of a function only the state's own variable
goes. To delete where nothing is stored is no error, and is said on stderr.`,
		Example: `  awsjar delete lambda://sams-lambda`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if strings.Contains(args[0], "*") {
				if err := c.noPattern(cmd.Context(), jar); err != nil {
					return err
				}
			}
			if cmd.Flags().Changed("if") {
				return jar.DeleteIf(cmd.Context(), awsjar.Revision(revision))
			}
			_, absent := jar.Load(cmd.Context())
			if err := jar.Delete(cmd.Context()); err != nil {
				return err
			}
			if errors.Is(absent, awsjar.ErrNotFound) {
				fmt.Fprintf(c.stderr, "awsjar: nothing was stored at %s\n", printable(c.url))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&revision, "if", "", "only if the state is still at this `revision`, of get --json")
	return cmd
}

// noPattern returns an error where nothing is stored under a name that looks
// like a pattern.
func (c *command) noPattern(ctx context.Context, jar *awsjar.Jar[json.RawMessage]) error {
	_, err := jar.Load(ctx)
	if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) {
		return &hinted{err, "* stands for itself; delete takes one name, and awsjar ls lists names"}
	}
	return nil
}
