package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/awsjar/awsjar/awsfake"
)

func (c *command) demo() *cobra.Command {
	var ui bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show what this is, in ten seconds and without an AWS account",
		Long: `Run a handful of commands against a Lambda and an S3 that live in this process,
and show what came back. It needs no AWS account and no network, reads no
configuration, and leaves nothing behind. The exit code is 0 only if everything
shown was as it is said to be. With --ui it goes on until interrupted, and serves a
page of what it has stored.`,
		Example: `  awsjar demo
  awsjar demo --ui`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := devOptions{functions: []string{"sams-lambda"}, buckets: []string{"acorns"}}
			srv, err := o.start()
			if err != nil {
				return err
			}
			defer srv.Close()
			cfg := srv.Config()
			stage := &stage{world: c.world, srv: srv}
			stage.world.aws = &cfg
			if err := stage.play(cmd.Context()); err != nil || !ui {
				return err
			}
			end, err := c.servePageOf(cmd.Context(), srv)
			if err != nil {
				return err
			}
			<-cmd.Context().Done()
			return errors.Join(end(), timeOver(cmd.Context()))
		},
	}
	cmd.Flags().BoolVar(&ui, "ui", false, "afterwards serve a page of what was stored, until interrupted")
	return cmd
}

// stage runs commands, shows them, and checks their output.
type stage struct {
	world
	srv   *awsfake.Server
	shown int   // commands
	err   error // the first that was not as it is said to be
}

func (s *stage) play(ctx context.Context) error {
	begin := time.Now()
	s.say(bold, "awsjar keeps small state for Lambda functions.")
	s.say("", "What follows runs against a Lambda and an S3 in this process, no AWS account needed.")
	for _, act := range []func(context.Context){s.function, s.budget, s.bucket, s.past, s.writers} {
		if s.err == nil && ctx.Err() == nil {
			act(ctx)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if s.err != nil {
		return s.err
	}
	s.say(bold, "\nAll %d commands did what is said above, in %.1f s.", s.shown, time.Since(begin).Seconds())
	s.say("", `Look at all that on a page in a browser:
  awsjar demo --ui
Try it yourself, still without an account:
  awsjar dev --function sams-lambda --bucket acorns -- bash
and with one: awsjar get lambda://YOUR-FUNCTION`)
	return s.err
}

func (s *stage) function(ctx context.Context) {
	s.say(bold, "\nA state in a Lambda function's own environment")
	acorns := `{"num_acorns":50,"acorn_hideouts":["tree","lake","backyard"]}`
	s.do(ctx, step{args: []string{"put", "lambda://sams-lambda", acorns}})
	s.do(ctx, step{args: []string{"get", "lambda://sams-lambda"}, want: acorns})
	s.do(ctx, step{
		args: []string{"update", "lambda://sams-lambda", "--jq", `.num_acorns += 1`},
		want: `{"num_acorns":51,"acorn_hideouts":["tree","lake","backyard"]}`,
	})
}

func (s *stage) budget(ctx context.Context) {
	s.say(bold, "\nAll variables of a function share 4,096 bytes")
	s.do(ctx, step{
		args: []string{"update", "lambda://sams-lambda", "--jq", `[range(1000)]`},
		want: strings.Join(numbers(1000), ","), note: "a thousand numbers fit as they are",
	})
	s.do(ctx, step{args: []string{"usage", "lambda://sams-lambda"}, want: "of 4096 bytes"})
	const random = `[limit(2000; 1 | recurse(. * 48271 % 2147483647))]`
	sent := s.sent()
	s.do(ctx, step{
		args: []string{"update", "lambda://sams-lambda", "--jq", random},
		code: exitTooLarge, want: "4096", note: "two thousand random numbers do not, and nothing was sent",
	})
	if s.sent() != sent {
		s.fail("the state that does not fit", "it was sent")
	}
	s.do(ctx, step{args: []string{"update", "lambda://sams-lambda", "--jq", `{count: length}`}, want: `{"count":1000}`, note: "the thousand are still there"})
	s.do(ctx, step{
		args: []string{"update", "lambda://sams-lambda?overflow=s3://acorns/sams-lambda.json", "--jq", random},
		want: "[1,48271,", note: "unless S3 may take what does not fit",
	})
	s.do(ctx, step{args: []string{"usage", "lambda://sams-lambda"}, want: "is in the overflow"})
}

// sent returns how many updates reached Lambda.
func (s *stage) sent() int {
	n := 0
	for _, r := range s.srv.Requests() {
		if r.Op == "UpdateFunctionConfiguration" {
			n++
		}
	}
	return n
}

func numbers(n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprint(i)
	}
	return texts
}

func (s *stage) bucket(ctx context.Context) {
	s.say(bold, "\nWhat is larger goes into a bucket; each key is a state of its own")
	s.do(ctx, step{args: []string{"put", "s3://acorns/state.json", `{"num_acorns":50}`}})
	s.do(ctx, step{args: []string{"put", "s3://acorns/winter.json", `{"num_acorns":7}`}})
	s.do(ctx, step{args: []string{"get", "s3://acorns/state.json"}, want: `{"num_acorns":50}`})
	s.do(ctx, step{args: []string{"get", "s3://acorns/winter.json"}, want: `{"num_acorns":7}`})
	s.do(ctx, step{args: []string{"create", "s3://acorns/winter.json", `{"num_acorns":0}`}, code: exitConflict, want: "already exists"})
}

func (s *stage) past(ctx context.Context) {
	s.say(bold, "\nThe bucket can keep what was before")
	s.do(ctx, step{args: []string{"versioning", "s3://acorns", "enable"}, want: "enabled"})
	s.do(ctx, step{args: []string{"update", "s3://acorns/state.json", "--jq", ".num_acorns = 0"}, want: `{"num_acorns":0}`})
	s.do(ctx, step{args: []string{"diff", "s3://acorns/state.json"}, want: "-  \"num_acorns\": 50\n+  \"num_acorns\": 0\n"})
	s.do(ctx, step{args: []string{"delete", "s3://acorns/state.json"}})
	s.do(ctx, step{args: []string{"undelete", "s3://acorns/state.json"}})
	s.do(ctx, step{args: []string{"restore", "s3://acorns/state.json", "null"}, note: `"null" is the version from before`})
	s.do(ctx, step{args: []string{"get", "s3://acorns/state.json"}, want: `{"num_acorns":50}`})
}

func (s *stage) writers(ctx context.Context) {
	s.say(bold, "\nTwo writers at once, and nothing is lost")
	// A function gets fewer: one that waits for its own update can tell its
	// end as long as no more than five others follow.
	for _, race := range []struct {
		url  string
		each int
	}{{"lambda://sams-lambda", 4}, {"s3://acorns/count.json", 25}} {
		s.do(ctx, step{args: []string{"put", race.url, "0"}})
		s.race(ctx, race.url, race.each)
		s.do(ctx, step{args: []string{"get", race.url}, want: fmt.Sprint(2 * race.each), note: fmt.Sprint("2 x ", race.each)})
	}
}

// race runs two writers, each of which adds 1 a few times.
func (s *stage) race(ctx context.Context, url string, each int) {
	loop := fmt.Sprintf(`for i in $(seq %d); do awsjar update %s --jq '. + 1' >/dev/null; done &`, each, url)
	s.say(cyan, "$ %s", loop)
	s.say(cyan, "$ %s wait", loop)
	s.shown += 2
	begin := time.Now()
	var writers sync.WaitGroup
	failed := make([]string, 2)
	for i := range failed {
		writers.Go(func() {
			for range each {
				_, stderr, code := s.capture(ctx, []string{"update", url, "--jq", ". + 1"})
				failed[i] += stderr
				if code != exitOK {
					return
				}
			}
		})
	}
	writers.Wait()
	if all := strings.Join(failed, ""); all != "" {
		s.fail("the two writers", all)
	}
	s.say(dim, "  %d updates in %.1f s", 2*each, time.Since(begin).Seconds())
}

// step is a command and its expected result.
type step struct {
	args []string
	code int
	want string // is part of the output
	note string
}

// do shows a command, runs it, shows its output, and checks that.
func (s *stage) do(ctx context.Context, st step) {
	if s.err != nil {
		return
	}
	line := "awsjar"
	for _, arg := range st.args {
		line += " " + quote(arg)
	}
	s.say(cyan, "$ %s", line)
	s.shown++
	stdout, stderr, code := s.capture(ctx, st.args)
	s.show("", stdout)
	s.show(yellow, stderr)
	if st.note != "" {
		s.say(dim, "  # %s", st.note)
	}
	if code != st.code || !strings.Contains(stdout+stderr, st.want) || st.want == "" && stdout+stderr != "" {
		s.fail(line, stdout+stderr)
	}
}

func (s *stage) fail(what, got string) {
	if s.err == nil {
		s.err = fmt.Errorf("the demo went wrong at %s: %s", what, strings.TrimSpace(got))
	}
}

// capture runs a command line against the stage's own AWS.
func (s *stage) capture(ctx context.Context, args []string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = run(ctx, args, world{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, aws: s.aws})
	return out.String(), errs.String(), code
}

func (s *stage) say(color, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if color != "" && s.colored() {
		text = color + text + reset
	}
	if _, err := fmt.Fprintln(s.stdout, text); err != nil && s.err == nil {
		s.err = err
	}
}

// show shows output, the middle of very long lines left out.
func (s *stage) show(color, text string) {
	const most = 160
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if len(line) > most {
			line = fmt.Sprintf("%s ... %s (%d characters)", line[:most/4], line[len(line)-most/8:], len(line))
		}
		s.say(color, "  %s", line)
	}
}
