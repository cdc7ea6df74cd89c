package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/lease"
)

// locking is how lock waits for a lease.
type locking struct {
	wait, ttl time.Duration
	waits     bool // --wait was given
	never     bool
	owner     string
}

func (c *command) lock() *cobra.Command {
	var l locking
	cmd := &cobra.Command{
		Use:   "lock URL -- COMMAND ...",
		Short: "Run a program while no other one holds the lock",
		Long: `Run a program under a lock that a key in a bucket or a file keeps: a lease,
which is renewed while the program runs and given back at its end. The exit code
is that of the program. Where another program holds the lock, wait for it; with
-n, or after --wait, say who holds it and end with exit code 4.

A holder that dies loses the lock after --ttl, and a few seconds more; where the
key is a file of a network file system, only if the next one waits for that long.
If the lease is lost while the program runs, the program is asked to end by
SIGTERM, and killed 2 seconds later. The number of the lease is in its environment
as AWSJAR_TOKEN: it grows from holder to holder, so that the data which the
program writes can refuse an earlier one.

An interrupt and SIGTERM are passed on to the program, which has the lock for as
long as it then takes to end; a second one ends awsjar at once.

If awsjar itself is killed, Linux kills the program as well, and not those that
the program has started. On other systems the program goes on, and after --ttl
does so beside the next holder.

The key is for the lock alone. To break a lock, delete its key.`,
		Example: `  awsjar lock s3://my-bucket/nightly.lock -- ./nightly.sh
  awsjar lock -n s3://my-bucket/nightly.lock -- ./nightly.sh
  awsjar lock --wait 5m file:deploy.lock -- terraform apply`,
		Args: urlAndCommand,
		RunE: func(cmd *cobra.Command, args []string) error {
			l.waits = cmd.Flags().Changed("wait")
			return c.runLocked(cmd.Context(), args[0], args[1:], l)
		},
	}
	flags := cmd.Flags()
	flags.DurationVar(&l.wait, "wait", 0, "wait no longer than this `duration`, such as 5m (default: as long as it takes)")
	flags.BoolVarP(&l.never, "no-wait", "n", false, "do not wait")
	flags.DurationVar(&l.ttl, "ttl", lease.DefaultTTL, "how long a holder that died keeps the lock, at least 5s")
	flags.StringVar(&l.owner, "owner", "", "the `name` that others see (default: that of the host, and the process id)")
	cmd.MarkFlagsMutuallyExclusive("wait", "no-wait")
	return cmd
}

// urlAndCommand demands a URL, --, and a command.
func urlAndCommand(cmd *cobra.Command, args []string) error {
	dash := cmd.ArgsLenAtDash()
	switch {
	case dash == 1 && len(args) > 1:
		return nil
	case dash < 0 && len(args) > 1:
		return &hinted{errors.New("there is no -- before the command"), "write " + cmd.CommandPath() + " " + quote(args[0]) + " -- " + words(args[1:])}
	case len(args) == 1 && dash != 0:
		return &hinted{errors.New("the command is missing"), "write " + cmd.CommandPath() + " " + quote(args[0]) + " -- COMMAND ..."}
	}
	return cobra.NoArgs(cmd, []string{""})
}

// words writes a command line that a shell reads as these words.
func words(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		quoted[i] = quote(arg)
	}
	return strings.Join(quoted, " ")
}

// errWaited ends the wait for a lock, and nothing else.
var errWaited = errors.New("the wait is over")

// runLocked runs a program under a lock.
func (c *command) runLocked(ctx context.Context, url string, args []string, l locking) error {
	if l.wait < 0 {
		return &usageError{&hinted{fmt.Errorf("--wait is %v, and must not be negative", l.wait), "write -n to wait not at all"}}
	}
	if l.ttl < lease.MinTTL {
		return &usageError{&hinted{fmt.Errorf("--ttl is %v, and must be at least %v", l.ttl, lease.MinTTL), fmt.Sprintf("leave --ttl out for the default of %v", lease.DefaultTTL)}}
	}
	store, err := c.open(ctx, url)
	if err != nil {
		return err
	}
	lock := lease.New(store, func(o *lease.Options) { o.TTL, o.Owner = l.ttl, l.owner })
	ctx, patience := patient(ctx)
	defer patience.stop(nil)
	runUnder := lock.TryDo
	held := func() bool { return true }
	if !l.never && (!l.waits || l.wait > 0) {
		runUnder = func(ctx context.Context, fn func(context.Context, *lease.Held) error) error {
			return c.waitFor(ctx, lock, fn, func() {
				if l.waits {
					held = time.AfterFunc(l.wait, func() { patience.stop(errWaited) }).Stop
				}
			})
		}
	}
	err = runUnder(ctx, func(ctx context.Context, h *lease.Held) error {
		if !held() {
			return errWaited
		}
		token := fmt.Sprintf("AWSJAR_TOKEN=%d", h.Token())
		return c.runJob(ctx, patience, job{args: args, environ: append(slices.Clip(c.environ), token), stdin: c.stdin, stdout: c.stdout})
	})
	return c.lockFailed(err, l.waits && context.Cause(ctx) == errWaited)
}

// waitFor runs fn under a lock. Where another program holds it, waitFor says
// so at once, calls begin, and waits.
func (c *command) waitFor(ctx context.Context, lock *lease.Lock, fn func(context.Context, *lease.Held) error, begin func()) error {
	ran := false
	err := lock.TryDo(ctx, func(ctx context.Context, h *lease.Held) error {
		ran = true
		return fn(ctx, h)
	})
	other, ok := errors.AsType[*lease.HeldError](err)
	if ran || !ok {
		return err
	}
	fmt.Fprintf(c.stderr, "awsjar: waiting for %q, which holds it%s\n", other.Owner, since(other))
	begin()
	waited := lock.Do(ctx, fn)
	_, ok = errors.AsType[*lease.HeldError](waited)
	if !ok && (errors.Is(waited, errWaited) || context.Cause(ctx) == errWaited) {
		return err // which names the holder
	}
	return waited
}

// since says since when a lease is held, if that is known.
func since(held *lease.HeldError) string {
	if held.Since.IsZero() {
		return ""
	}
	return " since " + inUTC(held.Since)
}

// heldUntil is a lease.HeldError in the words of the command.
type heldUntil struct {
	*lease.HeldError
	free time.Time // if the holder died
}

func (h *heldUntil) Unwrap() error { return h.HeldError }

func (h *heldUntil) Error() string {
	return fmt.Sprintf("held by %q%s; it keeps the lock as long as it runs; if it died, the lock is free by %s", h.Owner, since(h.HeldError), inUTC(h.free))
}

// lockFailed names the holder of a lock, and the end of a program that lost it.
func (c *command) lockFailed(err error, waited bool) error {
	if held, ok := errors.AsType[*lease.HeldError](err); ok && (waited || !errors.Is(err, context.Canceled)) {
		return &hinted{&awsjar.Error{Target: c.url, Err: &heldUntil{held, time.Now().Add(held.Left)}}, "wait, or, if the holder is surely dead, break the lock: awsjar delete " + quote(c.url)}
	}
	if errors.Is(err, lease.ErrLost) {
		return &hinted{
			&awsjar.Error{Target: c.url, Err: fmt.Errorf("%w while the command ran", lease.ErrLost)},
			"the command was ended, and may have done half of its work; another program may hold the lock now",
		}
	}
	return err
}
