package execution

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Invocation is an invocation as a Handler sees it.
type Invocation struct {
	RequestID string
	ARN       string
	Version   string
	Payload   []byte
	Log       io.Writer
}

// Handler answers one invocation.
type Handler func(ctx context.Context, in Invocation) ([]byte, error)

// InProcess is a Program in this process. It is called at every cold start, with a
// lookup of the function's variables.
type InProcess func(getenv func(name string) string) Handler

func (program InProcess) begin(s *setting) (environment, error) {
	ctx, cancel := context.WithCancel(context.Background())
	return &inProcess{setting: s, program: program, ctx: ctx, cancel: cancel}, nil
}

// getenv looks up a variable; the last one of a name counts.
func (s *setting) getenv(name string) string {
	for i := len(s.variables) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(s.variables[i], name+"="); ok {
			return value
		}
	}
	return ""
}

// inProcess is an execution environment in this process.
type inProcess struct {
	setting *setting
	program InProcess
	handler Handler // nil before the first invocation
	ctx     context.Context
	cancel  context.CancelFunc

	mu      sync.Mutex
	ended   bool
	running sync.WaitGroup // Add only while mu is held and ended is false
}

// errNoAnswer is how a handler ends that ends its goroutine: t.Fatal of a test does.
var errNoAnswer = errors.New("the handler ended its goroutine, as t.Fatal does")

// outcome is the result of a handler.
type outcome struct {
	result   Result
	panicked bool
}

func (v *inProcess) serve(e Event, limit time.Duration) (Result, bool) {
	ctx, cancel := context.WithTimeout(v.ctx, limit)
	done := make(chan outcome, 1)
	begun := v.start(func() {
		defer cancel()
		o := outcome{exited(e, errNoAnswer), true}
		defer func() { done <- o }()
		o = v.call(ctx, e)
	})
	if !begun {
		cancel()
		return exited(e, errClosed), false
	}
	var o outcome
	select {
	case o = <-done:
	case <-ctx.Done():
		switch {
		case ctx.Err() == context.DeadlineExceeded: // below
		case v.ctx.Err() != nil:
			return exited(e, errClosed), false
		default: // cancelled after its outcome
			o = <-done
		}
	}
	if ctx.Err() == context.DeadlineExceeded {
		return timedOut(e, limit), false
	}
	return o.result, !o.panicked
}

// call calls the handler, the first time after the program has made it.
func (v *inProcess) call(ctx context.Context, e Event) (o outcome) {
	var start time.Duration
	defer func() {
		if p := recover(); p != nil {
			o = outcome{failure(typeName(p), fmt.Sprint(p)), true}
		}
		o.result.start = start
	}()
	if v.handler == nil {
		begun := time.Now()
		v.handler = v.program(v.setting.getenv)
		start = time.Since(begun)
	}
	payload, err := v.handler(ctx, Invocation{
		RequestID: e.RequestID, ARN: e.ARN, Version: v.setting.function.Version, Payload: e.Payload, Log: v.setting.log,
	})
	switch {
	case err != nil:
		return outcome{result: failure(typeName(err), err.Error())}
	case len(payload) > maxResponse:
		return outcome{result: tooLarge()}
	}
	return outcome{result: Result{Payload: payload}}
}

// start runs f in a goroutine that end waits for. It reports false after end: an
// invocation can be admitted just before the server is closed.
func (v *inProcess) start(f func()) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.ended {
		return false
	}
	v.running.Go(f)
	return true
}

func (v *inProcess) end() {
	v.mu.Lock()
	v.ended = true
	v.mu.Unlock()
	v.cancel()
	v.running.Wait()
}
