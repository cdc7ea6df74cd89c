package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

const (
	// maxPrinted is how much of a program's output is taken, in bytes.
	maxPrinted = 256 << 20
	// lingering is how long its output may stay open after its end.
	lingering = 2 * time.Second
)

var (
	errPrintedNothing = errors.New("the command printed nothing")
	errPrintedTooMuch = fmt.Errorf("the command printed more than %d MiB", maxPrinted>>20)
	errStillOpen      = errors.New("the command ended and left its output open to another process")
)

// programError is the end of a program that failed.
type programError struct{ err error }

func (e *programError) Error() string { return "the command failed: " + e.err.Error() }
func (e *programError) Unwrap() error { return e.err }

// runProgram gives a value to a program and returns its output once it has
// ended well. When the context ends, so do the program and the processes that
// it started.
func (c *command) runProgram(ctx context.Context, args []string, value []byte) ([]byte, error) {
	printed := &limited{left: maxPrinted}
	program := exec.CommandContext(ctx, args[0], args[1:]...)
	program.Stdin, program.Stdout, program.Stderr = bytes.NewReader(value), printed, c.stderr
	program.Env = c.environ
	program.WaitDelay = lingering
	inGroup(program)
	err := program.Run()
	if program.Process != nil {
		endGroup(program)
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case printed.left < 0:
		return nil, errPrintedTooMuch
	case program.Process == nil:
		return nil, notRun(err, args[0])
	case errors.Is(err, exec.ErrWaitDelay):
		return nil, errStillOpen
	case err != nil:
		return nil, &programError{err}
	case len(bytes.TrimSpace(printed.Bytes())) == 0:
		return nil, errPrintedNothing
	}
	return printed.Bytes(), nil
}

// limited is a buffer that takes no more than a number of bytes. After more
// than that left is below 0.
type limited struct {
	bytes.Buffer
	left int
}

func (l *limited) Write(data []byte) (int, error) {
	if l.left -= len(data); l.left < 0 {
		return 0, errPrintedTooMuch
	}
	return l.Buffer.Write(data)
}
