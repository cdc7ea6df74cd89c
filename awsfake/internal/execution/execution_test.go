package execution

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestHowInvocationsEnd: the payloads are those of LocalStack's recordings
// TestLambdaErrors, test_lambda_invoke_with_timeout and
// test_lambda_too_large_response.
func TestHowInvocationsEnd(t *testing.T) {
	for _, tt := range []struct{ row, mode, event, want string }{
		{"an error of the handler", "", `"fail"`, `{"errorMessage":"no","errorType":"Refusal"}`},
		{"exit 0", "", `"exit 0"`, `{"errorMessage":"RequestId: ID Error: Runtime exited without providing a reason","errorType":"Runtime.ExitError"}`},
		{"exit 3", "", `"exit 3"`, `{"errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3","errorType":"Runtime.ExitError"}`},
		{"exit before the first event", "exit at once", `{}`, `{"errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 127","errorType":"Runtime.ExitError"}`},
		{"an error of the start", "init error", `{}`, `{"errorMessage":"no configuration","errorType":"Config"}`},
		{"too large an answer", "", `"large"`, `{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}`},
	} {
		t.Run(tt.row, func(t *testing.T) {
			f := start(t)
			got, failed := f.run(function("MODE="+tt.mode), tt.event)
			if got != tt.want || !failed {
				t.Errorf("got %s %v\nwant %s", got, failed, tt.want)
			}
			if tt.mode == "" {
				if got, failed := f.run(function(), "{}"); failed {
					t.Errorf("the next invocation: %s", got)
				}
			}
		})
	}
	f := start(t)
	if got, failed := f.run(function(), `"wrong id"`); got != "400" || failed {
		t.Errorf("an answer to another request: %s", got)
	}
	if got, _ := f.run(function(), `"headers"`); got != `["the:arn" "Root=1" "ctx"]` {
		t.Errorf("headers of an event: %s", got)
	}
}

func TestTimeUsedUp(t *testing.T) {
	for _, tt := range []struct{ mode, event string }{{"", `"hang"`}, {"hang at start", "{}"}} {
		f := start(t)
		fn := function("MODE=" + tt.mode)
		fn.Timeout = time.Second / 4
		program := Command{Args: []string{os.Args[0]}, InitTimeout: 30 * time.Second}
		if tt.mode != "" {
			program.InitTimeout = time.Second / 4
		}
		r := f.Invoke(program, fn, Event{RequestID: "ID", Payload: []byte(tt.event)})
		if want := `{"errorMessage":"RequestId: ID Error: Task timed out after 0.25 seconds","errorType":"Sandbox.Timedout"}`; string(r.Payload) != want || !r.Failed {
			t.Errorf("got %s", r.Payload)
		}
		if len(f.members) != 0 {
			t.Error("the environment is kept")
		}
	}
}

// TestLogHoldsAllThatWasPrinted: also text that is printed right before the answer,
// without a line break.
func TestLogHoldsAllThatWasPrinted(t *testing.T) {
	f := start(t)
	for i := range 50 {
		event := fmt.Sprintf("%d", i)
		r := f.Invoke(self(), function(), Event{RequestID: "ID", Payload: []byte(event)})
		log := string(r.Log)
		if !strings.Contains(log, "handling "+event+"\nEND RequestId: ID\nREPORT RequestId: ID\tDuration: ") || !strings.HasPrefix(log, "START RequestId: ID Version: $LATEST\n") {
			t.Fatalf("the log of %d:\n%s", i, log)
		}
		if cold := i == 0; strings.Contains(log, "Init Duration: ") != cold || strings.Contains(log, "starting\n") != cold {
			t.Errorf("the log of %d:\n%s", i, log)
		}
	}
	if strings.Contains(f.log.String(), "\x00") || strings.Count(f.log.String(), "handling") != 50 {
		t.Errorf("the whole log: %q", f.log.String())
	}
	var long log
	long.out = io.Discard
	long.Write(bytes.Repeat([]byte("x"), 3*tailBytes))
	if n := len(long.end(report{})); n != tailBytes {
		t.Errorf("a tail of %d bytes", n)
	}
}

func TestEnvironmentHasNothingOfThisProcess(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "a real one")
	t.Setenv("GITHUB_TOKEN", "another")
	t.Setenv("AWS_PROFILE", "prod")
	f := start(t)
	got, _ := f.run(function("KEY=a", "PATH=/opt"), `"environment"`)
	for _, line := range []string{"AWS_SECRET_ACCESS_KEY=", "GITHUB_TOKEN=", "AWS_PROFILE=", "another"} {
		if strings.Contains(got, line) {
			t.Errorf("the function sees %s", line)
		}
	}
	for _, line := range []string{
		"KEY=a", "PATH=/opt", "AWS_REGION=us-east-1", "AWS_LAMBDA_FUNCTION_NAME=fn", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128", "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand", "_HANDLER=bootstrap",
		"AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, "AWS_EC2_METADATA_DISABLED=true",
	} {
		if !strings.Contains("\n"+got+"\n", "\n"+line+"\n") {
			t.Errorf("the function does not see %s:\n%s", line, got)
		}
	}
}

func TestCommandThatDoesNotExist(t *testing.T) {
	f := start(t)
	r := f.Invoke(Command{Args: []string{"./no-such-program"}}, function(), Event{RequestID: "ID"})
	if !r.Failed || !strings.Contains(string(r.Payload), "no-such-program") {
		t.Errorf("got %s", r.Payload)
	}
}

func TestRuntimeAPIRefusesABrowser(t *testing.T) {
	a, err := newRuntimeAPI()
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	for _, change := range []func(*http.Request){
		func(r *http.Request) { r.Host = "evil.example" },
		func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
	} {
		r, _ := http.NewRequest("POST", "http://"+a.address+"/2018-06-01/runtime/init/error", strings.NewReader("{}"))
		change(r)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s %v: %d", r.Host, r.Header, resp.StatusCode)
		}
	}
}
