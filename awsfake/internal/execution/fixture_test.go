package execution

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestMain is also the program of the functions in these tests: a runtime that
// obeys its events.
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
		hang()
	case "child":
		connection, err := net.Dial("tcp", os.Getenv("KEY"))
		if err == nil {
			io.Copy(io.Discard, connection)
		}
		return 0
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
			fmt.Println("hanging")
			hang()
		case `"fail"`:
			post("invocation/"+id+"/error", `{"errorMessage":"no","errorType":"Refusal"}`)
		case `"wrong id"`:
			post(path, fmt.Sprint(post("invocation/other/response", "{}")))
		case `"large"`:
			post(path, strings.Repeat("x", maxResponse+1))
		case `"child"`:
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), "MODE=child")
			post(path, fmt.Sprint(child.Start()))
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
	log     bytes.Buffer
	hanging chan struct{} // receives when a function has begun to hang
}

// hang never returns. Where nothing else can wake the program, Go ends it if no
// timer runs.
func hang() {
	for {
		time.Sleep(time.Hour)
	}
}

// Write takes the log of all functions.
func (f *fixture) Write(b []byte) (int, error) {
	if strings.Contains(string(b), "hanging") {
		select {
		case f.hanging <- struct{}{}:
		default:
		}
	}
	return f.log.Write(b)
}

func start(t *testing.T) *fixture {
	f := &fixture{T: t, hanging: make(chan struct{}, 1)}
	f.Pool = New(Options{Variables: func() []string { return []string{"AWS_REGION=us-east-1"} }, Log: f})
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
