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

func (c *command) undo() *cobra.Command {
	var asJSON, dryRun bool
	cmd := &cobra.Command{
		Use:   "undo URL",
		Short: "Take back the last write or delete",
		Long: `Store the value again that was there before the last write or delete, as a new
version. If the last write was the first one after a delete, the value is removed
again. If another writer is first, nothing is changed and the exit code is 4. A
second undo takes back the first.`,
		Example: `  awsjar undo --dry-run s3://my-bucket/state.json
  awsjar undo s3://my-bucket/state.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return c.takeBack(cmd.Context(), jar, dryRun, asJSON)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "store nothing, and show the difference")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print where it went: revision, version and size")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "json")
	return cmd
}

// takeBack makes the state before the newest version the current one.
func (c *command) takeBack(ctx context.Context, jar *awsjar.Jar[json.RawMessage], dryRun, asJSON bool) error {
	now, err := jar.Load(ctx)
	if err != nil && (!errors.Is(err, awsjar.ErrNotFound) || errors.Is(err, awsjar.ErrNoStore)) {
		return err
	}
	newest, err := newestTwo(ctx, jar)
	if err != nil {
		return err
	}
	if len(newest) == 1 && newest[0].VersionID == "null" && strings.HasPrefix(c.url, "s3:") {
		return &hinted{fmt.Errorf("undo %s: the bucket keeps no earlier versions", jar), "let it keep those of the writes to come: awsjar versioning " + c.bucketOf() + " enable"}
	}
	switch len(newest) {
	case 0:
		return &awsjar.Error{Target: jar.String(), Err: awsjar.ErrNotFound}
	case 1:
		if newest[0].Deleted {
			return c.noVersion(jar, "there is no version before the delete")
		}
		return &hinted{&awsjar.Error{Target: jar.String(), Err: absent("it is the first version")}, "to remove it: awsjar delete " + quote(c.url)}
	}
	if !newest[0].Deleted && newest[0].VersionID != now.VersionID {
		return &awsjar.Error{Target: jar.String(), Err: awsjar.ErrConflict}
	}
	var before awsjar.Entry[json.RawMessage]
	if !newest[1].Deleted {
		if before, err = jar.At(ctx, newest[1].VersionID); err != nil {
			return c.atVersion(err)
		}
	}
	switch {
	case dryRun:
		return c.writeDiff(side{"stored", now.Value}, side{"before", before.Value})
	case newest[1].Deleted && newest[0].Deleted:
		return c.noVersion(jar, "the value had been deleted before")
	case newest[1].Deleted:
		return jar.DeleteIf(ctx, now.Revision)
	}
	meta, err := jar.PutIf(ctx, before.Value, now.Revision)
	if err == nil && c.attending {
		fmt.Fprintf(c.stderr, "awsjar: the value is that of version %s again; awsjar undo once more brings the newer one back\n", printable(newest[1].VersionID))
	}
	if err != nil || !asJSON {
		return err
	}
	return c.writeJSON(c.describe(meta))
}

// newestTwo returns the newest versions, at most two.
func newestTwo(ctx context.Context, jar *awsjar.Jar[json.RawMessage]) (newest []awsjar.Meta, err error) {
	for meta, err := range jar.Versions(ctx) {
		if err != nil {
			return nil, err
		}
		if newest = append(newest, meta); len(newest) == 2 {
			break
		}
	}
	return newest, nil
}
