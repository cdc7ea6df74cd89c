package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lazyregexp"
)

// The exit codes.
const (
	exitOK       = 0
	exitError    = 1
	exitUsage    = 2
	exitNotFound = 3
	exitConflict = 4
	exitTooLarge = 5

	// As a shell has them.
	exitNotRun      = 126
	exitNoCommand   = 127
	exitInterrupted = 130
)

// usageError is a command line that was not understood.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// hinted is an error with a hint that the library does not have.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }

// exited is the end of a command that another one was run by, or the reason
// why it did not begin.
type exited struct {
	code int
	err  error // nil if it ran
}

func (e *exited) Error() string {
	if e.err != nil {
		return e.err.Error()
	}
	return fmt.Sprintf("exit status %d", e.code)
}

// failure is an error for machines, which --json asks for.
type failure struct {
	Exit  int    `json:"exit"`
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

// report tells of an error and returns the exit code.
func (c *command) report(err error) int {
	if err == nil || readerGone(err) { // which has seen enough
		return exitOK
	}
	if end, ok := errors.AsType[*exited](err); ok && end.err == nil {
		return end.code
	}
	text, hint := c.text(err), c.hint(err)
	if c.jsonErrors {
		line, _ := json.Marshal(failure{exitCode(err), text, hint})
		fmt.Fprintf(c.stderr, "%s\n", c.shown(line))
		return exitCode(err)
	}
	fmt.Fprintf(c.stderr, "awsjar: error: %s\n", printable(text))
	if hint != "" {
		fmt.Fprintf(c.stderr, "awsjar: hint: %s\n", printable(hint))
	}
	return exitCode(err)
}

// tell writes a line about something that is no error, such as a "warning"; for
// machines as JSON, as all that --json lets a command write.
func (c *command) tell(kind, text string) {
	switch {
	case c.jsonErrors:
		line, _ := json.Marshal(map[string]string{kind: text})
		fmt.Fprintf(c.stderr, "%s\n", c.shown(line))
	case kind == "note":
		fmt.Fprintf(c.stderr, "awsjar: %s\n", printable(text))
	default:
		fmt.Fprintf(c.stderr, "awsjar: %s: %s\n", kind, printable(text))
	}
}

// readerGone reports whether a write failed since nobody reads stdout any more. A
// connection that broke during a write to AWS has the same number, in an error of
// another type.
func readerGone(err error) bool {
	failed, ok := errors.AsType[*fs.PathError](err)
	return ok && errors.Is(failed.Err, syscall.EPIPE)
}

// refusal is how the AWS SDK begins the text of an error that is not the server's
// fault.
const refusal = `operation error [^,]*, (?:exceeded maximum number of attempts, \d+, )?https response error StatusCode: (?:0|4\d\d), RequestID: [^,]*,(?: HostID: [^,]*,)? (?:api error |request send failed, )?`

var (
	refused = lazyregexp.New(refusal)
	// expected is such a text that says no more than the sentinel before it.
	expected = lazyregexp.New(`: ` + refusal + `(?:NoSuchKey|NotFound|PreconditionFailed|ConditionalRequestConflict)\b.*`)
	// unknown is how it begins if it finds no credentials.
	unknown = lazyregexp.New(`(?:operation error [^,]*, )?get identity: get credentials: (?:failed to refresh cached credentials, )?`)
	// crowded is cobra's text about flags that exclude each other.
	crowded = lazyregexp.New(`^if any flags in the group .* \[(\S+) (\S+)\] were all set$`)
	// lacking is its text about a flag that must be there.
	lacking = lazyregexp.New(`^required flag\(s\) "(\S+)" not set$`)
)

// text returns the words that are shown for an error. The operation is the one that
// was typed.
func (c *command) text(err error) string {
	if h, ok := err.(*hinted); ok {
		err = h.err
	}
	if told, ok := err.(*awsjar.Error); ok {
		renamed := *told
		renamed.Op = c.name
		err = &renamed
	}
	text := crowded().ReplaceAllString(err.Error(), "--$1 and --$2 exclude each other")
	text = lacking().ReplaceAllString(text, "--$1 is missing")
	text = unknown().ReplaceAllString(text, "no credentials: ")
	text = c.inTermsOfCommand(text)
	if at := expected().FindStringIndex(text); at != nil {
		return text[:at[0]]
	}
	return refused().ReplaceAllString(text, "")
}

// inTermsOfCommand replaces the library's terms by those of the command.
func (c *command) inTermsOfCommand(text string) string {
	text = strings.Replace(text, "Options.Overflow is not set", "the URL names none", 1)
	text = strings.Replace(text, context.Canceled.Error(), "interrupted", 1)
	if c.timeout > 0 {
		text = strings.Replace(text, context.DeadlineExceeded.Error(), "the --timeout of "+c.timeout.String()+" is over", 1)
	}
	return text
}

func exitCode(err error) int {
	usage, end := new(usageError), new(exited)
	switch {
	case errors.As(err, &end):
		return end.code
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &usage), errors.Is(err, awsjar.ErrInvalid):
		return exitUsage
	case errors.Is(err, awsjar.ErrNotFound):
		return exitNotFound
	case errors.Is(err, awsjar.ErrConflict):
		return exitConflict
	case errors.Is(err, awsjar.ErrTooLarge):
		return exitTooLarge
	}
	return exitError
}

// quote writes a word so that a shell reads it as one.
func quote(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// printable keeps text of a server or a file from steering the terminal.
func printable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '\n' || strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}
