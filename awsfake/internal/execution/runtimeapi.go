package execution

import (
	"errors"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// runtimeAPI is the runtime API of one execution environment (developer guide,
// "Using the Lambda runtime API"): the program asks it for the next event and posts
// its answer.
type runtimeAPI struct {
	server  *http.Server
	address string        // host:port
	done    chan struct{} // closed when it no longer listens
	closing chan struct{}

	ready  chan struct{} // closed when the program asks for its first event
	failed chan Result   // why the program could not start
	events chan Event    // to the program
	answer chan Result   // from the program
	once   sync.Once     // closes ready

	mu      sync.Mutex
	current string    // the request that the program works on; "" for none
	expires time.Time // when its time is used up
}

const runtimePath = "/2018-06-01/runtime/"

func newRuntimeAPI() (*runtimeAPI, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &runtimeAPI{
		address: socket.Addr().String(), done: make(chan struct{}), closing: make(chan struct{}),
		ready: make(chan struct{}), failed: make(chan Result, 1), events: make(chan Event), answer: make(chan Result, 1),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+runtimePath+"invocation/next", a.next)
	mux.HandleFunc("POST "+runtimePath+"invocation/{id}/response", a.respond)
	mux.HandleFunc("POST "+runtimePath+"invocation/{id}/error", a.respond)
	mux.HandleFunc("POST "+runtimePath+"init/error", a.initError)
	a.server = &http.Server{Handler: a.onlyHere(mux), ErrorLog: stdlog.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	go func() {
		defer close(a.done)
		if err := a.server.Serve(socket); !errors.Is(err, http.ErrServerClosed) {
			panic(err) // the listener is this server's alone
		}
	}()
	return a, nil
}

// onlyHere refuses requests that a page in a browser could make under a name of its
// own.
func (a *runtimeAPI) onlyHere(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != a.address || r.Header.Get("Origin") != "" {
			problem(w, http.StatusForbidden, "Forbidden", "The request is not from the function.")
			return
		}
		h.ServeHTTP(w, r)
	})
}

func problem(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(failure(kind, message).Payload)
}

func accepted(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, `{"status":"OK"}`+"\n")
}

// next hands the program its next event, as soon as there is one.
func (a *runtimeAPI) next(w http.ResponseWriter, r *http.Request) {
	a.once.Do(func() { close(a.ready) })
	select {
	case e := <-a.events:
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Lambda-Runtime-Aws-Request-Id", e.RequestID)
		h.Set("Lambda-Runtime-Invoked-Function-Arn", e.ARN)
		h.Set("Lambda-Runtime-Trace-Id", e.Trace)
		a.mu.Lock()
		h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(a.expires.UnixMilli(), 10))
		a.mu.Unlock()
		if e.ClientContext != "" {
			h.Set("Lambda-Runtime-Client-Context", e.ClientContext)
		}
		_, _ = w.Write(e.Payload) // a program that is gone is seen by its exit
	case <-a.closing:
	case <-r.Context().Done():
	}
}

// start notes the event that the program is to work on.
func (a *runtimeAPI) start(e Event, expires time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.current, a.expires = e.RequestID, expires
}

// respond takes the program's answer to the current event, good or bad.
func (a *runtimeAPI) respond(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse+1))
	if err != nil {
		return // the program is gone, or is being ended
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.current == "" || r.PathValue("id") != a.current {
		problem(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
		return
	}
	a.current = ""
	if len(body) > maxResponse {
		a.answer <- tooLarge()
		problem(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "Exceeded maximum allowed payload size ("+strconv.Itoa(maxResponse)+" bytes).")
		return
	}
	a.answer <- Result{Payload: body, Failed: r.URL.Path == runtimePath+"invocation/"+r.PathValue("id")+"/error"}
	accepted(w)
}

// initError takes why the program could not start.
func (a *runtimeAPI) initError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxResponse))
	if err != nil {
		return
	}
	select {
	case a.failed <- Result{Payload: body, Failed: true}:
		accepted(w)
	default:
		problem(w, http.StatusForbidden, "InvalidStateTransition", "State transition is not allowed")
	}
}

// close ends the API. It waits for the requests being served.
func (a *runtimeAPI) close() {
	close(a.closing)
	_ = a.server.Close() // nothing to do about a listener that does not close
	<-a.done
}
