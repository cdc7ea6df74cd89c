// Command awsjar reads and changes small application state where Lambda
// functions keep it: in their own environment, or in S3.
//
//	awsjar get lambda://sams-lambda
//	awsjar update s3://my-bucket/state.json --jq '.count += 1'
//	awsjar demo
//
// Only the value goes to stdout; all else goes to stderr. The exit code is 0 if all
// is well, 1 after an error, 2 if the command can never work as it was typed (a
// file or stdin that is not JSON is 1), 3 if nothing is stored, 4 after a conflict
// with another writer and 5 if the value does not fit.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		first := <-signals
		signal.Stop(signals) // a second signal ends the program at once
		cancel(signalled{first})
	}()
	os.Exit(run(ctx, os.Args[1:], world{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		environ:   os.Environ(),
		typing:    term.IsTerminal(int(os.Stdin.Fd())),
		watching:  term.IsTerminal(int(os.Stdout.Fd())),
		attending: term.IsTerminal(int(os.Stderr.Fd())),
	}))
}
