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
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/awsfake"
)

func (c *command) dev() *cobra.Command {
	var options awsfake.Options
	var functions, buckets []string
	cmd := &cobra.Command{
		Use:   "dev [-- COMMAND ...]",
		Short: "Serve Lambda and S3 on this machine, for development",
		Long: `Serve what awsjar needs of Lambda and S3 on this machine, until interrupted, and
print the lines that point any AWS SDK at it. With a command, run that with
those variables set, and end with its exit code, or with 127 if there is no such
command. No AWS account is used: the command sees none of your AWS variables.

Requests must be signed with the keys that those variables hold; they are made
up for each run. Only this machine is listened to, unless --addr says otherwise.`,
		Example: `  awsjar dev --function sams-lambda --bucket acorns
  awsjar dev --function sams-lambda -- awsjar put lambda://sams-lambda '{}'
  awsjar dev --dir ./aws --addr 127.0.0.1:4599 --bucket acorns -- go test ./...`,
		Args: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); len(args) > 0 && dash != 0 {
				return &hinted{fmt.Errorf("unexpected argument %q", args[0]), "put -- before the command: awsjar dev -- " + quote(args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			options.AccessKey = cmp.Or(options.AccessKey, "AKID"+rand.Text()[:16])
			options.SecretKey = cmp.Or(options.SecretKey, rand.Text())
			options.Hosts = append(options.Hosts, "localhost")
			srv, err := startFake(options, functions, buckets)
			if err != nil {
				return err
			}
			defer srv.Close()
			if reached, err := url.Parse(srv.URL()); err == nil {
				c.warnOfNeighbours(options.Addr, reached)
			}
			if len(args) > 0 {
				return c.runWith(cmd.Context(), srv.Env(), args)
			}
			return c.serve(cmd.Context(), srv)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&options.Addr, "addr", "127.0.0.1:0", "the `address` to listen on; port 0 is any free one")
	flags.StringVar(&options.Dir, "dir", "", "keep the state in this `directory` (default: memory)")
	flags.StringArrayVar(&functions, "function", nil, "make a function of this `name`, if there is none; may be repeated")
	flags.StringArrayVar(&buckets, "bucket", nil, "make a bucket of this `name`, if there is none; may be repeated")
	flags.StringVar(&options.AccessKey, "access-key", "", "the access key `id` that requests must be signed with (default: made up)")
	flags.StringVar(&options.SecretKey, "secret-key", "", "the secret access `key` (default: made up)")
	flags.StringArrayVar(&options.Hosts, "host", nil, "answer requests to this host `name` too, as well as to localhost, IP addresses and AWS's names; may be repeated")
	flags.DurationVar(&options.Settle, "settle", 0, "how long an update of a function stays in progress")
	flags.BoolVar(&options.TLS, "tls", false, "serve https, with a certificate that AWS_CA_BUNDLE names")
	return cmd
}

// functionName is what CreateFunction takes (Lambda API Reference,
// CreateFunction, FunctionName).
var functionName = regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}$`)

// bucketName is what CreateBucket takes (S3 user guide, "General purpose bucket
// naming rules"), but for names such as those of IP addresses.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// startFake starts a fake AWS that has the functions and buckets.
func startFake(options awsfake.Options, functions, buckets []string) (*awsfake.Server, error) {
	for _, name := range functions {
		if !functionName.MatchString(name) {
			return nil, &usageError{&hinted{fmt.Errorf("%q is not the name of a function", name), "use up to 64 letters, digits, - and _, such as --function sams-lambda"}}
		}
	}
	for _, name := range buckets {
		if !bucketName.MatchString(name) {
			return nil, &usageError{&hinted{fmt.Errorf("%q is not the name of a bucket", name), "use 3 to 63 lower case letters, digits, - and ., such as --bucket my-bucket"}}
		}
	}
	srv, err := awsfake.Start(func(o *awsfake.Options) {
		o.Addr, o.Dir, o.Settle, o.TLS = options.Addr, options.Dir, options.Settle, options.TLS
		o.AccessKey, o.SecretKey, o.Hosts = options.AccessKey, options.SecretKey, options.Hosts
	})
	if _, ok := errors.AsType[*fs.PathError](err); ok && options.Dir != "" {
		return nil, &hinted{err, "give --dir a directory that can be made and written, such as --dir ./aws"}
	}
	if err != nil {
		return nil, err
	}
	for _, name := range functions {
		if _, exists := srv.Environment(name); !exists {
			err = errors.Join(err, srv.CreateFunction(name, nil))
		}
	}
	for _, name := range buckets {
		err = errors.Join(err, srv.CreateBucket(name))
	}
	if err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return srv, nil
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
	return nil
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
	child.Cancel = func() error { return child.Process.Signal(os.Interrupt) }
	child.WaitDelay = 5 * time.Second
	err := child.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
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
