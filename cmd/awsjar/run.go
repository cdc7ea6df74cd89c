package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// world is all that a command may read from and write to.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	environ        []string

	typing    bool        // a person types the input
	watching  bool        // a person looks at stdout
	attending bool        // a person looks at stderr
	aws       *aws.Config // nil: the machine's
}

// run carries out one command line and returns the exit code.
func run(ctx context.Context, args []string, w world) int {
	c := &command{world: w}
	root := c.root(args...)
	root.SetArgs(joinPairs(args))
	root.SetIn(w.stdin)
	root.SetOut(w.stdout)
	root.SetErr(w.stderr)
	sub, err := root.ExecuteContextC(ctx)
	if sub != root {
		c.name = strings.TrimPrefix(sub.CommandPath(), "awsjar ")
	}
	if err != nil && !c.started {
		err = &usageError{err}
	}
	c.jsonErrors = asksForJSON(sub, args)
	return c.report(err)
}

// asksForJSON reports whether a command line has --json, also one that was not
// understood.
func asksForJSON(sub *cobra.Command, args []string) bool {
	flag := sub.Flags().Lookup("json")
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return flag != nil && (flag.Value.String() == "true" || slices.Contains(args, "--json"))
}

// command is one run of the program.
type command struct {
	world
	jsonErrors bool   // errors are for machines
	name       string // of the subcommand
	started    bool   // the command line was understood
	url        string
	region     string
	profile    string
	endpoint   string
	timeout    time.Duration
	noWait     bool // do not wait until a write to a function is in force
}

// root returns the command with the subcommand that a command line begins with,
// or with all of them if it begins with none.
func (c *command) root(args ...string) *cobra.Command {
	var version bool
	root := &cobra.Command{
		Use:   "awsjar",
		Short: "Small application state in a Lambda function's environment or in S3",
		Long: `awsjar reads and changes small application state where Lambda functions keep it.

A state is named by a URL:
  lambda://NAME        the environment of a function; with ?name=VARIABLE another jar than
                       the default one, with ?overflow=s3://BUCKET/KEY a place for values
                       that do not fit, with ?history=s3://BUCKET/KEY one for earlier values
  s3://BUCKET/KEY      an object in S3
  file:PATH            a file
  env:NAME             a variable of this process's own environment, read only
  mem:                 memory, gone when the command ends

Only the value goes to stdout; all else goes to stderr. Exit codes: 0 ok,
1 error, 2 usage, 3 nothing stored, 4 conflict, 5 too large.`,
		Example: `  awsjar demo                                        see it work, without an AWS account
  awsjar put lambda://sams-lambda '{"num_acorns": 50}'
  awsjar update lambda://sams-lambda --jq '.num_acorns += 1'

  awsjar ls lambda://                                which functions have a state, and how full they are
  awsjar usage lambda://sams-lambda                  what takes the space of one
  awsjar doctor lambda://sams-lambda                 what is wrong with it, and what to type
  awsjar history s3://my-bucket/state.json           the earlier values, if the bucket keeps versions
  awsjar diff s3://my-bucket/state.json              what the last write changed
  awsjar undo s3://my-bucket/state.json              take the last write back
  awsjar lock s3://my-bucket/nightly.lock -- ./nightly.sh
  awsjar ui lambda:// s3://my-bucket/                look at all that in a browser`,
		Args: noSuchCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return c.writeBuild()
			}
			return cmd.Help()
		},
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(wrongFlag)
	root.Flags().BoolVar(&version, "version", false, "print which build this is")
	c.flags(root.PersistentFlags())
	c.add(root, args)
	strictly(root, args)
	return root
}

// flags are those of all subcommands.
func (c *command) flags(flags *pflag.FlagSet) {
	flags.StringVar(&c.profile, "profile", "", "`name` of a profile in ~/.aws (default: AWS_PROFILE)")
	flags.StringVar(&c.region, "region", "", "AWS `region`, where the URL names none")
	flags.StringVar(&c.endpoint, "endpoint", "", "`URL` of the service, where the state's URL names none")
	flags.BoolVar(&c.noWait, "no-wait", false, "of a function: return when AWS Lambda has accepted a write, and do not wait until it is in force")
	flags.DurationVar(&c.timeout, "timeout", 0, "give up after this `duration`, such as 30s, with exit code 1 (default: never)")
}

// add adds the subcommand that a command line begins with, or all of them.
func (c *command) add(root *cobra.Command, args []string) {
	named := len(args) > 0 && slices.ContainsFunc(c.groups(), func(g group) bool {
		return slices.ContainsFunc(g.commands, func(e entry) bool { return e.name == args[0] })
	})
	completes := len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd)
	if completes {
		completingFlags(root, root.PersistentFlags())
	}
	root.CompletionOptions.DisableDefaultCmd = named
	root.SetCompletionCommandGroupID("Help")
	root.SetHelpCommandGroupID("Help")
	for _, group := range c.groups() {
		root.AddGroup(&cobra.Group{ID: group.title, Title: group.title + ":"})
		for _, entry := range group.commands {
			if named && entry.name != args[0] {
				continue
			}
			sub := entry.build()
			c.prepare(sub)
			c.completing(sub, entry.arguments)
			if completes {
				completingFlags(sub, sub.Flags())
			}
			sub.GroupID = group.title
			root.AddCommand(sub)
		}
	}
}

// group is a part of the list of commands.
type group struct {
	title    string
	commands []entry
}

// entry is a subcommand, which is built when it is needed.
type entry struct {
	name      string
	build     func() *cobra.Command
	arguments []completer // for the shell to offer
}

func (c *command) groups() []group {
	return []group{
		{"State", []entry{
			{"get", c.get, inHistory}, {"put", c.put, oneState}, {"create", c.create, oneState},
			{"update", c.update, oneState}, {"edit", c.edit, oneState}, {"delete", c.delete, oneState},
			{"copy", c.copy, twoStates}, {"usage", c.usage, oneState}, {"fit", c.fit, noneKnown},
			{"watch", c.watch, oneState},
		}},
		{"Versions", []entry{
			{"history", c.history, oneState}, {"show", c.show, inHistory}, {"diff", c.diff, twoInIt},
			{"restore", c.restore, inHistory}, {"undo", c.undo, oneState}, {"undelete", c.undelete, oneState},
			{"prune", c.prune, oneState},
		}},
		{"Places", []entry{
			{"ls", c.ls, oneState}, {"versioning", c.versioning, bucketAndChange}, {"doctor", c.doctor, oneState},
			{"check", c.check, oneState},
		}},
		{"Jobs", []entry{
			{"lock", c.lock, oneState}, {"once", c.once, oneState},
		}},
		{"Page", []entry{
			{"ui", c.ui, states},
		}},
		{"Try", []entry{
			{"demo", c.demo, noneKnown}, {"dev", c.dev, noneKnown},
		}},
		{"Help", []entry{
			{"version", c.version, noneKnown},
		}},
	}
}

// prepare makes a subcommand name its arguments if it got others,
// note that its command line was understood, and run no longer than --timeout.
func (c *command) prepare(sub *cobra.Command) {
	do, check := sub.RunE, sub.Args
	sub.DisableFlagsInUseLine = true
	sub.Args = func(cmd *cobra.Command, args []string) error {
		err := check(cmd, args)
		if _, ok := errors.AsType[*hinted](err); err == nil || ok {
			return err
		}
		return &hinted{fmt.Errorf("wrong number of arguments: %d", len(args)), "write awsjar " + sub.Use}
	}
	sub.RunE = func(cmd *cobra.Command, args []string) error {
		c.name = sub.Name()
		if c.timeout < 0 {
			return &hinted{fmt.Errorf("--timeout is %v, and must not be negative", c.timeout), "leave --timeout out to wait as long as it takes"}
		}
		c.started, c.jsonErrors = true, asksForJSON(sub, nil)
		if c.timeout > 0 {
			ctx, cancel := context.WithTimeout(cmd.Context(), c.timeout)
			defer cancel()
			cmd.SetContext(ctx)
		}
		return do(cmd, args)
	}
}
