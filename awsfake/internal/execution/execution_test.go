package execution

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain is also the program of the functions in these tests: a runtime that does what its events say.
func TestMain(m *testing.M) {
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		os.Exit(m.Run())
	}
	os.Exit(bootstrap(os.Getenv("MODE")))
}

// bootstrap is a custom runtime (developer guide, "Building a custom runtime").
func bootstrap(mode string) int {
	base := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/"
	post := func(path, body string) int {
		resp, err := http.Post(base+path, "application/json", strings.NewReader(body))
		if err != nil {
			return 0
		}
		defer resp.Body.Close()
		return resp.StatusCode
	}
	switch mode {
	case "exit at once":
		return 127
	case "init error":
		post("init/error", `{"errorMessage":"no configuration","errorType":"Config"}`)
		return 1
	case "hang at start":
		select {}
	}
	fmt.Println("starting")
	for served := 1; ; served++ {
		resp, err := http.Get(base + "invocation/next")
		if err != nil {
			return 1
		}
		event, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		id := resp.Header.Get("Lambda-Runtime-Aws-Request-Id")
		path := "invocation/" + id + "/response"
		switch string(event) {
		case `"exit 0"`:
			return 0
		case `"exit 3"`:
			return 3
		case `"hang"`:
			select {}
		case `"fail"`:
			post("invocation/"+id+"/error", `{"errorMessage":"no","errorType":"Refusal"}`)
		case `"wrong id"`:
			post(path, fmt.Sprint(post("invocation/other/response", "{}")))
		case `"large"`:
			post(path, strings.Repeat("x", maxResponse+1))
		case `"child"`:
			child := exec.Command("sleep", "1000")
			child.Start()
			post(path, fmt.Sprint(child.Process.Pid))
		case `"headers"`:
			post(path, fmt.Sprintf("%q", []string{
				resp.Header.Get("Lambda-Runtime-Invoked-Function-Arn"), resp.Header.Get("Lambda-Runtime-Trace-Id"), resp.Header.Get("Lambda-Runtime-Client-Context"),
			}))
		case `"environment"`:
			post(path, strings.Join(os.Environ(), "\n"))
		default:
			fmt.Print("handling ", string(event))
			post(path, fmt.Sprintf("%d %s", served, os.Getenv("KEY")))
		}
	}
}

// self is this test as a program of functions.
func self() Program { return Command{Args: []string{os.Args[0]}, InitTimeout: time.Minute} }

type fixture struct {
	*testing.T
	*Pool
	log bytes.Buffer
}

func start(t *testing.T) *fixture {
	f := &fixture{T: t}
	f.Pool = New(Options{Variables: func() []string { return []string{"AWS_REGION=us-east-1"} }, Log: &f.log})
	t.Cleanup(f.Close)
	return f
}

func function(variables ...string) Function {
	f := Function{Name: "fn", Version: "$LATEST", Generation: "1", Timeout: time.Minute, Memory: 128, Handler: "bootstrap", Variables: map[string]string{}}
	for _, line := range variables {
		name, value, _ := strings.Cut(line, "=")
		f.Variables[name] = value
	}
	return f
}

func (f *fixture) run(function Function, payload string) (answer string, failed bool) {
	r := f.Invoke(self(), function, Event{RequestID: "ID", ARN: "the:arn", Payload: []byte(payload), ClientContext: "ctx", Trace: "Root=1"})
	return string(r.Payload), r.Failed
}

func TestOneEnvironmentServesUntilTheConfigurationChanges(t *testing.T) {
	f := start(t)
	for i, want := range []string{"1 a", "2 a"} {
		if got, failed := f.run(function("KEY=a"), "{}"); got != want || failed {
			t.Errorf("invocation %d: %q %v", i, got, failed)
		}
	}
	changed := function("KEY=b")
	changed.Generation = "2"
	if got, _ := f.run(changed, "{}"); got != "1 b" {
		t.Errorf("after a change: %q", got)
	}
	version := function("KEY=a")
	version.Version = "1"
	if got, _ := f.run(version, "{}"); got != "1 a" {
		t.Errorf("of a version: %q", got)
	}
	if got, _ := f.run(changed, "{}"); got != "2 b" {
		t.Errorf("again: %q", got)
	}
	f.Forget("fn")
	if got, _ := f.run(changed, "{}"); got != "1 b" {
		t.Errorf("after the end of the function: %q", got)
	}
}

// TestHowInvocationsEnd: the payloads are those of LocalStack's recordings TestLambdaErrors, test_lambda_invoke_with_timeout
// and test_lambda_too_large_response.
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

// TestLogHoldsAllThatWasPrinted: what is printed right before the answer too, and without a line break.
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

func TestInvocationsAtOnceHaveEnvironmentsOfTheirOwn(t *testing.T) {
	f := start(t)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 5 {
				if got, failed := f.run(function("KEY=a"), "{}"); failed {
					t.Error(got)
				}
			}
		})
	}
	wg.Wait()
	if n := len(f.members); n == 0 || n > 4 {
		t.Errorf("%d environments", n)
	}
}

func TestCloseEndsWhatRuns(t *testing.T) {
	f := start(t)
	pid, _ := f.run(function(), `"child"`)
	running := make(chan string)
	go func() {
		got, _ := f.run(function(), `"hang"`)
		running <- got
	}()
	for f.busy() == 0 {
		time.Sleep(time.Millisecond) // nothing tells that an invocation has begun
	}
	f.Close()
	if got := <-running; !strings.Contains(got, "Runtime.ExitError") {
		t.Errorf("the invocation that was running: %s", got)
	}
	if alive(pid) {
		t.Errorf("the child %s of the function runs on", pid)
	}
	if got, failed := f.run(function(), "{}"); !failed || !strings.Contains(got, "closed") {
		t.Errorf("after Close: %s", got)
	}
}

// busy counts the environments that serve.
func (f *fixture) busy() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.members)
	for _, idle := range f.idle {
		n -= len(idle)
	}
	return n
}

// alive says whether a process exists that is not a zombie.
func alive(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !strings.Contains(string(stat), ") Z ")
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
		{"hang", `{"errorMessage":"RequestId: ID Error: Task timed out after 0.05 seconds","errorType":"Sandbox.Timedout"}`, 2},
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

func TestIdleEnvironmentsExpire(t *testing.T) {
	f := start(t)
	f.run(function(), "{}")
	f.mu.Lock()
	m := f.idle["fn:$LATEST"][0]
	f.mu.Unlock()
	f.expire(m)
	f.expire(m)
	<-m.environment.(*process).exited
	if got, _ := f.run(function("KEY=a"), "{}"); got != "1 a" {
		t.Errorf("got %q", got)
	}
}
