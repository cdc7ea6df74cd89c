package awsfake

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ControlPath is where programs in any language inject faults and look at requests,
// over HTTP:
//
//	POST   /_awsfake/faults      {"op": "PutObject", "after": true, "drop": true}   -> 201 {"id": "1", ...}
//	GET    /_awsfake/faults      all that were injected so, and how often each has struck
//	GET    /_awsfake/faults/1    one of them
//	DELETE /_awsfake/faults/1    the same, and ends it;  DELETE /_awsfake/faults ends all of them
//	GET    /_awsfake/requests    the answer of Requests
//	DELETE /_awsfake/requests    the same, and empties the log
//
// A request must carry the header "Authorization: Bearer SECRET", SECRET being the
// secret access key that requests to AWS are signed with. Nothing below this path
// is logged as a request, and no fault strikes it.
const ControlPath = "/_awsfake/"

// maxControlBody is the largest body of a request below ControlPath in bytes.
const maxControlBody = 64 << 10

// faultDocument is a Fault as JSON. All members may be left out.
type faultDocument struct {
	Op       string            `json:"op,omitempty"`
	Target   string            `json:"target,omitempty"`
	Skip     int               `json:"skip,omitempty"`
	Times    int               `json:"times,omitempty"`
	After    bool              `json:"after,omitempty"`
	Delay    string            `json:"delay,omitempty"` // such as "2s"
	Drop     bool              `json:"drop,omitempty"`
	Truncate int               `json:"truncate,omitempty"`
	Status   int               `json:"status,omitempty"`
	Code     string            `json:"code,omitempty"`
	Message  string            `json:"message,omitempty"`
	Header   map[string]string `json:"header,omitempty"`
	MustFire bool              `json:"mustFire,omitempty"`
}

// ParseFault reads a Fault from JSON, with the members op, target, skip, times,
// after, delay ("2s"), drop, truncate, status, code, message, header (an object of
// strings) and mustFire. It fails for any other member, for an operation that no
// service has, and for a status that no answer has.
func ParseFault(text []byte) (Fault, error) {
	var d faultDocument
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return Fault{}, fmt.Errorf("awsfake: a fault is a JSON object: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Fault{}, errors.New("awsfake: a fault is one JSON object, and more follows")
	}
	f := Fault{
		Op: d.Op, Target: d.Target, Skip: d.Skip, Times: d.Times, After: d.After, Drop: d.Drop, Truncate: d.Truncate,
		Status: d.Status, Code: d.Code, Message: d.Message, MustFire: d.MustFire,
	}
	for name, value := range d.Header {
		if f.Header == nil {
			f.Header = http.Header{}
		}
		f.Header.Set(name, value)
	}
	if d.Delay != "" {
		var err error
		if f.Delay, err = time.ParseDuration(d.Delay); err != nil {
			return Fault{}, fmt.Errorf("awsfake: the delay of a fault: %w", err)
		}
	}
	return f, f.check()
}

// remote is a fault that was injected over HTTP.
type remote struct {
	id       int
	document json.RawMessage
	injected *Injected
}

// control answers a request below ControlPath.
func (s *Server) control(w http.ResponseWriter, r *http.Request) {
	if refused := s.outsider(r); refused != "" {
		tell(w, http.StatusForbidden, map[string]string{"message": refused})
		return
	}
	s.limitTime(w)
	defer setDeadline(w, time.Time{})
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
	sent := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case subtle.ConstantTimeCompare([]byte(sent), []byte(s.options.SecretKey)) != 1:
		tell(w, http.StatusForbidden, map[string]string{"message": "the header must be \"Authorization: Bearer \" and the secret access key"})
	case err != nil:
		tell(w, http.StatusRequestEntityTooLarge, map[string]string{"message": err.Error()})
	default:
		status, answer := s.controlled(r.Method, strings.TrimPrefix(r.URL.Path, ControlPath), body)
		tell(w, status, answer)
	}
}

func (s *Server) controlled(method, path string, body []byte) (status int, answer any) {
	kind, id, _ := strings.Cut(path, "/")
	switch {
	case method == "GET" && path == "requests":
		return http.StatusOK, s.Requests()
	case method == "DELETE" && path == "requests":
		return http.StatusOK, s.log.take()
	case method == "POST" && path == "faults":
		return s.injectRemote(body)
	case kind == "faults" && (method == "GET" || method == "DELETE"):
		return s.remoteFaults(method, id)
	}
	return http.StatusNotFound, map[string]string{"message": "there is no " + method + " " + ControlPath + path}
}

func (s *Server) injectRemote(body []byte) (status int, answer any) {
	f, err := ParseFault(body)
	if err != nil {
		return http.StatusBadRequest, map[string]string{"message": err.Error()}
	}
	injected := s.Inject(f)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastRemote++
	added := &remote{s.lastRemote, slices.Clone(body), injected}
	s.remotes = append(s.remotes, added)
	return http.StatusCreated, added.shown()
}

// shown is a fault with the number of requests that it has struck.
func (m *remote) shown() map[string]any {
	return map[string]any{"id": strconv.Itoa(m.id), "fault": m.document, "fired": m.injected.Fired()}
}

// remoteFaults answers with the faults that were injected over HTTP, or ends them.
func (s *Server) remoteFaults(method, id string) (status int, answer any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chosen := slices.DeleteFunc(slices.Clone(s.remotes), func(m *remote) bool { return id != "" && strconv.Itoa(m.id) != id })
	if id != "" && len(chosen) == 0 {
		return http.StatusNotFound, map[string]string{"message": "there is no fault " + strconv.Quote(id)}
	}
	shown := []map[string]any{}
	for _, m := range chosen {
		if method == "DELETE" {
			m.injected.Remove()
		}
		shown = append(shown, m.shown())
	}
	if method == "DELETE" {
		s.remotes = slices.DeleteFunc(s.remotes, func(m *remote) bool { return slices.Contains(chosen, m) })
	}
	if id != "" {
		return http.StatusOK, shown[0]
	}
	return http.StatusOK, shown
}

// tell answers with JSON.
func tell(w http.ResponseWriter, status int, answer any) {
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err) // maps, structs and strings always marshal
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone; there is nobody else to tell
}
