package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) prune() *cobra.Command {
	var keep int
	var dryRun, asJSON bool
	cmd := &cobra.Command{
		Use:   "prune URL --keep N",
		Short: "Remove old versions for ever",
		Long: `Remove all but the newest N versions, the current one among them, for ever; with
1 no earlier version stays. Delete markers count as versions. Versions that the store
protects stay whatever N is; if no version could be removed for that reason, the exit code is 1.`,
		Example: `  awsjar prune s3://my-bucket/state.json --keep 30 --dry-run
  awsjar prune s3://my-bucket/state.json --keep 30`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if keep < 1 {
				return &usageError{fmt.Errorf("--keep is %d, and at least 1 version must stay", keep)}
			}
			if dryRun {
				return c.listOld(cmd.Context(), jar, keep, asJSON)
			}
			removed, err := jar.Prune(cmd.Context(), keep)
			if err != nil && removed == 0 {
				return err
			}
			if asJSON {
				return cmp.Or(c.writeJSON(map[string]int{"removed": removed}), err)
			}
			fmt.Fprintf(c.stderr, "awsjar: removed %d %s\n", removed, plural(removed, "version"))
			return err
		},
	}
	cmd.Flags().IntVar(&keep, "keep", 0, "keep the newest `N` versions, the current one among them; at least 1")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only list what would be removed")
	cmd.Flags().BoolVar(&asJSON, "json", false, "for machines")
	cmd.MarkFlagRequired("keep")
	return cmd
}

// listOld lists the versions that a prune would remove.
func (c *command) listOld(ctx context.Context, jar *awsjar.Jar[json.RawMessage], keep int, asJSON bool) error {
	seen := 0
	for meta, err := range jar.Versions(ctx) {
		if err != nil {
			return err
		}
		if seen++; seen <= keep || meta.Latest {
			continue
		}
		if err := c.writeVersion(meta, nil, asJSON); err != nil {
			return err
		}
	}
	return nil
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
