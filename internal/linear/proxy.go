package linear

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// revisionID is that of a function, in its configuration.
var revisionID = regexp.MustCompile(`"RevisionId": ?"[^"]*",?`)

// twice sends the request twice, one after the other, as a proxy that has lost
// the first answer, and returns the second answer.
func (f *Flaky) twice(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
		req.Body.Close()
	}
	first := req.Clone(req.Context())
	first.Body, req.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
	if resp, err := f.Client.Do(first); err == nil {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return f.Client.Do(req)
}

// stranger answers in the place of the service, which never gets the request.
func (f *Flaky) stranger(req *http.Request, fault Fault) (*http.Response, error) {
	answer := func(status int, kind, body string) (*http.Response, error) {
		if req.Body != nil {
			io.Copy(io.Discard, req.Body)
			req.Body.Close()
		}
		return &http.Response{
			StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req,
		}, nil
	}
	switch fault {
	case TooMany:
		return answer(http.StatusTooManyRequests, "text/plain", "slower")
	case Denied:
		return answer(http.StatusForbidden, "text/html", "<html>log in first</html>")
	case NotModified:
		return answer(http.StatusNotModified, "", "")
	case BareNotFound:
		return answer(http.StatusNotFound, "", "")
	}
	return answer(http.StatusOK, "application/json", "{}")
}
