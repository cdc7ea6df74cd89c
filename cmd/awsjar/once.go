package main

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/once"
)

// single is how once runs a program.
type single struct {
	atMostOnce bool
	input      string
	keep, ttl  time.Duration
}

func (c *command) once() *cobra.Command {
	var s single
	cmd := &cobra.Command{
		Use:   "once URL -- COMMAND ...",
		Short: "Run a program once for a key, and repeat its output afterwards",
		Long: `Run a program unless it ran for this key before, and print its output; print
what that run printed if it did. The key of a bucket, or the file, stands for the
one job: its id is part of the URL. The output is kept in it, up to 64 KiB.

Exit code 0 means that the job was done, by this run or by an earlier one. A
program that fails counts as one that had no effect: its exit code is returned,
and the next call runs it again. While another call runs it the exit code is 4.

A run that never said how it ended, because its machine died, holds the key for
--ttl. Then the next call runs the program again, or with --at-most-once refuses,
for a person to decide; so does one whose program was killed by a signal.

If awsjar itself is killed, Linux kills the program as well, and not those that
the program has started. On other systems the program goes on.`,
		Example: `  awsjar once s3://my-bucket/nightly/2026-11-26 -- ./nightly.sh
  awsjar once --at-most-once s3://my-bucket/payments/17 -- ./charge order-17.json`,
		Args: urlAndCommand,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.runOnce(cmd.Context(), args[0], args[1:], s)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&s.atMostOnce, "at-most-once", false, "never run the program again where an earlier run may have had its effect")
	flags.StringVar(&s.input, "input", "", "`FILE` that the job depends on: the same key with another one is refused, exit code 4")
	flags.DurationVar(&s.keep, "keep", 0, "how long the result counts, such as 168h; then the key is new (default: for ever)")
	flags.DurationVar(&s.ttl, "ttl", 0, "how long a run may take, and a dead one holds the key (default: 15m, or --timeout)")
	return cmd
}

// printed is the output of a program, as a claim keeps it.
type printed struct {
	Text  *string `json:"stdout,omitempty"`
	Bytes []byte  `json:"stdout_base64,omitempty"` // output that is not UTF-8
}

func printedBy(data []byte) printed {
	if !utf8.Valid(data) {
		return printed{Bytes: data}
	}
	text := string(data)
	return printed{Text: &text}
}

func (p printed) bytes() []byte {
	if p.Text != nil {
		return []byte(*p.Text)
	}
	return p.Bytes
}

// runOnce runs a program once for a URL.
func (c *command) runOnce(ctx context.Context, url string, args []string, s single) error {
	if s.keep < 0 || s.ttl < 0 {
		return misused("--keep and --ttl must not be negative", "leave --keep out to keep the result for ever, and --ttl for the default")
	}
	store, err := c.open(ctx, url)
	if err != nil {
		return err
	}
	var input []byte
	if s.input != "" {
		if input, err = readFile(s.input); err != nil {
			return err
		}
	}
	whole, patience := patient(ctx)
	defer patience.stop(nil)
	result, err := once.Do(whole, store, func(ctx context.Context) (printed, error) {
		stdout := &limited{left: maxPrinted}
		err := c.runJob(ctx, patience, job{args: args, environ: c.environ, stdin: c.stdin, stdout: stdout})
		if whole.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
			err = &hinted{errors.New("the program was ended, for it took longer than --ttl"), "allow it more, such as --ttl 1h"}
		}
		return printedBy(stdout.Bytes()), inDoubt(err)
	}, func(o *once.Options) {
		o.Input, o.Keep, o.TTL = input, s.keep, s.ttl
		if s.atMostOnce {
			o.Mode = once.AtMostOnce
		}
	})
	if err == nil || errors.Is(err, once.ErrLost) {
		if _, writeErr := c.stdout.Write(result.bytes()); writeErr != nil {
			return writeErr
		}
	}
	return c.onceFailed(err)
}

// inDoubt says of a program that was killed that it may have had its effect.
func inDoubt(err error) error {
	if ended, ok := errors.AsType[*exited](err); ok && ended.code > 128 && ended.err == nil {
		return &doubtful{ended}
	}
	return err
}

// doubtful is the end of a program that may have had its effect.
type doubtful struct{ err error }

func (d *doubtful) Error() string   { return d.err.Error() }
func (d *doubtful) Unwrap() []error { return []error{d.err, once.ErrInDoubt} }

// onceFailed adds the remedy for a job that did not run.
func (c *command) onceFailed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, once.ErrHeld):
		return &hinted{err, "try again when that run has ended; if it is surely dead: awsjar delete " + quote(c.url)}
	case errors.Is(err, once.ErrNoResult):
		return &hinted{err, "the job is done; let the program write a long result elsewhere, and print where"}
	case errors.Is(err, once.ErrOtherInput):
		return &hinted{err, "give another job another key"}
	}
	if ended, ok := errors.AsType[*exited](err); ok {
		return ended
	}
	if errors.Is(err, once.ErrInDoubt) {
		return &hinted{err, "find out whether it had its effect; to let it run again: awsjar delete " + quote(c.url)}
	}
	return err
}
