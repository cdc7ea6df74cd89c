package awsfake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/execution"
)

// Invocation is one invocation of a function that runs in this process.
type Invocation struct {
	RequestID string
	ARN       string    // of the function as it was invoked, with the version or alias
	Version   string    // "$LATEST" or the number of a published version
	Payload   []byte    // the event, JSON
	Log       io.Writer // takes the function's output
}

// Handler answers an invocation with a payload, JSON, or with an error, which
// becomes the error of the function. Its context ends when the function's time is
// used up; the handler must then return, since nothing can stop it and Close waits
// for it.
type Handler func(ctx context.Context, in Invocation) ([]byte, error)

// JSON makes a Handler of a function that takes and returns values, as lambda.Start
// of aws-lambda-go does.
func JSON[In, Out any](f func(ctx context.Context, in In) (Out, error)) Handler {
	return func(ctx context.Context, i Invocation) ([]byte, error) {
		var in In
		if err := json.Unmarshal(i.Payload, &in); err != nil {
			return nil, err
		}
		out, err := f(ctx, in)
		if err != nil {
			return nil, err
		}
		return json.Marshal(out)
	}
}

// Handle makes a function run in this process from its next invocation on, and
// makes the function if there is none. start stands for the program's main up to
// lambda.Start: it is called at every cold start, with a lookup of the variables
// that the process would have, and returns the handler. An update of the
// configuration makes the next invocation a cold start, as on AWS; published
// versions and aliases keep their variables.
//
// It differs from a process of its own, for which there is Run: os.Getenv shows the
// variables of this process; a handler that has used up its time, or panicked, is
// given up but not stopped; global variables are shared by all environments; and
// the log has only the text that is written to Invocation.Log.
func (s *Server) Handle(name string, start func(getenv func(name string) string) Handler) error {
	if start == nil {
		return s.direct(fmt.Errorf("run %s: no function is given", name))
	}
	return s.run(name, execution.InProcess(func(getenv func(string) string) execution.Handler {
		handler := start(getenv)
		return func(ctx context.Context, in execution.Invocation) ([]byte, error) {
			return handler(ctx, Invocation(in))
		}
	}))
}

// Run makes a function run a command from its next invocation on, such as the
// bootstrap that would be deployed, and makes the function if there is none. The
// command speaks Lambda's runtime API. It runs in the working directory of this
// process, with the variables of Lambda and of the function, those of Env, and of
// this process only those that any program needs to start, such as PATH and HOME:
// no credentials. It is killed, with everything it has started, when its
// configuration is replaced, when it uses up its time, after five minutes without
// an invocation, and with the Server.
//
// Only a Server that listens, made by Start or NewServer, can run commands.
func (s *Server) Run(name string, command ...string) error {
	switch {
	case s.listening == nil:
		return s.direct(errors.New("run a function: the server does not listen; make it with Start or NewServer"))
	case len(command) == 0:
		return s.direct(errors.New("run a function: no command is given"))
	}
	return s.run(name, execution.Command{Args: command, InitTimeout: s.options.InitTimeout})
}

func (s *Server) run(name string, program execution.Program) error {
	s.lambda.SetProgram(name, program)
	if _, exists := s.lambda.Environment(name); exists {
		return nil
	}
	return s.direct(s.lambda.CreateFunction(name, nil))
}

// Schedule invokes a function asynchronously, as a rule of Amazon EventBridge does,
// with its event: once in every interval, the first time after one. It ends with
// stop or with the Server.
func (s *Server) Schedule(name string, interval time.Duration) (stop func(), err error) {
	if interval <= 0 {
		return nil, s.direct(fmt.Errorf("schedule %s: an interval of %v", name, interval))
	}
	ctx, cancel := context.WithCancel(s.life)
	if !s.enter() {
		cancel()
		return nil, s.direct(fmt.Errorf("schedule %s: the server is closed", name))
	}
	done := make(chan struct{})
	go func() {
		defer s.busy.Done()
		defer close(done)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				// A function that is gone is not invoked, as on AWS; it may come back.
				_ = s.lambda.Send(name, s.scheduledEvent(name))
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() { cancel(); <-done }, nil
}

// scheduledEvent is the event of a scheduled rule (EventBridge user guide, "Events
// from AWS services").
func (s *Server) scheduledEvent(name string) []byte {
	event, err := json.Marshal(map[string]any{
		"version": "0", "id": execution.NewID(), "detail-type": "Scheduled Event", "source": "aws.events",
		"account": s.options.AccountID, "time": s.options.Now().UTC().Format(time.RFC3339), "region": s.options.Region,
		"resources": []string{"arn:aws:events:" + s.options.Region + ":" + s.options.AccountID + ":rule/" + name},
		"detail":    struct{}{},
	})
	if err != nil {
		panic(err) // strings always marshal
	}
	return event
}
