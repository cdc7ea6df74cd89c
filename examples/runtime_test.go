package examples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/awsjar/awsjar/awsfake"
)

// runtime is the part of Lambda that a handler sees: the runtime API
// (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), for one execution
// environment.
type runtime struct {
	t      *testing.T
	server *httptest.Server
	ready  chan struct{} // closed when the handler asks for its first event
	next   chan []byte   // events
	answer chan answer
	cmd    *exec.Cmd
	log    bytes.Buffer
	count  int
}

type answer struct {
	ok   bool
	body []byte
}

// build compiles an example as it would be deployed.
func build(t *testing.T, name string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", binary, "./"+name)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return binary
}

// start begins an execution environment: a cold start.
func start(t *testing.T, binary string, aws *awsfake.Server, env ...string) *runtime {
	t.Helper()
	r := &runtime{t: t, ready: make(chan struct{}), next: make(chan []byte), answer: make(chan answer)}
	ready := sync.OnceFunc(func() { close(r.ready) })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(w http.ResponseWriter, req *http.Request) {
		ready()
		r.serveNext(w, req)
	})
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", func(w http.ResponseWriter, req *http.Request) { r.take(w, req, true) })
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", func(w http.ResponseWriter, req *http.Request) { r.take(w, req, false) })
	r.server = httptest.NewServer(mux)
	r.cmd = exec.Command(binary)
	r.cmd.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(r.server.URL, "http://"), "PATH=" + os.Getenv("PATH")}, aws.Env()...)
	r.cmd.Env = append(r.cmd.Env, env...)
	r.cmd.Stdout, r.cmd.Stderr = &r.log, &r.log
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.stop)
	return r
}

func (r *runtime) serveNext(w http.ResponseWriter, req *http.Request) {
	select {
	case event := <-r.next:
		r.count++
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", strconv.Itoa(r.count))
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(30*time.Second).UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:example")
		w.Write(event)
	case <-req.Context().Done():
	}
}

func (r *runtime) take(w http.ResponseWriter, req *http.Request, ok bool) {
	body, _ := io.ReadAll(req.Body)
	w.WriteHeader(http.StatusAccepted)
	r.answer <- answer{ok, body}
}

// wantWarm checks that the handler has made this one request to AWS by the end
// of its init phase, before there is any event.
func (r *runtime) wantWarm(aws *awsfake.Server, op string) {
	r.t.Helper()
	select {
	case <-r.ready:
	case <-time.After(30 * time.Second):
		r.stop()
		r.t.Fatalf("the init phase does not end:\n%s", &r.log)
	}
	if got := operations(aws); len(got) != 1 || got[0] != op {
		r.t.Errorf("in the init phase the handler asked AWS for %v, want %s", got, op)
	}
}

// operations returns what was asked of AWS, in order.
func operations(aws *awsfake.Server) (ops []string) {
	for _, request := range aws.Requests() {
		ops = append(ops, request.Op)
	}
	return ops
}

// invoke runs the handler once and returns its answer.
func (r *runtime) invoke(event string) answer {
	r.t.Helper()
	timeout := time.After(30 * time.Second)
	select {
	case r.next <- []byte(event):
	case <-timeout:
		r.stop()
		r.t.Fatalf("the handler does not ask for an event:\n%s", &r.log)
	}
	select {
	case a := <-r.answer:
		return a
	case <-timeout:
		r.stop()
		r.t.Fatalf("the handler does not answer:\n%s", &r.log)
	}
	panic("unreachable")
}

// want invokes and checks the answer, as JSON.
func (r *runtime) want(event, want string) {
	r.t.Helper()
	a := r.invoke(event)
	if !a.ok || compact(a.body) != want {
		r.t.Fatalf("invoked with %s the handler answered %s (success: %v); want %s", event, a.body, a.ok, want)
	}
}

// stop ends the execution environment, as Lambda does at any time between two
// invocations.
func (r *runtime) stop() {
	if r.cmd.ProcessState != nil {
		return
	}
	r.cmd.Process.Kill()
	r.cmd.Wait()
	r.server.CloseClientConnections()
	r.server.Close()
}

func compact(data []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, data); err != nil {
		return fmt.Sprintf("not JSON: %q", data)
	}
	return b.String()
}
