package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"

	"github.com/aws/smithy-go"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/lazyregexp"
	"github.com/awsjar/awsjar/jarurl"
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
	if err == nil || errors.Is(err, syscall.EPIPE) { // the reader has seen enough
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

// refusal is how the AWS SDK begins the text of an error that is not the server's
// fault.
const refusal = `operation error [^,]*, (?:exceeded maximum number of attempts, \d+, )?https response error StatusCode: (?:0|4\d\d), RequestID: [^,]*,(?: HostID: [^,]*,)? (?:api error |request send failed, )?`

var (
	refused = lazyregexp.New(refusal)
	// expected is such a text that says no more than the sentinel before it.
	expected = lazyregexp.New(`: ` + refusal + `(?:NoSuchKey|NotFound|PreconditionFailed|ConditionalRequestConflict)\b.*`)
	// unknown is how it begins if it finds no credentials.
	unknown = lazyregexp.New(`(?:operation error [^,]*, )?get identity: get credentials: (?:failed to refresh cached credentials, )?`)
	// crowded is what cobra says of flags that exclude each other.
	crowded = lazyregexp.New(`^if any flags in the group .* \[(\S+) (\S+)\] were all set$`)
	// lacking is what it says of a flag that must be there.
	lacking = lazyregexp.New(`^required flag\(s\) "(\S+)" not set$`)
)

// text is what is shown of an error. The operation is the one that was typed.
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

// inTermsOfCommand rewrites what the library says in its own terms.
func (c *command) inTermsOfCommand(text string) string {
	text = strings.Replace(text, "Options.Overflow is not set", "the URL names none", 1)
	text = strings.Replace(text, context.Canceled.Error(), "interrupted", 1)
	if c.timeout > 0 {
		text = strings.Replace(text, context.DeadlineExceeded.Error(), "the --timeout of "+c.timeout.String()+" is over", 1)
	}
	kind := "function"
	if strings.HasPrefix(c.url, "s3:") || strings.Contains(text, "NoSuchBucket") {
		kind = "bucket"
	}
	return strings.Replace(text, awsjar.ErrNoStore.Error(), "the "+kind+" does not exist", 1)
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

// hint says what to do about an error: a command to type where the command
// knows one, else what the library says.
func (c *command) hint(err error) string {
	if h, ok := errors.AsType[*hinted](err); ok {
		return h.hint
	}
	url, library := quote(c.url), ""
	if told, ok := errors.AsType[*awsjar.Error](err); ok {
		library = told.Hint
	}
	if hint := c.hintToOverflow(err); hint != "" {
		return hint
	}
	switch {
	case errors.Is(err, awsjar.ErrCorrupt) && library == "":
		return "see what is stored: awsjar get --raw " + url
	case errors.Is(err, awsjar.ErrExists):
		return "see what is there: awsjar get " + url
	case errors.Is(err, awsjar.ErrConflict):
		return "see what is there now, with its revision: awsjar get --json " + url
	case errors.Is(err, awsjar.ErrUncertain) && (c.name == "doctor" || c.name == "check"):
		return "try again; what it may have left is below awsjar-check/ in the bucket"
	case errors.Is(err, awsjar.ErrUncertain):
		return "see what is stored before you repeat it: awsjar get --json " + url
	}
	if strings.HasPrefix(c.url, "env:") && errors.Is(err, awsjar.ErrUnsupported) {
		return "change it where it is kept: awsjar " + c.name + " lambda://NAME"
	}
	if strings.HasPrefix(c.url, "lambda:") && errors.Is(err, awsjar.ErrUnsupported) {
		switch c.name {
		case "lock", "once":
			return "keep it in a bucket: awsjar " + c.name + " s3://BUCKET/KEY -- COMMAND"
		case "history", "show", "diff", "restore", "undo", "undelete":
			if !strings.Contains(c.url, "history=") {
				return "a function keeps only the newest value; where its writers keep a history, name it: lambda://NAME?history=s3://BUCKET/KEY"
			}
		}
	}
	if function, qualifier, ok := qualified(c.url); ok && errors.Is(err, awsjar.ErrNoStore) {
		return "check the name, and whether it has the version or alias " + quote(qualifier) + ": aws lambda list-aliases --function-name " + quote(function)
	}
	if parameter, ok := strings.CutPrefix(library, "write ?"); ok && !strings.Contains(c.url, "?") { // it was a flag
		return "write --" + strings.Replace(parameter, "=", " ", 1)
	}
	if library != "" && c.isOver(err) {
		return "allow it more than --timeout " + c.timeout.String() + ", or " + library
	}
	if library != "" {
		return library
	}
	if errors.Is(err, awsjar.ErrInvalid) && strings.Contains(err.Error(), "revision") {
		return "take it from: awsjar get --json " + url
	}
	if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) {
		if awserr.Header(err, "X-Amz-Delete-Marker") == "true" {
			return "it was deleted; bring it back: awsjar undelete " + url
		}
		return c.hintToStore()
	}
	if hint := c.hintOnTheWay(err); hint != "" {
		return hint
	}
	if usage := new(usageError); errors.As(err, &usage) {
		return strings.TrimSpace("awsjar "+c.name) + " --help"
	}
	return ""
}

// qualified returns the name of the function and the version or alias that a
// URL such as lambda://sams-lambda:live names.
func qualified(url string) (function, qualifier string, ok bool) {
	target, err := jarurl.Parse(url)
	if err != nil || target.Scheme != jarurl.Lambda || strings.HasPrefix(target.Function, "arn:") {
		return "", "", false
	}
	return strings.Cut(target.Function, ":")
}

// isOver reports whether the time of --timeout was not enough.
func (c *command) isOver(err error) bool {
	return c.timeout > 0 && errors.Is(err, context.DeadlineExceeded)
}

// hintToStore says how something gets to where nothing is stored.
func (c *command) hintToStore() string {
	switch {
	case strings.HasPrefix(c.url, "env:"):
		return "set the variable before the command: export " + strings.TrimPrefix(c.url, "env:") + `='{"num_acorns": 50}'`
	case strings.HasPrefix(c.url, "mem:"):
		return "memory is empty when a command begins: keep it in a file, file:PATH, or give a --default to get"
	}
	return "store something: awsjar put " + quote(c.url) + ` '{"num_acorns": 50}'`
}

// unusable is what the AWS SDK says of an endpoint that is not a URL.
var unusable = lazyregexp.New(`was not a valid URI|unsupported protocol scheme|Failed to parse uri|no Host in request URL`)

// hintOnTheWay says what to do if a request or its answer did not arrive.
func (c *command) hintOnTheWay(err error) string {
	garbled, wire := new(smithy.DeserializationError), new(net.OpError)
	switch {
	case errors.As(err, &wire) && wire.Op == "listen":
		return "choose an address of this machine whose port is free, such as --addr 127.0.0.1:0"
	case errors.As(err, &wire) && wire.Op == "dial":
		return "nothing answers there: check the region, the endpoint (AWS_ENDPOINT_URL) and the network"
	case unusable().MatchString(err.Error()):
		return "the endpoint must be a URL such as http://127.0.0.1:9000: check AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL_LAMBDA"
	case c.isOver(err):
		return "allow it more than --timeout " + c.timeout.String()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &garbled), errors.As(err, &wire):
		return "try again; if it stays, check the endpoint (AWS_ENDPOINT_URL), the network and proxies"
	}
	return ""
}

// quote writes a word so that a shell reads it as one.
func quote(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// printable keeps what a server or a file says from steering the terminal.
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
