package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/s3jar"
)

func (c *command) copy() *cobra.Command {
	var history, create, force, asJSON, python bool
	cmd := &cobra.Command{
		Use:        "copy SRC DST",
		SuggestFor: []string{"backup", "cp", "clone", "mv", "move"},
		Short:      "Copy a state from one URL to another, or many states",
		Long: `Copy the value from one URL to another, whatever is there, as the bytes that are
stored. With --history copy all its versions, oldest first, delete markers
included; nothing may be stored at the destination, and both must keep versions.
A file keeps the newest 100. With --python the copy is plain JSON, as awsjar for
Go writes it.

A URL that ends with a slash stands for all states below it, and lambda:// for
those of all functions of the account, which are named FUNCTION/VARIABLE.json
elsewhere. If one cannot be copied, the others are, and the exit code is 1. With
--create those that are there already are left alone, and counted on stderr.`,
		Example: `  awsjar copy lambda://sams-lambda s3://my-bucket/state.json
  awsjar copy --history s3://my-bucket/state.json file:backup/state.json
  awsjar copy lambda:// s3://my-bucket/backup/2026-11-26/
  awsjar copy s3://my-bucket/backup/2026-11-26/ lambda://`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			job := &copying{command: c, from: args[0], to: args[1], python: python, force: force, create: create}
			one := func(ctx context.Context, job *copying) (copied int, err error) {
				if history {
					copied, err = job.versions(ctx)
				} else {
					copied, err = 1, job.value(ctx)
				}
				if err != nil || !asJSON {
					return copied, err
				}
				return copied, c.writeJSON(map[string]any{"from": job.from, "to": job.to, "versions": copied})
			}
			if many(job.from) {
				return job.all(cmd.Context(), one)
			}
			if err := job.open(cmd.Context()); err != nil {
				return err
			}
			_, err := one(cmd.Context(), job)
			return err
		},
	}
	cmd.Flags().BoolVar(&history, "history", false, "copy all versions")
	cmd.Flags().BoolVar(&create, "create", false, "only if nothing is stored at the destination")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print how many versions were copied, in a line for each state")
	pythonFlag(cmd, &python)
	forceFlag(cmd, &force)
	cmd.MarkFlagsMutuallyExclusive("create", "force")
	cmd.MarkFlagsMutuallyExclusive("history", "force")
	return cmd
}

// copying is one copy. Before it talks to a store it notes its URL, for the
// hint of an error.
type copying struct {
	*command
	src, dst awsjar.Store
	from, to string
	python   bool // the source was written by Python awsjar
	force    bool // also replace a file that is not awsjar's
	create   bool // only where nothing is stored
}

// open opens both stores.
func (c *copying) open(ctx context.Context) (err error) {
	if c.src, err = c.command.open(ctx, c.from); err == nil {
		c.dst, err = c.command.open(ctx, c.to)
	}
	return err
}

// loaded returns the bytes to store for those that were loaded.
func (c *copying) loaded(data []byte, err error) ([]byte, error) {
	if err != nil || !c.python {
		return data, err
	}
	return c.fromPython(data, c.from)
}

func (c *copying) value(ctx context.Context) error {
	c.url = c.from
	data, _, err := c.src.Load(ctx)
	if data, err = c.loaded(data, err); err != nil {
		return err
	}
	c.url = c.to
	replaces := awsjar.Any
	if c.create {
		replaces = awsjar.None
	}
	if !c.create && !c.force {
		if err := c.spareForeign(ctx, c.to, c.dst); err != nil {
			return err
		}
	}
	_, err = c.dst.Save(ctx, data, replaces)
	return err
}

// versions copies the history and returns how many versions, delete markers
// included, it was.
func (c *copying) versions(ctx context.Context) (copied int, err error) {
	src, dst, err := c.versioned(ctx)
	if err != nil {
		return 0, err
	}
	c.url = c.from
	var metas []awsjar.Meta
	for meta, err := range src.Versions(ctx) {
		if err != nil {
			return 0, err
		}
		metas = append(metas, meta)
	}
	if len(metas) == 0 {
		return 0, &awsjar.Error{Target: c.from, Err: awsjar.ErrNotFound}
	}
	bar := &progress{command: c.command, doing: "copying version", of: len(metas)}
	defer bar.end()
	now := awsjar.None
	for _, meta := range slices.Backward(metas) {
		next, err := c.version(ctx, src, dst, meta, now)
		switch {
		case errors.Is(err, awsjar.ErrNotFound) && c.url == c.from: // it was removed meanwhile
		case err != nil:
			return copied, err
		default:
			now = next
			copied++
		}
		bar.step()
	}
	return copied, nil
}

// version copies one version and returns the revision of the destination.
func (c *copying) version(ctx context.Context, src, dst awsjar.Versioned, meta awsjar.Meta, now awsjar.Revision) (awsjar.Revision, error) {
	if meta.Deleted {
		c.url = c.to
		if now == awsjar.None {
			return now, nil
		}
		return awsjar.None, dst.Delete(ctx, now)
	}
	c.url = c.from
	data, _, err := src.LoadVersion(ctx, meta.VersionID)
	if data, err = c.loaded(data, err); err != nil {
		return now, err
	}
	c.url = c.to
	stored, err := dst.Save(ctx, data, now)
	return stored.Revision, err
}

// versioned returns both stores if they keep versions.
func (c *copying) versioned(ctx context.Context) (src, dst awsjar.Versioned, err error) {
	src, ok := c.src.(awsjar.Versioned)
	if !ok {
		return nil, nil, noHistory(c.from)
	}
	if dst, ok = c.dst.(awsjar.Versioned); !ok {
		return nil, nil, noHistory(c.to)
	}
	target, err := c.target(c.to)
	if err != nil || target.Scheme != jarurl.S3 {
		return src, dst, err
	}
	bucket, err := c.openBucket(ctx, target)
	if err != nil {
		return nil, nil, err
	}
	status, err := bucket.Versioning(ctx)
	if err == nil && status != s3jar.VersioningEnabled {
		return nil, nil, &awsjar.Error{
			Target: bucket.String(),
			Hint:   "let it keep versions, or copy without --history: awsjar versioning " + quote(bucket.String()) + " enable",
			Err:    fmt.Errorf("%w: its versioning is: %s", awsjar.ErrUnsupported, status),
		}
	}
	return src, dst, err
}

func noHistory(url string) error {
	return &awsjar.Error{
		Target: url,
		Hint:   "copy the value alone, without --history",
		Err:    fmt.Errorf("%w: it keeps no earlier versions", awsjar.ErrUnsupported),
	}
}
