package main

import (
	"context"
	"errors"
	"io"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// grace is how long a job that is asked to end may take, before it is killed.
// It is shorter than the rest of the shortest lease when it is lost.
const grace = 2 * time.Second

// job is a program that does its work with the streams of this command.
type job struct {
	args    []string
	environ []string
	stdin   io.Reader
	stdout  io.Writer
}

// runJob runs a job. Its exit code is an *exited. When the context ends the job
// and the processes that it started are asked to end, and are killed after a
// grace; the error then is the context's cause. After a signal they are asked, and
// have all the time that they need.
func (c *command) runJob(ctx context.Context, p *patience, j job) error {
	if !p.begin() {
		return context.Cause(p.asked)
	}
	program := exec.CommandContext(ctx, j.args[0], j.args[1:]...)
	program.Stdin, program.Stdout, program.Stderr = j.stdin, j.stdout, c.stderr
	program.Env = j.environ
	program.WaitDelay = grace
	if !c.typing { // a group of its own could not read the person's typing
		inGroup(program)
	}
	program.Cancel = func() error { return askToEnd(program) }
	runtime.LockOSThread() // the program ends with the thread that has started it
	defer runtime.UnlockOSThread()
	endWithParent(program)
	err := program.Start()
	if err == nil {
		defer context.AfterFunc(p.asked, func() {
			if cause := context.Cause(p.asked); bySignal(cause) && !c.toldByTerminal(p.asked) {
				_ = askToEnd(program)
			}
		})()
		err = program.Wait()
	}
	if program.Process != nil && !c.typing {
		endGroup(program)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case program.Process == nil:
		return notRun(err, j.args[0])
	}
	return exitOf(err)
}

// exitOf turns the end of a program into the exit code that a shell gives it.
func exitOf(err error) error {
	ended, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return err
	}
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &exited{code: 128 + int(status.Signal())}
	}
	return &exited{code: ended.ExitCode()}
}
