package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
)

func (c *command) history() *cobra.Command {
	var asJSON, patch bool
	var limit int
	var since, expression string
	cmd := &cobra.Command{
		Use:        "history URL",
		SuggestFor: []string{"versions", "log"},
		Short:      "List the versions, newest first",
		Example: `  awsjar history s3://my-bucket/state.json
  awsjar history --patch --since '2 hours ago' s3://my-bucket/state.json
  awsjar history --jq 'select(.num_acorns < 10) | .num_acorns' s3://my-bucket/state.json
  awsjar history --json file:state.json | jq -r .version`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			jar, err := c.jar(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			l := listing{limit: limit, json: asJSON, patch: patch}
			if since != "" {
				if l.since, err = parseTime(since, time.Now()); err != nil {
					return err
				}
			}
			if expression != "" {
				if l.expr, err = compileJQ(expression, nil, nil); err != nil {
					return &usageError{err}
				}
			}
			return c.list(cmd.Context(), jar, l)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().BoolVarP(&patch, "patch", "p", false, "show what each version changed")
	cmd.Flags().StringVar(&since, "since", "", "only versions of this `time` and later, such as '2 hours ago' or 2026-11-25")
	cmd.Flags().StringVar(&expression, "jq", "", "print what this `expression` makes of each version, and leave out those of which it makes nothing")
	cmd.MarkFlagsMutuallyExclusive("json", "patch")
	cmd.MarkFlagsMutuallyExclusive("jq", "patch")
	limitFlag(cmd, &limit, "no more than `N` versions (default: all)")
	return cmd
}

// listing says which versions history lists, and how.
type listing struct {
	limit       int // 0: all
	since       time.Time
	json, patch bool
	expr        *expression // nil: none
}

// outOfOrder is how many versions may stand between two whose times do not grow. A
// clock was set back or files were copied; in S3 an upload in parts took long, which
// is rare, and each version in the history of a function costs a request.
func (c *command) outOfOrder() int {
	if strings.HasPrefix(c.url, "file:") {
		return 1000
	}
	return 20
}

// list writes a line about each version, newest first.
func (c *command) list(ctx context.Context, jar *awsjar.Jar[json.RawMessage], l listing) error {
	there, listed, early := 0, 0, 0
	var newer *side // the last one listed, if its change is not shown yet
	for meta, err := range jar.Versions(ctx) {
		if err != nil {
			return err
		}
		there++
		full, tooOld := l.limit > 0 && listed == l.limit, meta.Modified.Before(l.since)
		if newer != nil || l.patch && !full && !tooOld {
			now, err := c.sideOf(ctx, jar, meta)
			if err != nil {
				return err
			}
			if newer != nil {
				if err := c.writeDiff(now, *newer); err != nil {
					return err
				}
			}
			newer = &now
		}
		if early++; !tooOld {
			early = 0
		}
		if full || early == c.outOfOrder() {
			return nil
		}
		if tooOld {
			newer = nil
			continue
		}
		shown, err := c.writeListed(ctx, jar, meta, l)
		if err != nil {
			return err
		}
		if shown {
			listed++
		}
	}
	if there == 0 {
		return &awsjar.Error{Op: "history", Target: jar.String(), Err: awsjar.ErrNotFound}
	}
	if newer != nil {
		return c.writeDiff(side{name: "nothing"}, *newer)
	}
	return nil
}

// writeListed writes one line about a version, unless the expression makes
// nothing of its value.
func (c *command) writeListed(ctx context.Context, jar *awsjar.Jar[json.RawMessage], meta awsjar.Meta, l listing) (shown bool, err error) {
	if l.expr == nil {
		return true, c.writeVersion(meta, nil, l.json)
	}
	version, err := c.sideOf(ctx, jar, meta)
	if err != nil || version.value == nil {
		return false, err
	}
	result, err := l.expr.apply(ctx, version.value)
	if errors.Is(err, errNoResult) {
		return false, nil
	}
	if err != nil {
		return false, c.expressionFailed(err, l.expr.text, "list them with --json, and look at each with: awsjar show "+quote(c.url)+" VERSION")
	}
	if result == nil {
		result = []byte("null")
	}
	return true, c.writeVersion(meta, result, l.json)
}

// writeVersion writes one line about a version, with the result of an expression
// for its value, if there is one.
func (c *command) writeVersion(meta awsjar.Meta, result []byte, asJSON bool) error {
	if asJSON {
		return c.writeJSON(struct {
			description
			Result json.RawMessage `json:"result,omitempty"`
		}{c.describe(meta), result})
	}
	modified, note := "-", ""
	if !meta.Modified.IsZero() {
		modified = meta.Modified.UTC().Format(time.RFC3339)
	}
	size := fmt.Sprintf("%d bytes", meta.Size)
	if meta.Deleted {
		size = "deleted"
	}
	if meta.Latest {
		note = "  latest"
	}
	if meta.Unconfirmed {
		note += "  not confirmed"
	}
	if result != nil {
		note += "  " + string(c.shown(result))
	}
	_, err := fmt.Fprintf(c.stdout, "%-20s  %14s  %s%s\n", modified, size, printable(meta.VersionID), note)
	return err
}
