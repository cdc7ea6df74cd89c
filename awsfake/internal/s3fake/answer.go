package s3fake

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is a successful answer to a request.
type answer struct {
	status int
	header []outgoing
	body   []byte

	pause time.Duration // wait in the middle of the body
	limit int           // cut the connection after so many bytes of the body; 0: send it all
}

// outgoing is a header of an answer, under the name that S3 documents.
type outgoing struct{ name, value string }

func (a *answer) set(name, value string) {
	if i := slices.IndexFunc(a.header, func(h outgoing) bool { return h.name == name }); i >= 0 {
		a.header[i].value = value
		return
	}
	if a.header == nil {
		a.header = make([]outgoing, 0, 12)
	}
	a.header = append(a.header, outgoing{name, value})
}

func (a *answer) setAll(header map[string]string) {
	for name, value := range header {
		a.set(name, value)
	}
}

// setVersion names the version that the answer is about, if the bucket was ever
// versioned.
func (a *answer) setVersion(b *bucket, v *version) {
	if b.currentSettings().Versioning != "" {
		a.set("x-amz-version-id", v.ID)
	}
}

// setHeaders sets headers of an answer, and those that every answer of S3 carries.
func setHeaders(to http.Header, header []outgoing) {
	id := newRequestID()
	values := make([]string, 0, len(header)+3)
	set := func(name, value string) {
		values = append(values, value)
		to[wireName(name)] = values[len(values)-1 : len(values) : len(values)]
	}
	set("x-amz-request-id", id[:16])
	set("x-amz-id-2", id[16:])
	set("Server", "AmazonS3")
	for _, h := range header {
		set(h.name, h.value)
	}
}

// newRequestID makes 48 digits: 16 for x-amz-request-id, and 32 for x-amz-id-2.
func newRequestID() string {
	var id [48]byte
	for i := 0; i < len(id); i += 16 {
		for j, random := 0, rand.Uint64(); j < 16; j, random = j+1, random>>4 {
			id[i+j] = "0123456789ABCDEF"[random&15]
		}
	}
	return string(id[:])
}

// wireName returns the spelling of a header's name in answers. S3 writes the names
// of its own in lower case, and clients such as boto3 show those of user metadata
// as they come; net/http would send "Etag" and "X-Amz-".
func wireName(name string) string {
	if name == "ETag" || strings.HasPrefix(name, "x-amz-") {
		return name
	}
	return http.CanonicalHeaderKey(name)
}

func (a *answer) write(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header(), a.header)
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified && w.Header().Get("Content-Length") == "" {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead {
		return
	}
	body := a.body
	if a.limit > 0 && a.limit < len(body) {
		// Fewer bytes than Content-Length promised: net/http then closes the
		// connection.
		body = body[:a.limit]
	}
	if a.pause > 0 {
		body = a.writeHalf(w, r, body)
	}
	_, _ = w.Write(body) // the client may be gone; there is nobody else to tell
}

// writeHalf sends the first half of body, waits, and returns the rest; nothing if
// the request ended meanwhile.
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
