package lambdafake

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// maxUpdateBody is the size of a request body in bytes above which AWS answers 413
// (developer guide, "Troubleshoot deployment issues in Lambda").
const maxUpdateBody = 5120

// nothing is the answer of an operation without a body.
type nothing struct{}

// reply is an answer that is not the usual one of its operation.
type reply struct {
	status int
	header map[string]string
	body   []byte
}

// ServeHTTP answers a request that is already authenticated. It reads the whole
// body before it answers.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o, c := parse(r.Method, r.URL.EscapedPath())
	limit := int64(maxUpdateBody)
	if o != nil && o.limit > 0 {
		limit = o.limit
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err == nil {
		_, err = io.Copy(io.Discard, r.Body)
	}
	c.query, c.header, c.body = r.URL.Query(), r.Header, body
	var out any
	var problem *apiError
	switch {
	case err != nil:
		problem = malformed("the request body could not be read")
	case o == nil:
		problem = notImplemented(r.Method + " " + r.URL.Path)
	case int64(len(body)) > limit:
		problem = tooLarge(limit, c.op)
	default:
		out, problem = s.serve(o, &c)
	}
	if problem != nil {
		problem.write(w)
		return
	}
	answer(w, o.status, out)
}

// serve carries out one operation.
func (s *Service) serve(o *operation, c *call) (any, *apiError) {
	if err := o.checkKnown(c); err != nil {
		return nil, err
	}
	if !o.unlocked {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	return o.serve(s, c)
}

// answer writes a JSON body with the headers AWS puts on every answer of Lambda.
func answer(w http.ResponseWriter, status int, out any) {
	h := w.Header()
	h.Set("X-Amzn-RequestId", newRevision())
	switch out := out.(type) {
	case nothing:
		w.WriteHeader(status)
		return
	case reply:
		for name, value := range out.header {
			h.Set(name, value)
		}
		w.WriteHeader(out.status)
		_, _ = w.Write(out.body) // the client may be gone; there is nobody else to tell
		return
	}
	body, err := json.Marshal(out)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"Type":"Service"}`)
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}
