package execution

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

// DefaultInitTimeout is how long Lambda lets a program start (developer guide,
// "Init phase"). A program that takes longer is given the time of the invocation on
// top, in which Lambda would start it again.
const DefaultInitTimeout = 10 * time.Second

// Command is a Program in a process of its own, such as the bootstrap of a custom
// runtime.
type Command struct {
	Args        []string // the program and its arguments
	InitTimeout time.Duration
}

func (c Command) begin(s *setting) (environment, error) {
	api, err := newRuntimeAPI()
	if err != nil {
		return nil, err
	}
	v := &process{api: api, patience: c.InitTimeout, exited: make(chan struct{})}
	v.cmd = exec.Command(c.Args[0], c.Args[1:]...)
	v.cmd.Env = append(inherited(os.Environ()), s.variables...)
	v.cmd.Env = append(v.cmd.Env, "AWS_LAMBDA_RUNTIME_API="+api.address, "LAMBDA_TASK_ROOT="+workingDirectory(), "LAMBDA_RUNTIME_DIR="+workingDirectory())
	if v.output, err = newOutput(s.log); err == nil {
		v.cmd.Stdout, v.cmd.Stderr = v.output.in, v.output.in
		v.kill, err = startGroup(v.cmd)
	}
	if err != nil {
		api.close()
		v.output.close()
		return nil, fmt.Errorf("start %s: %w", c.Args[0], err)
	}
	go func() {
		v.err = v.cmd.Wait()
		v.kill() // the processes that it has left running
		close(v.exited)
	}()
	return v, nil
}

// workingDirectory is the directory that commands run in, which stands for /var/task.
func workingDirectory() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	return dir
}

// process is an execution environment with a process in it.
type process struct {
	cmd      *exec.Cmd
	kill     func() // ends it and all that it has started
	api      *runtimeAPI
	output   *output
	patience time.Duration
	exited   chan struct{} // closed when err is how the process ended
	err      error
	started  bool // it has asked for an event
}

func (v *process) serve(e Event, limit time.Duration) (Result, bool) {
	var start time.Duration
	if !v.started {
		begun := time.Now()
		if r, ok := v.awaitStart(e, limit); !ok {
			return r, false
		}
		v.started, start = true, time.Since(begun)
	}
	r, usable := v.answer(e, limit)
	r.start = start
	return r, usable
}

// answer carries out an invocation in a process that waits for one.
func (v *process) answer(e Event, limit time.Duration) (Result, bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	v.api.start(e, time.Now().Add(limit))
	select {
	case v.api.events <- e:
	case <-v.exited:
		return v.ended(e)
	case <-timer.C:
		return timedOut(e, limit), false
	}
	select {
	case r := <-v.api.answer:
		v.output.flush()
		return r, true
	case <-v.exited:
		return v.ended(e)
	case <-timer.C:
		v.output.flush()
		return timedOut(e, limit), false
	}
}

// awaitStart waits until the program asks for its first event.
func (v *process) awaitStart(e Event, limit time.Duration) (Result, bool) {
	timer := time.NewTimer(v.patience + limit)
	defer timer.Stop()
	select {
	case <-v.api.ready:
		return Result{}, true
	case r := <-v.api.failed:
		v.output.flush()
		return r, false
	case <-v.exited:
		r, _ := v.ended(e)
		return r, false
	case <-timer.C:
		v.output.flush()
		return timedOut(e, limit), false
	}
}

// ended is the result of an invocation whose process has ended. It may have
// answered, or said why it could not start, before.
func (v *process) ended(e Event) (Result, bool) {
	v.output.flush()
	select {
	case r := <-v.api.answer:
		return r, false
	case r := <-v.api.failed:
		return r, false
	default:
		return exited(e, v.err), false
	}
}

// end kills the process and all that it has started.
func (v *process) end() {
	select {
	case <-v.exited:
	default:
		v.kill()
		<-v.exited
	}
	v.api.close()
	v.output.close()
}
