package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/awsfake"
)

func (c *command) dev() *cobra.Command {
	var o devOptions
	cmd := &cobra.Command{
		Use:   "dev [-- COMMAND ...]",
		Short: "Serve Lambda and S3 on this machine, for development",
		Long: `Serve Lambda and S3 on this machine, until interrupted, and print the lines that
point any AWS SDK at it. With a command, run that with those variables set, and
end with its exit code, or with 127 if there is no such command. No AWS account
is used: the command sees none of your AWS variables.

A function with a command, --function NAME=COMMAND, runs: the command is the
program that you would deploy, and is split at spaces. It is started when the
function is invoked, and again after each change of its variables, as on AWS. It
sees the variables of its function, and none of yours but PATH, HOME and those
of Go.

Requests must be signed with the keys that those variables hold; they are made
up for each run. Only this machine is listened to, unless --addr says otherwise.`,
		Example: `  awsjar dev --function sams-lambda --bucket acorns
  awsjar dev --function sams-lambda -- awsjar put lambda://sams-lambda '{}'
  awsjar dev --function sams-lambda=./bootstrap --every sams-lambda=1m --log
  awsjar dev --ui --function sams-lambda --bucket acorns
  awsjar dev --dir ./aws --addr 127.0.0.1:4599 --bucket acorns -- go test ./...`,
		Args: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); len(args) > 0 && dash != 0 {
				return &hinted{fmt.Errorf("unexpected argument %q", args[0]), "put -- before the command: awsjar dev -- " + quote(args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.develop(cmd.Context(), &o, args) },
	}
	o.bind(cmd.Flags())
	return cmd
}

// develop serves, and runs a command if there is one.
func (c *command) develop(ctx context.Context, o *devOptions, args []string) error {
	o.AccessKey = cmp.Or(o.AccessKey, "AKID"+rand.Text()[:16])
	o.SecretKey = cmp.Or(o.SecretKey, rand.Text())
	o.Hosts = append(o.Hosts, "localhost")
	o.Region = cmp.Or(c.region, c.variable("AWS_REGION"), c.variable("AWS_DEFAULT_REGION"))
	o.FunctionLog = c.stderr
	if o.log {
		o.Observe = c.logRequest
	}
	srv, err := o.start()
	if err != nil {
		return err
	}
	defer srv.Close()
	if reached, err := url.Parse(srv.URL()); err == nil {
		c.warnOfNeighbours(o.Addr, reached)
	}
	if o.ui {
		end, err := c.servePageOf(ctx, srv)
		if err != nil {
			return err
		}
		defer end()
	}
	if len(args) > 0 {
		return cmp.Or(c.runWith(ctx, srv.Env(), args), srv.Unfired())
	}
	return c.serve(ctx, srv)
}

// warnOfNeighbours says that an address is open to other machines, and how
// they reach it.
func (c *command) warnOfNeighbours(addr string, reached *url.URL) {
	host, _, _ := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return
	}
	fmt.Fprintf(c.stderr, "awsjar: warning: other machines can reach port %s too; those that have the keys are served\n", reached.Port())
	if name, err := os.Hostname(); err == nil {
		fmt.Fprintf(c.stderr, "awsjar: hint: they use an IP address of this machine, or %s://%s:%s if you add --host %s\n",
			reached.Scheme, name, reached.Port(), name)
	}
}

// serve prints the lines for a shell and serves until it is interrupted.
func (c *command) serve(ctx context.Context, srv *awsfake.Server) error {
	fmt.Fprintf(c.stderr, "awsjar: Lambda and S3 at %s, until interrupted; for another shell:\n", srv.URL())
	var lines strings.Builder
	if names := hiddenBy(c.environ, srv.Env()); len(names) > 0 {
		fmt.Fprintf(&lines, "unset %s\n", strings.Join(names, " "))
	}
	for _, line := range srv.Env() {
		name, value, _ := strings.Cut(line, "=")
		fmt.Fprintf(&lines, "export %s=%s\n", name, quote(value))
	}
	if _, err := fmt.Fprint(c.stdout, lines.String()); err != nil {
		return err
	}
	<-ctx.Done()
	return timeOver(ctx)
}

// hiddenBy returns the names of the AWS variables of the environment that
// would get into the way of those given.
func hiddenBy(environ, given []string) []string {
	var names []string
	for _, line := range environ {
		if name, _, _ := strings.Cut(line, "="); isAWS(name) && !hasVariable(given, name) {
			names = append(names, name)
		}
	}
	return names
}

// variable returns a variable of the environment, "" if it is not set.
func (c *command) variable(name string) string {
	for _, line := range slices.Backward(c.environ) {
		if value, ok := strings.CutPrefix(line, name+"="); ok {
			return value
		}
	}
	return ""
}

// isAWS reports whether a variable tells an AWS SDK where to go or who to be.
func isAWS(name string) bool {
	return strings.HasPrefix(name, "AWS_") && !strings.HasPrefix(name, "AWS_LAMBDA_")
}

func hasVariable(environ []string, name string) bool {
	for _, line := range environ {
		if strings.HasPrefix(line, name+"=") {
			return true
		}
	}
	return false
}

// runWith runs a command with variables set and no other AWS ones.
func (c *command) runWith(ctx context.Context, variables, args []string) error {
	child := exec.CommandContext(ctx, args[0], args[1:]...)
	child.Stdin, child.Stdout, child.Stderr = c.stdin, c.stdout, c.stderr
	for _, line := range c.environ {
		if name, _, _ := strings.Cut(line, "="); !isAWS(name) {
			child.Env = append(child.Env, line)
		}
	}
	child.Env = append(child.Env, variables...)
	child.Cancel = func() error {
		if c.toldByTerminal(ctx) {
			return nil
		}
		return child.Process.Signal(os.Interrupt)
	}
	child.WaitDelay = 5 * time.Second
	err := child.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return ctx.Err()
		}
		if ctx.Err() != nil {
			return &exited{code: exitInterrupted}
		}
		if ended.ExitCode() > 0 {
			return &exited{code: ended.ExitCode()}
		}
	}
	if child.Process == nil && ctx.Err() == nil {
		return notRun(err, args[0])
	}
	return err
}

// notRun is the error for a command that did not begin.
func notRun(err error, name string) error {
	switch {
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return &hinted{&exited{exitNoCommand, fmt.Errorf("there is no command %q", name)}, "check the name, and whether PATH has it"}
	case err != nil:
		return &exited{exitNotRun, err}
	}
	return nil
}
