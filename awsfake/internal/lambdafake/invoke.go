package lambdafake

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/awsjar/awsjar/awsfake/internal/execution"
)

const (
	// maxSyncPayload and maxAsyncPayload are the largest events in bytes (developer
	// guide, "Lambda quotas").
	maxSyncPayload  = 6291456
	maxAsyncPayload = 1 << 20
	// accountConcurrency is how many invocations may run at once (as above).
	accountConcurrency = 1000
)

// program is the code that a function runs.
type program struct {
	execution.Program
	generation string // names this setting of the code, as Generation does a configuration
}

// SetProgram makes a function run code from its next invocation on. The function
// need not exist yet.
func (s *Service) SetProgram(name string, code execution.Program) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.programs[name] = program{code, newRevision()}
	s.pool.Forget(name)
}

// invoke answers Invoke.
func (s *Service) invoke(c *call) (any, *apiError) {
	kind := c.header.Get("X-Amz-Invocation-Type")
	switch {
	case kind == "":
		kind = "RequestResponse"
	case kind != "RequestResponse" && kind != "Event" && kind != "DryRun":
		return nil, validation("Value '%s' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]", kind)
	case kind == "Event" && len(c.body) > maxAsyncPayload:
		return nil, tooLarge(maxAsyncPayload, c.op)
	}
	if err := checkPayload(c.body); err != nil {
		return nil, err
	}
	e := newEvent(c.body, c.header)
	i, err := s.prepare(c, e, kind != "RequestResponse")
	if err != nil {
		return nil, err
	}
	header := map[string]string{"X-Amzn-Requestid": e.RequestID, "X-Amzn-Trace-Id": e.Trace}
	switch kind {
	case "DryRun":
		return reply{status: http.StatusNoContent, header: header}, nil
	case "Event":
		if err := s.enqueue(i); err != nil {
			return nil, err
		}
		return reply{status: http.StatusAccepted, header: header}, nil
	}
	r := s.run(i)
	header["X-Amz-Executed-Version"] = i.function.Version
	header["Content-Type"] = "application/json"
	header["Content-Length"] = strconv.Itoa(len(r.Payload))
	if r.Failed {
		header["X-Amz-Function-Error"] = "Unhandled"
	}
	if c.header.Get("X-Amz-Log-Type") == "Tail" {
		header["X-Amz-Log-Result"] = base64.StdEncoding.EncodeToString(r.Log)
	}
	return reply{status: http.StatusOK, header: header, body: r.Payload}, nil
}

// checkPayload refuses an event that is not JSON. The reason after the second colon
// is AWS's own parser's.
func checkPayload(payload []byte) *apiError {
	if len(payload) == 0 || json.Valid(payload) {
		return nil
	}
	return refuse(http.StatusBadRequest, "InvalidRequestContentException",
		"Could not parse request body into json: Could not parse payload into json: it is not one JSON value in UTF-8")
}

// newEvent makes the event of a request. An empty one reaches the function as {}.
func newEvent(payload []byte, header http.Header) execution.Event {
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	trace := header.Get("X-Amzn-Trace-Id")
	if trace == "" {
		var id [20]byte
		_, _ = rand.Read(id[:]) // never fails, by its documentation
		trace = fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", time.Now().Unix(), hex.EncodeToString(id[:12]), hex.EncodeToString(id[12:]))
	}
	return execution.Event{
		RequestID: newRevision(), Payload: bytes.Clone(payload), Trace: trace, ClientContext: header.Get("X-Amz-Client-Context"),
	}
}

// invocation is an invocation of a version of a function.
type invocation struct {
	name, qualifier string
	program         execution.Program
	function        execution.Function
	event           execution.Event
	done            func() // gives its place among those that may run at once back; nil if it has none
}

// prepare finds the version and the program of an invocation. Unless later is set
// it takes a place among the invocations that may run at once.
func (s *Service) prepare(c *call, e execution.Event, later bool) (*invocation, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, qualifier, err := s.find(c)
	if err != nil {
		return nil, err
	}
	i := &invocation{name: f.Name, qualifier: qualifier, event: e}
	i.event.ARN = s.arn(f.Name, qualifier)
	return i, s.complete(i, f, later)
}

// complete fills in the configuration that is in force now. The caller holds mu.
func (s *Service) complete(i *invocation, f *function, later bool) *apiError {
	if f.State == pending {
		return s.busy(f)
	}
	var err *apiError
	if i.function, err = s.inForce(f, i.qualifier); err != nil {
		return err
	}
	p, ok := s.programs[f.Name]
	if !ok {
		return refuse(http.StatusNotImplemented, "NotImplementedException",
			"awsfake has no program for the function "+f.Name+": give it one with Handle, Run, or awsjar dev --function "+f.Name+"=COMMAND")
	}
	// An environment of the code before, which may be serving, serves no more.
	i.program, i.function.Generation = p.Program, i.function.Generation+" "+p.generation
	if later {
		return nil
	}
	return s.admit(i, f)
}

// inForce returns the configuration that an invocation sees: the previous one while
// an update is in progress (developer guide, "Lambda function states").
func (s *Service) inForce(f *function, qualifier string) (execution.Function, *apiError) {
	number := qualifier
	if a, ok := f.Aliases[qualifier]; ok {
		number = a.FunctionVersion
	}
	c, generation, label := f.configured, f.Generation, latest
	switch {
	case number != "" && number != latest:
		v, ok := f.version(number)
		if !ok {
			return execution.Function{}, notFound("Function not found: " + s.arn(f.Name, qualifier))
		}
		c, generation, label = v.configured, v.Revision, number
	case f.Change != nil:
		c, generation = f.Change.Previous, f.Change.Generation
	}
	return execution.Function{
		Name: f.Name, Version: label, Generation: generation, Variables: c.Environment,
		Handler: c.setting("Handler"), Memory: c.number("MemorySize"), Timeout: time.Duration(c.number("Timeout")) * time.Second,
	}, nil
}

// setting returns a setting that is a string, "" if it is absent.
func (c configured) setting(name string) string {
	var s string
	_ = json.Unmarshal(c.Settings[name], &s) // checked when it was set; absent is ""
	return s
}

// number returns a setting that is a number, 0 if it is absent.
func (c configured) number(name string) int {
	var n int
	_ = json.Unmarshal(c.Settings[name], &n) // as above
	return n
}

// admit takes a place among the invocations that may run at once. The caller holds mu.
func (s *Service) admit(i *invocation, f *function) *apiError {
	running, limit, reason := s.running[f.Name], accountConcurrency, "ConcurrentInvocationLimitExceeded"
	if f.Reserved != nil {
		limit, reason = *f.Reserved, "ReservedFunctionConcurrentInvocationLimitExceeded"
	} else {
		running = 0
		for name, n := range s.running {
			if other := s.functions[name]; other == nil || other.Reserved == nil {
				running += n
			}
		}
		limit -= s.reserved("")
	}
	if running >= limit {
		return &apiError{http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.", reason}
	}
	s.running[f.Name]++
	i.done = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.running[f.Name]--
	}
	return nil
}

// run runs an invocation that has been admitted.
func (s *Service) run(i *invocation) execution.Result {
	defer i.done()
	return s.pool.Invoke(i.program, i.function, i.event)
}
