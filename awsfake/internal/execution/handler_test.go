package execution

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestInProcess(t *testing.T) {
	f := start(t)
	starts := 0
	program := InProcess(func(getenv func(string) string) Handler {
		starts++
		key := getenv("KEY")
		return func(ctx context.Context, in Invocation) ([]byte, error) {
			fmt.Fprint(in.Log, "printed")
			switch string(in.Payload) {
			case "fail":
				return nil, errors.New("no")
			case "panic":
				panic("oh")
			case "t.Fatal":
				runtime.Goexit()
			case "hang":
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return []byte(key + " " + in.RequestID + in.Version + in.ARN + getenv("AWS_LAMBDA_FUNCTION_NAME")), nil
		}
	})
	fn := function("KEY=a")
	for _, tt := range []struct {
		payload, want string
		starts        int
	}{
		{"{}", "a ID$LATESTthe:arnfn", 1},
		{"fail", `{"errorMessage":"no","errorType":"errorString"}`, 1}, // recorded: TestGoProvidedRuntimes
		{"panic", `{"errorMessage":"oh","errorType":"string"}`, 1},
		{"{}", "a ID$LATESTthe:arnfn", 2},
		{"t.Fatal", `{"errorMessage":"RequestId: ID Error: Runtime exited with error: the handler ended its goroutine, as t.Fatal does","errorType":"Runtime.ExitError"}`, 2},
		{"{}", "a ID$LATESTthe:arnfn", 3},
		{"hang", `{"errorMessage":"RequestId: ID Error: Task timed out after 0.05 seconds","errorType":"Sandbox.Timedout"}`, 3},
	} {
		if tt.payload == "hang" {
			fn.Timeout = 50 * time.Millisecond
		}
		r := f.Invoke(program, fn, Event{RequestID: "ID", ARN: "the:arn", Payload: []byte(tt.payload)})
		if string(r.Payload) != tt.want || starts != tt.starts || !strings.Contains(string(r.Log), "printed") {
			t.Errorf("%s: %s after %d starts, log %q", tt.payload, r.Payload, starts, r.Log)
		}
	}
}

// TestInProcessAfterItsEnd: Close can come between the admission of an invocation
// and its handler. The handler does not run then.
func TestInProcessAfterItsEnd(t *testing.T) {
	program := InProcess(func(func(string) string) Handler {
		t.Error("the program runs")
		return func(context.Context, Invocation) ([]byte, error) { return nil, nil }
	})
	v, err := program.begin(&setting{function: function("KEY=a")})
	if err != nil {
		t.Fatal(err)
	}
	v.end()
	r, usable := v.serve(Event{RequestID: "ID"}, time.Minute)
	v.(*inProcess).running.Wait()
	if !r.Failed || usable || !strings.Contains(string(r.Payload), errClosed.Error()) {
		t.Errorf("%s, failed %v, usable %v", r.Payload, r.Failed, usable)
	}
}
