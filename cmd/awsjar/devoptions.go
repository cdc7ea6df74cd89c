package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/awsjar/awsjar/awsfake"
	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// devOptions are the flags of dev.
type devOptions struct {
	awsfake.Options
	functions, buckets []string
	variables, every   []string
	faults             []string
	log, ui            bool
}

func (o *devOptions) bind(flags *pflag.FlagSet) {
	flags.StringVar(&o.Addr, "addr", "127.0.0.1:0", "the `address` to listen on; port 0 is any free one")
	flags.StringVar(&o.Dir, "dir", "", "keep the state in this `directory` (default: memory)")
	flags.StringArrayVar(&o.functions, "function", nil, "make a function of this `name`, if there is none; NAME=COMMAND runs COMMAND when it is invoked; may be repeated")
	flags.StringArrayVar(&o.variables, "variable", nil, "give a new function a variable, as `FUNCTION:NAME=VALUE`; may be repeated")
	flags.StringArrayVar(&o.every, "every", nil, "invoke a function on a schedule, as `FUNCTION=INTERVAL`, such as sams-lambda=1m; may be repeated")
	flags.StringArrayVar(&o.buckets, "bucket", nil, "make a bucket of this `name`, if there is none; may be repeated")
	flags.StringVar(&o.AccessKey, "access-key", "", "the access key `id` that requests must be signed with (default: made up)")
	flags.StringVar(&o.SecretKey, "secret-key", "", "the secret access `key` (default: made up)")
	flags.StringArrayVar(&o.Hosts, "host", nil, "answer requests to this host `name` too, as well as to localhost, IP addresses and AWS's names; may be repeated")
	flags.DurationVar(&o.Settle, "settle", 0, "how long an update of a function stays in progress")
	flags.BoolVar(&o.TLS, "tls", false, "serve https, with a certificate that AWS_CA_BUNDLE names")
	flags.StringArrayVar(&o.faults, "fault", nil, "let requests fail, as `JSON`: '{\"op\": \"PutObject\", \"after\": true, \"drop\": true}'; may be repeated")
	flags.BoolVar(&o.log, "log", false, "print a line for each request")
	flags.BoolVar(&o.ui, "ui", false, "serve a page of its states and its requests too; see awsjar ui --help")
}

// buildTime is how long a function may take to start: a command such as "go run"
// builds it first.
const buildTime = 5 * time.Minute

// functionName is a name that CreateFunction takes (Lambda API Reference,
// CreateFunction, FunctionName).
var functionName = lazyregexp.New(`^[a-zA-Z0-9-_]{1,64}$`)

// bucketName is a name that CreateBucket takes (S3 user guide, "General purpose bucket
// naming rules"), but for names such as those of IP addresses.
var bucketName = lazyregexp.New(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// devFunction is a function that a flag asks for.
type devFunction struct {
	name      string
	command   []string
	variables map[string]string
	every     time.Duration
}

// plan reads the flags that are about functions.
func (o *devOptions) plan() ([]*devFunction, error) {
	var all []*devFunction
	byName := map[string]*devFunction{}
	for _, text := range o.functions {
		name, command, runs := strings.Cut(text, "=")
		if !functionName().MatchString(name) {
			return nil, misused(fmt.Sprintf("%q is not the name of a function", name), "use up to 64 letters, digits, - and _, such as --function sams-lambda")
		}
		f := &devFunction{name: name, command: strings.Fields(command)}
		if runs && len(f.command) == 0 {
			return nil, misused("the command of "+name+" is empty", "give one, such as --function "+name+"=./bootstrap")
		}
		all, byName[name] = append(all, f), f
	}
	for _, text := range o.variables {
		name, line, ok := strings.Cut(text, ":")
		variable, value, ok2 := strings.Cut(line, "=")
		f := byName[name]
		if !ok || !ok2 || f == nil {
			return nil, misused(fmt.Sprintf("--variable %s names no variable of a function that --function makes", quote(text)), "write --variable FUNCTION:NAME=VALUE")
		}
		if f.variables == nil {
			f.variables = map[string]string{}
		}
		f.variables[variable] = value
	}
	for _, text := range o.every {
		name, interval, _ := strings.Cut(text, "=")
		f := byName[name]
		d, err := time.ParseDuration(interval)
		if err != nil || d < time.Millisecond || f == nil || len(f.command) == 0 {
			return nil, misused(fmt.Sprintf("--every %s is not a schedule of a function that runs", quote(text)), "write --every FUNCTION=INTERVAL, such as sams-lambda=1m, and --function FUNCTION=COMMAND")
		}
		f.every = d
	}
	return all, nil
}

// misused is the error for flags that can never work.
func misused(problem, hint string) error { return &usageError{&hinted{errors.New(problem), hint}} }

// start starts a fake AWS that has the functions and buckets.
func (o *devOptions) start() (*awsfake.Server, error) {
	functions, err := o.plan()
	if err != nil {
		return nil, err
	}
	if o.Settle < 0 {
		return nil, misused(fmt.Sprintf("--settle is %v, and must not be negative", o.Settle), "leave --settle out for updates that are in force at once")
	}
	for _, name := range o.buckets {
		if !bucketName().MatchString(name) {
			return nil, misused(fmt.Sprintf("%q is not the name of a bucket", name), "use 3 to 63 lower case letters, digits, - and ., such as --bucket my-bucket")
		}
	}
	var faults []awsfake.Fault
	for _, text := range o.faults {
		f, err := awsfake.ParseFault([]byte(text))
		if err != nil {
			return nil, misused(err.Error(), `write a JSON object such as '{"op": "PutObject", "after": true, "drop": true}'; docs/awsfake.md has its members`)
		}
		faults = append(faults, f)
	}
	o.InitTimeout = buildTime
	srv, err := awsfake.Start(func(to *awsfake.Options) { *to = o.Options })
	if _, ok := errors.AsType[*fs.PathError](err); ok && o.Dir != "" {
		return nil, &hinted{err, "give --dir a directory that can be made and written, such as --dir ./aws"}
	}
	if _, ok := errors.AsType[*net.AddrError](err); ok {
		return nil, &usageError{err}
	}
	if err != nil {
		return nil, err
	}
	for _, f := range functions {
		err = errors.Join(err, f.make(srv))
	}
	for _, name := range o.buckets {
		err = errors.Join(err, srv.CreateBucket(name))
	}
	for _, f := range faults {
		srv.Inject(f)
	}
	if _, ok := errors.AsType[*fs.PathError](err); err != nil && !ok { // a service refused a name
		err = &usageError{&hinted{err, "check the names of --function, --variable and --bucket; AWS refuses them as well"}}
	}
	if err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return srv, nil
}

// make makes a function, unless it exists, and lets it run.
func (f *devFunction) make(srv *awsfake.Server) error {
	if _, exists := srv.Environment(f.name); !exists {
		if err := srv.CreateFunction(f.name, f.variables); err != nil {
			return err
		}
	}
	if len(f.command) == 0 {
		return nil
	}
	if err := srv.Run(f.name, f.command...); err != nil {
		return err
	}
	if f.every == 0 {
		return nil
	}
	_, err := srv.Schedule(f.name, f.every) // ends with the server
	return err
}

// logRequest prints a line for a request. It never holds a value.
func (c *command) logRequest(r awsfake.Request) {
	op, status := r.Op, fmt.Sprint(r.Status)
	if op == "" {
		op = r.Method + " ?"
	}
	if r.Status == 0 {
		status = "no answer"
	}
	line := fmt.Sprintf("awsjar: %s %s %s %s %d B in, %d B out", r.Service, op, printable(quote(r.Target)), status, r.BytesIn, r.BytesOut)
	if r.Status >= http.StatusBadRequest && r.Faulted || r.Status == 0 && r.Faulted {
		line += ", a fault"
	}
	fmt.Fprintln(c.stderr, line)
}
