package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/lambdajar"
)

// The verdicts of doctor.
const (
	good      = "ok"
	doubt     = "warning"
	failed    = "error"
	notTested = "not tested"
)

func (c *command) doctor() *cobra.Command {
	return c.examining("doctor", false)
}

// check is doctor --write.
func (c *command) check() *cobra.Command {
	cmd := c.examining("check", true)
	cmd.Short = "Look for faults like doctor, and try out conditional writes"
	return cmd
}

func (c *command) examining(name string, writing bool) *cobra.Command {
	d := &examination{command: c}
	writes := `Nothing is written: what only a
write shows is not tested, unless --write allows scratch objects in the bucket,
which are removed again. awsjar check is awsjar doctor --write.`
	if writing {
		writes = `It writes scratch objects into
the bucket, and removes them again. It is awsjar doctor --write.`
	}
	cmd := &cobra.Command{
		Use:        name + " URL",
		SuggestFor: []string{"test", "verify", "diagnose", "status"},
		Short:      "Look for what is wrong with a state and its place",
		Long: `Look at a state and its place, or at a bucket alone, and say of each finding
whether it is ok, and otherwise what to type. ` + writes + ` The exit code is
1 if something is an error; a warning is none.

With --write conditional writes are tried out, which updates need. AWS honours
them all; other servers may not:

  honoured  a write whose condition does not hold is refused
  racy      so it is, but not if several come at the same moment
  ignored   it is done all the same, and something is lost
  refused   the server does not take such requests

Of 20 rounds of simultaneous writes, which take some 190 requests, a race that is
not seen is unlikely, but not impossible.`,
		Example: `  awsjar doctor s3://my-bucket/state.json
  awsjar doctor --json lambda://sams-lambda
  awsjar check s3://my-bucket --endpoint http://127.0.0.1:9000`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if d.target, err = c.target(args[0]); err != nil {
				return err
			}
			if err := d.checkRounds(cmd.Flags().Changed("rounds")); err != nil {
				return err
			}
			return d.run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&d.json, "json", false, "one JSON object a line")
	cmd.Flags().BoolVar(&d.writes, "write", writing, "write scratch objects below awsjar-check/ in the bucket, and remove them")
	cmd.Flags().IntVar(&d.rounds, "rounds", 20, "with --write: `N` rounds of simultaneous writes, at most 1000; 0: none")
	return cmd
}

// examination is one run of doctor.
type examination struct {
	*command
	target       jarurl.Target
	json, writes bool
	rounds       int // of simultaneous writes
	measured     lambdajar.Usage
	unread       bool // the stored value cannot be read
	failures     int
	lost         error // of writing to stdout
}

// maxRounds is far beyond the rounds that a race needs to be seen; they are
// some 10,000 requests.
const maxRounds = 1000

// checkRounds refuses rounds that are no number of rounds, or are for nothing.
func (d *examination) checkRounds(given bool) error {
	switch {
	case d.rounds < 0 || d.rounds > maxRounds:
		return misused(fmt.Sprintf("--rounds is %d, and must be from 0 to %d", d.rounds, maxRounds), "leave --rounds out for the default of 20")
	case given && !d.writes:
		return misused("--rounds is for --write", "add --write, or leave --rounds out")
	case given && d.target.Scheme != jarurl.S3:
		return misused("--rounds is for a bucket, where conditional writes are tried out", "leave --rounds out")
	}
	return nil
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
	var err error
	if d.target.Scheme == jarurl.S3 && d.target.Key == "" {
		err = d.bucketAlone(ctx)
	} else {
		err = d.state(ctx)
	}
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case d.lost != nil:
		return d.lost
	case d.failures > 0:
		return &exited{code: exitError}
	}
	return nil
}

// state looks at one state and its place.
func (d *examination) state(ctx context.Context) error {
	store, err := d.target.Open(ctx, d.configured)
	if err != nil {
		return err
	}
	switch err := d.value(ctx, store); {
	case err == nil:
		d.versions(ctx, store)
		d.budget(ctx, store)
		d.writing(ctx)
		d.place(ctx)
	case ctx.Err() != nil || errors.Is(err, awsjar.ErrNoStore): // there is nothing to look at
	case errors.Is(err, awsjar.ErrAccessDenied) || awserr.Code(err) != "":
		d.place(ctx)
	}
	return nil
}

// value looks at the value and the clock. An error means that it may not be read.
func (d *examination) value(ctx context.Context, store awsjar.Store) error {
	entry, err := bytesOf(store).Load(ctx)
	switch {
	case errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore):
		d.found("value", good, "nothing is stored, and it may be read", "")
	case errors.Is(err, awsjar.ErrCorrupt):
		d.unread = true
		d.failedAt("value", err)
	case err != nil:
		d.failedAt("access", err)
		return err
	default:
		if text, err := compact(entry.Value); err != nil {
			d.found("value", doubt, d.text(d.notJSON(err)), d.hintForStored(err))
		} else {
			d.found("value", good, fmt.Sprintf("%d bytes of JSON", len(text)), "")
		}
	}
	if d.target.Scheme != jarurl.Lambda { // whose store tells no time; see function
		d.clock(entry.Now)
	}
	return nil
}

// clock compares this machine's clock with one that has just been read.
func (d *examination) clock(now time.Time) {
	skew := time.Since(now).Round(time.Second)
	switch {
	case now.IsZero():
		d.found("clock", notTested, "the place told no time", "")
	case skew.Abs() > time.Minute:
		d.found("clock", doubt, fmt.Sprintf("this machine's clock differs by %v", skew.Abs()), "set the clock: AWS refuses requests that are 5 to 15 minutes off")
	default:
		d.found("clock", good, "this machine's clock and that of the place agree, to a minute", "")
	}
}

// budget looks at how full a function's environment is.
func (d *examination) budget(ctx context.Context, store awsjar.Store) {
	jar, ok := store.(interface {
		Usage(context.Context) (lambdajar.Usage, error)
	})
	if !ok {
		return
	}
	u, err := jar.Usage(ctx)
	if err != nil {
		d.failedAt("budget", err)
		return
	}
	d.measured = u
	text := fmt.Sprintf("%d of %d bytes, and %d more for the state", u.Used, u.Limit, u.Free)
	if u.Free > u.FreeAsStored {
		text += ", which a write then packs"
	}
	if u.Free < u.Limit/10 {
		d.found("budget", doubt, text, "awsjar usage "+quote(d.url))
		return
	}
	d.found("budget", good, text, "")
}
