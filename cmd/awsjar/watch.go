package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) watch() *cobra.Command {
	var asJSON bool
	var every time.Duration
	var limit int
	cmd := &cobra.Command{
		Use:        "watch URL",
		SuggestFor: []string{"follow", "tail"},
		Short:      "Print the value, and each change of it as it comes",
		Long: `Print the value, and then each change of it as a difference, until the command is
interrupted. The state is read every so often: changes between two reads are
one. An error on the way is printed on stderr, and the next read comes in time; the
command ends where no later read could succeed.`,
		Example: `  awsjar watch s3://my-bucket/state.json
  awsjar watch --json --every 1m lambda://sams-lambda | jq --unbuffered .value.num_acorns`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return c.follow(cmd.Context(), jar, every, limit, asJSON)
		},
	}
	cmd.Flags().DurationVar(&every, "every", 10*time.Second, "read it after each `duration`; a function at most every 10s")
	limitFlag(cmd, &limit, "end after `N` changes (default: go on)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line, with the value, revision, version and time")
	return cmd
}

// follow writes a state and its changes.
func (c *command) follow(ctx context.Context, jar *awsjar.Jar[json.RawMessage], every time.Duration, limit int, asJSON bool) error {
	last, changes := side{name: "nothing"}, -1
	for entry, err := range jar.Watch(ctx, every) {
		if err != nil && lasting(err) {
			return err
		}
		now := side{name: c.seenAt(entry.Meta)}
		if err == nil && !entry.Deleted {
			if now.value, err = compact(entry.Value); err != nil {
				err = c.notJSON(err)
			}
		}
		if err != nil {
			c.tell("warning", c.text(err))
			continue
		}
		switch {
		case asJSON:
			err = c.writeChange(entry.Meta, now.value)
		case changes < 0 && now.value == nil:
			c.tell("note", "nothing is stored at "+c.url+" yet")
		case changes < 0:
			_, err = c.stdout.Write(append(c.shown(indent(now.value)), '\n'))
		default:
			err = c.writeDiff(last, now)
		}
		if last, changes = now, changes+1; err != nil || limit > 0 && changes == limit {
			return err
		}
	}
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return &exited{code: exitInterrupted} // the usual end
	}
	return ctx.Err()
}

// lasting reports whether no later read can succeed.
func lasting(err error) bool {
	for _, kind := range []error{awsjar.ErrInvalid, awsjar.ErrUnsupported, awsjar.ErrNoStore, awsjar.ErrAccessDenied} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// seenAt names a state by the time when it was stored, or else was read.
func (c *command) seenAt(meta awsjar.Meta) string {
	for _, t := range []time.Time{meta.Modified, meta.Now} {
		if !t.IsZero() {
			return t.UTC().Format(time.RFC3339)
		}
	}
	return time.Now().UTC().Format(time.RFC3339)
}

// writeChange writes a state as one line for a machine.
func (c *command) writeChange(meta awsjar.Meta, value []byte) error {
	d := c.describe(meta)
	d.Value = value
	return c.writeJSON(d)
}
