package lambdafake

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

const (
	// maxUpdateBody and maxCreateBody are the sizes of a request body in bytes above which AWS answers 413. The first is
	// in the developer guide's page on deployment problems.
	maxUpdateBody = 5120
	maxCreateBody = 70167211
)

// nothing is the answer of an operation without a body.
type nothing struct{}

// ServeHTTP answers a request that is already authenticated. It reads the whole body before it answers.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	limit := int64(maxUpdateBody)
	c, ok := parse(r.Method, r.URL.EscapedPath())
	if c.op == "CreateFunction" {
		limit = maxCreateBody
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err == nil {
		_, err = io.Copy(io.Discard, r.Body)
	}
	c.query, c.body = r.URL.Query(), body
	var out any
	status, problem := http.StatusOK, (*apiError)(nil)
	switch {
	case err != nil:
		problem = malformed("the request body could not be read")
	case !ok:
		problem = &apiError{http.StatusNotFound, "UnknownOperationException", "awsfake serves no " + r.Method + " " + r.URL.Path}
	case int64(len(body)) > limit:
		problem = &apiError{http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException",
			fmt.Sprintf("Request must be smaller than %d bytes for the %s operation", limit, c.op)}
	default:
		status, out, problem = s.serve(&c)
	}
	if problem != nil {
		WriteError(w, r, problem.status, problem.code, problem.message)
		return
	}
	answer(w, status, out)
}

// serve carries out one operation.
func (s *Service) serve(c *call) (status int, out any, err *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch c.op {
	case "GetFunctionConfiguration":
		out, err = s.getConfiguration(c)
	case "GetFunction":
		out, err = s.getFunction(c)
	case "UpdateFunctionConfiguration":
		out, err = s.updateConfiguration(c)
	case "ListFunctions":
		out, err = s.listFunctions(c)
	case "ListVersionsByFunction":
		out, err = s.listVersions(c)
	case "CreateFunction":
		out, err = s.createFunction(c)
		return http.StatusCreated, out, err
	case "PublishVersion":
		out, err = s.publishVersion(c)
		return http.StatusCreated, out, err
	case "DeleteFunction":
		return http.StatusNoContent, nothing{}, s.deleteFunction(c)
	case "CreateAlias":
		out, err = s.createAlias(c)
		return http.StatusCreated, out, err
	case "GetAlias":
		out, err = s.getAlias(c)
	case "DeleteAlias":
		return http.StatusNoContent, nothing{}, s.deleteAlias(c)
	default:
		err = &apiError{http.StatusNotFound, "UnknownOperationException", "awsfake does not serve " + c.op}
	}
	return http.StatusOK, out, err
}

// answer writes a JSON body with the headers AWS puts on every answer of Lambda.
func answer(w http.ResponseWriter, status int, out any) {
	h := w.Header()
	h.Set("X-Amzn-RequestId", newRevision())
	if _, empty := out.(nothing); empty {
		w.WriteHeader(status)
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
