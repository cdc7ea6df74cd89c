package s3fake

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is a successful answer to a request.
type answer struct {
	status int
	header map[string]string // names as they go out
	body   []byte

	pause time.Duration // wait in the middle of the body
	limit int           // cut the connection after so many bytes of the body; 0: send it all
}

func (a *answer) set(name, value string) {
	if a.header == nil {
		a.header = map[string]string{}
	}
	a.header[name] = value
}

func (a *answer) setAll(header map[string]string) {
	for name, value := range header {
		a.set(name, value)
	}
}

// setVersion names the version that the answer is about, if the bucket was ever versioned.
func (a *answer) setVersion(b *bucket, v *version) {
	if b.currentSettings().Versioning != "" {
		a.set("x-amz-version-id", v.ID)
	}
}

// setHeader sets a header of an answer. S3 writes the names of its own in lower case, and clients such as boto3 show those of
// user metadata as they come.
func setHeader(h http.Header, name, value string) {
	if name == "ETag" || strings.HasPrefix(name, "x-amz-") { // not "Etag" and "X-Amz-", as net/http has them
		h[name] = []string{value}
		return
	}
	h.Set(name, value)
}

func (a *answer) write(w http.ResponseWriter, r *http.Request) {
	setCommonHeaders(w.Header())
	for name, value := range a.header {
		setHeader(w.Header(), name, value)
	}
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified && w.Header().Get("Content-Length") == "" {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead {
		return
	}
	body := a.body
	if a.limit > 0 && a.limit < len(body) {
		// Fewer bytes than Content-Length promised: net/http then closes the connection.
		body = body[:a.limit]
	}
	if a.pause > 0 {
		body = a.writeHalf(w, r, body)
	}
	_, _ = w.Write(body) // the client may be gone; there is nobody else to tell
}

// writeHalf sends the first half of body, waits, and returns the rest; nothing if the request ended meanwhile.
func (a *answer) writeHalf(w http.ResponseWriter, r *http.Request, body []byte) []byte {
	half := len(body) / 2
	_, _ = w.Write(body[:half])
	_ = http.NewResponseController(w).Flush() // a writer that cannot flush only makes the pause come earlier
	timer := time.NewTimer(a.pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return body[half:]
	case <-r.Context().Done():
		return nil
	}
}
