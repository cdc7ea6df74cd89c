package main

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/aws/smithy-go"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/jarurl"
)

// hint returns the remedy for an error: a command to type where the command
// knows one, else the hint of the library.
func (c *command) hint(err error) string {
	if h, ok := errors.AsType[*hinted](err); ok {
		return h.hint
	}
	library := awsjar.Hint(err)
	for _, hint := range []string{c.hintToOverflow(err), c.hintToEndpoint(err), c.hintToPlaces(err), c.hintToLook(err, library), c.hintToStoreElsewhere(err), c.hintOfLibrary(err, library)} {
		if hint != "" {
			return hint
		}
	}
	if errors.Is(err, awsjar.ErrInvalid) && strings.Contains(err.Error(), "revision") {
		return "take it from: awsjar get --json " + quote(c.url)
	}
	if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) {
		if awserr.Header(err, "X-Amz-Delete-Marker") == "true" {
			return "it was deleted; bring it back: awsjar undelete " + quote(c.url)
		}
		return c.hintToList()
	}
	if hint := c.hintOnTheWay(err); hint != "" {
		return hint
	}
	if usage := new(usageError); errors.As(err, &usage) {
		return strings.TrimSpace("awsjar "+c.name) + " --help"
	}
	return ""
}

// hintToLook says how to see the stored value, where that is the next step.
func (c *command) hintToLook(err error, library string) string {
	url := quote(c.url)
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
	return ""
}

// hintToStoreElsewhere names the kind of place that has the missing ability.
func (c *command) hintToStoreElsewhere(err error) string {
	if !errors.Is(err, awsjar.ErrUnsupported) {
		return ""
	}
	if strings.HasPrefix(c.url, "env:") {
		return "change it where it is kept: awsjar " + c.name + " lambda://NAME"
	}
	if !strings.HasPrefix(c.url, "lambda:") {
		return ""
	}
	switch c.name {
	case "lock", "once":
		return "keep it in a bucket: awsjar " + c.name + " s3://BUCKET/KEY -- COMMAND"
	case "history", "show", "diff", "restore", "undo", "undelete", "prune":
		if !strings.Contains(c.url, "history=") {
			return "a function keeps only the newest value; where its writers keep a history, name it: lambda://NAME?history=s3://BUCKET/KEY"
		}
	}
	return ""
}

// hintOfLibrary returns the hint of the library in the terms of the command.
func (c *command) hintOfLibrary(err error, library string) string {
	if function, qualifier, ok := qualified(c.url); ok && errors.Is(err, awsjar.ErrNoStore) {
		return "check the name, and whether it has the version or alias " + quote(qualifier) + ": aws lambda list-aliases --function-name " + quote(function)
	}
	if parameter, ok := strings.CutPrefix(library, "write ?"); ok && !strings.Contains(c.url, "?") { // it was a flag
		return "write --" + strings.Replace(parameter, "=", " ", 1)
	}
	if library != "" && c.isOver(err) {
		return "allow it more than --timeout " + c.timeout.String() + ", or " + library
	}
	return library
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

// hintOnTheWay returns the remedy if a request or its answer did not arrive.
func (c *command) hintOnTheWay(err error) string {
	garbled, wire := new(smithy.DeserializationError), new(net.OpError)
	switch {
	case errors.As(err, &wire) && wire.Op == "listen":
		return "choose an address of this machine whose port is free, such as --addr 127.0.0.1:0"
	case errors.As(err, &wire) && wire.Op == "dial":
		return "nothing answers there: check the region, the endpoint (AWS_ENDPOINT_URL) and the network"
	case awserr.HasNoEndpoint(err):
		return awserr.EndpointHint
	case c.isOver(err):
		return "allow it more than --timeout " + c.timeout.String()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &garbled), errors.As(err, &wire):
		return "try again; if it stays, check the endpoint (AWS_ENDPOINT_URL), the network and proxies"
	}
	return ""
}
