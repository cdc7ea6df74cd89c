package main

import (
	"bytes"
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
	cmd.Flags().BoolVar(&asJSON, "json", false, "print where it went: revision, version and size; or that it is deleted")
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
	case newest[1].Deleted && newest[0].Deleted:
		return c.noVersion(jar, "the value had been deleted before")
	case dryRun:
		return c.writeDiff(side{"stored", now.Value}, side{"before", before.Value})
	}
	meta := awsjar.Meta{Deleted: true}
	if newest[1].Deleted {
		err = jar.DeleteIf(ctx, now.Revision)
	} else {
		meta, err = jar.PutIf(ctx, before.Value, now.Revision)
	}
	if err != nil {
		return err
	}
	if asJSON {
		return c.writeJSON(c.describe(meta))
	}
	c.tellUndone(newest)
	return nil
}

// tellUndone says to a person what became of the newest versions.
func (c *command) tellUndone(newest []awsjar.Meta) {
	if !c.attending {
		return
	}
	now, more := "the value is that of version "+newest[1].VersionID+" again", "brings the newer one back"
	if newest[1].Deleted {
		now, more = "the value is removed again", "brings it back"
	} else if newest[0].Deleted {
		more = "removes it again"
	}
	c.tell("note", now+"; awsjar undo once more "+more)
}

// maxDoubtful bounds the versions that are not confirmed, each of which costs a request.
const maxDoubtful = 100

// newestTwo returns the newest version and the one before the last write, at most
// two. A write that was refused is none: its version is not confirmed, and the
// one before it has the value that is still there.
func newestTwo(ctx context.Context, jar *awsjar.Jar[json.RawMessage]) (newest []awsjar.Meta, err error) {
	var doubtful []awsjar.Meta // versions that are not confirmed
	for meta, err := range jar.Versions(ctx) {
		switch {
		case err != nil:
			return nil, err
		case len(newest) == 0:
			newest = append(newest, meta)
			continue
		case meta.Unconfirmed && len(doubtful) < maxDoubtful:
			doubtful = append(doubtful, meta)
			continue
		case len(doubtful) == 0:
			return append(newest, meta), nil
		}
		still, err := sameValue(ctx, jar, newest[0], meta)
		if err != nil {
			return nil, err
		}
		if !still {
			break
		}
		doubtful = nil
	}
	if len(doubtful) > 0 {
		newest = append(newest, doubtful[0])
	}
	return newest, nil
}

// sameValue reports whether two versions have the same value, or none.
func sameValue(ctx context.Context, jar *awsjar.Jar[json.RawMessage], one, other awsjar.Meta) (bool, error) {
	if one.Deleted || other.Deleted || one.Size != other.Size {
		return one.Deleted && other.Deleted, nil
	}
	first, err := jar.At(ctx, one.VersionID)
	if err != nil {
		return false, err
	}
	second, err := jar.At(ctx, other.VersionID)
	return err == nil && bytes.Equal(first.Value, second.Value), err
}
