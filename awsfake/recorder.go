package awsfake

import (
	"bytes"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) { r.status = status }

func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

// send sends the answer with the fault's headers, cut after its Truncate bytes.
func (r *recorder) send(w http.ResponseWriter, request *http.Request, f Fault) {
	addHeader(w.Header(), r.header)
	addHeader(w.Header(), f.Header)
	body := r.body.Bytes()
	if len(body) > 0 && request.Method != http.MethodHead {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(r.status)
	if f.Truncate > 0 {
		body = body[:min(f.Truncate, len(body))]
	}
	if len(body) > 0 {
		w.Write(body)
	}
	if f.Truncate > 0 {
		http.NewResponseController(w).Flush()
	}
}

// addHeader sets headers, in the place of those of the same name in any spelling.
// Those that a service has written in small letters stay so.
func addHeader(to, from http.Header) {
	for name, values := range from {
		if name != "ETag" && (name != strings.ToLower(name) || !strings.HasPrefix(name, "x-amz-")) {
			name = http.CanonicalHeaderKey(name)
		}
		maps.DeleteFunc(to, func(set string, _ []string) bool { return strings.EqualFold(set, name) })
		to[name] = values
	}
}
