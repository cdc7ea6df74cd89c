package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/lambdajar"
	"github.com/awsjar/awsjar/s3jar"
)

// The verdicts of doctor.
const (
	good      = "ok"
	doubt     = "warning"
	failed    = "error"
	notTested = "not tested"
)

func (c *command) doctor() *cobra.Command {
	var asJSON, writes bool
	cmd := &cobra.Command{
		Use:   "doctor URL",
		Short: "Look for what is wrong with a state and its place",
		Long: `Look at a state and its place, and say of each finding whether it is ok, and
otherwise what to type. Nothing is written: what only a write shows is not tested,
unless --write allows scratch objects in the bucket, which are removed again. The
exit code is 1 if something is an error; a warning is none.`,
		Example: `  awsjar doctor s3://my-bucket/state.json
  awsjar doctor --json lambda://sams-lambda`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := c.target(args[0])
			if err != nil {
				return err
			}
			d := &examination{command: c, target: target, json: asJSON, writes: writes}
			return d.run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().BoolVar(&writes, "write", false, "write scratch objects below awsjar-check/ in the bucket, and remove them")
	return cmd
}

// examination is one run of doctor.
type examination struct {
	*command
	target       jarurl.Target
	json, writes bool
	failures     int
	lost         error // of writing to stdout
}

// finding is one line of doctor.
type finding struct {
	Name    string `json:"name"`
	Verdict string `json:"verdict"`
	Text    string `json:"text"`
	Hint    string `json:"hint,omitempty"`
}

// found writes one finding.
func (d *examination) found(name, verdict, text, hint string) {
	if verdict == failed {
		d.failures++
	}
	if d.lost != nil {
		return
	}
	if d.json {
		d.lost = d.writeJSON(finding{name, verdict, text, hint})
		return
	}
	if hint != "" {
		hint = "\n" + fmt.Sprintf("%-24s-> %s", "", hint)
	}
	_, d.lost = fmt.Fprintf(d.stdout, "%-12s%-12s%s%s\n", name, verdict, printable(text), printable(hint))
}

// failedAt writes a finding about an error.
func (d *examination) failedAt(name string, err error) {
	d.found(name, failed, d.text(err), d.hint(err))
}

func (d *examination) run(ctx context.Context) error {
	store, err := d.target.Open(ctx, d.configured)
	if err != nil {
		return err
	}
	reached := d.read(ctx, store)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if reached {
		d.versions(ctx, store)
		d.budget(ctx, store)
		d.conditions(ctx)
		d.place(ctx)
	}
	if d.lost != nil {
		return d.lost
	}
	if d.failures > 0 {
		return &exited{code: exitError}
	}
	return nil
}

// read looks at the value and the clock, and reports whether the place is
// there.
func (d *examination) read(ctx context.Context, store awsjar.Store) bool {
	entry, err := bytesOf(store).Load(ctx)
	switch {
	case errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore):
		d.found("value", good, "nothing is stored, and it may be read", "")
	case errors.Is(err, awsjar.ErrCorrupt):
		d.failedAt("value", err)
	case err != nil:
		d.failedAt("access", err)
		return false
	default:
		if text, err := compact(entry.Value); err != nil {
			d.found("value", doubt, d.text(d.notJSON(err)), d.hintForStored(err))
		} else {
			d.found("value", good, fmt.Sprintf("%d bytes of JSON", len(text)), "")
		}
	}
	skew := time.Since(entry.Now).Round(time.Second)
	switch {
	case entry.Now.IsZero():
		d.found("clock", notTested, "the store told no time", "")
	case skew.Abs() > time.Minute:
		d.found("clock", doubt, fmt.Sprintf("this machine's clock differs by %v", skew.Abs()), "set the clock: AWS refuses requests that are 5 to 15 minutes off")
	default:
		d.found("clock", good, "this machine's clock and the store's agree, to a minute", "")
	}
	return true
}

// versions looks at whether earlier values are kept.
func (d *examination) versions(ctx context.Context, store awsjar.Store) {
	if d.target.Scheme == jarurl.S3 {
		d.versioning(ctx)
		return
	}
	if _, ok := store.(awsjar.Versioned); ok {
		d.found("versions", good, "earlier values are kept", "")
		return
	}
	hint := ""
	if d.target.Scheme == jarurl.Lambda {
		hint = "let all programs write it with a history: lambda://NAME?history=s3://BUCKET/KEY"
	}
	d.found("versions", doubt, "no earlier values are kept: nothing can be undone", hint)
}

func (d *examination) versioning(ctx context.Context) {
	bucket, err := d.target.OpenBucket(ctx, d.configured)
	if err != nil {
		d.failedAt("versions", err)
		return
	}
	status, err := bucket.Versioning(ctx)
	switch {
	case err != nil:
		d.found("versions", notTested, d.text(err), d.hint(err))
	case status == s3jar.VersioningEnabled:
		d.found("versions", good, "the bucket keeps earlier versions", "")
	default:
		d.found("versions", doubt, "the bucket's versioning is: "+string(status), "awsjar versioning "+quote(bucket.String())+" enable")
	}
}

// budget looks at how full a function's environment is.
func (d *examination) budget(ctx context.Context, store awsjar.Store) {
	measured, ok := store.(interface {
		Usage(context.Context) (lambdajar.Usage, error)
	})
	if !ok {
		return
	}
	u, err := measured.Usage(ctx)
	if err != nil {
		d.failedAt("budget", err)
		return
	}
	text := fmt.Sprintf("%d of %d bytes, and %d more for the state", u.Used, u.Limit, u.Free)
	if u.Free < u.Limit/10 {
		d.found("budget", doubt, text, "awsjar usage "+quote(d.url))
		return
	}
	d.found("budget", good, text, "")
}

// conditions looks at what a server makes of conditional writes.
func (d *examination) conditions(ctx context.Context) {
	if d.target.Scheme != jarurl.S3 {
		return
	}
	if !d.writes {
		d.found("conditions", notTested, "only a write shows whether the server honours them", "awsjar doctor --write "+quote(d.url))
		return
	}
	bucket, err := d.target.OpenBucket(ctx, d.configured)
	if err != nil {
		d.failedAt("conditions", err)
		return
	}
	found, err := bucket.Check(ctx)
	if err != nil {
		d.failedAt("conditions", err)
		return
	}
	d.found("conditions", good, fmt.Sprintf("create %s, replace %s, delete %s", found.Create, found.Replace, found.Delete), "")
}
