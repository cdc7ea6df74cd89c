package direct

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyrand "github.com/aws/smithy-go/rand"
)

// The headers that differ from one request to the next, in canonical form.
const (
	authorization = "Authorization"
	amzDate       = "X-Amz-Date"
	securityToken = "X-Amz-Security-Token"
	contentSHA256 = "X-Amz-Content-Sha256"
	invocation    = "Amz-Sdk-Invocation-Id"
	attempt       = "Amz-Sdk-Request"
	traceHeader   = "X-Amzn-Trace-Id"
)

// dateFormat is that of X-Amz-Date.
const dateFormat = "20060102T150405Z"

// maxSkew is by how much the time of a watched request may differ from now: a
// client that has found its clock to be wrong corrects what it sends.
const maxSkew = 5 * time.Second

// form is what the requests of an operation have in common. Only key changes.
type form struct {
	method  string
	url     url.URL     // its path without Request.Path
	header  http.Header // those of every request
	region  string
	service string
	payload payload
	key     atomic.Pointer[signingKey] // the last one
}

// payload is what a request says about its body.
type payload int

const (
	hashed   payload = iota // X-Amz-Content-Sha256 is the hash
	unsigned                // X-Amz-Content-Sha256 says UNSIGNED-PAYLOAD
	unsaid                  // no such header; the hash is signed nevertheless
)

// hash returns what the signature covers of a body.
func (p payload) hash(body []byte) string {
	switch {
	case p == unsigned:
		return "UNSIGNED-PAYLOAD"
	case len(body) == 0:
		return "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// variable is what differs between requests besides what the caller gives.
type variable struct {
	now         time.Time
	invocation  string
	trace       string // "" if there is none
	credentials aws.Credentials
}

// learn returns the form of a request that the official client sends for want,
// or nil if the same cannot be built from it. An error is one of reading its
// body, which is then lost.
func learn(r *http.Request, c *Client, want Request) (*form, error) {
	f := &form{method: r.Method, url: *r.URL, header: r.Header.Clone()}
	scope, ok := scopeOf(r.Header.Get(authorization))
	now, err := time.Parse(dateFormat, r.Header.Get(amzDate))
	if !ok || err != nil || time.Since(now).Abs() > maxSkew || !strings.HasPrefix(r.Header.Get(attempt), "attempt=1; max=") {
		return nil, nil
	}
	f.region, f.service = scope.region, scope.service
	path, found := strings.CutSuffix(r.URL.EscapedPath(), want.Path)
	if f.url.Path, err = url.PathUnescape(path); err != nil || !found || want.Path != "" && f.url.Path != path {
		return nil, nil // below an endpoint whose path is percent-encoded the SDK encodes the rest in another way
	}
	f.url.RawPath = path
	switch hash := r.Header.Get(contentSHA256); hash {
	case "UNSIGNED-PAYLOAD":
		f.payload = unsigned
	case "":
		f.payload = unsaid
	}
	for _, name := range []string{authorization, amzDate, securityToken, contentSHA256, invocation, traceHeader} {
		delete(f.header, name)
	}
	for name := range want.Header {
		delete(f.header, name)
	}
	body, err := readBody(r)
	if err != nil || !sameBody(body, want.Body) {
		return nil, err
	}
	want.Body = body
	credentials, err := c.credentials.Retrieve(r.Context())
	if err != nil {
		return nil, nil
	}
	ours := f.build(r.Context(), want, variable{now, r.Header.Get(invocation), r.Header.Get(traceHeader), credentials})
	if ours == nil || !same(ours, r) {
		return nil, nil
	}
	return f, nil
}

// readBody returns the body of a request, which has it still.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.ContentLength > maxBody {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// sameBody reports whether two bodies are the same to their receiver: equal,
// or JSON of the same values.
func sameBody(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	var values [2]any
	return json.Unmarshal(a, &values[0]) == nil && json.Unmarshal(b, &values[1]) == nil && reflect.DeepEqual(values[0], values[1])
}

// same reports whether two requests, whose bodies are the same, look the same
// to their receiver.
func same(a, b *http.Request) bool {
	return a.Method == b.Method && a.URL.String() == b.URL.String() && a.Host == b.Host &&
		a.ContentLength == b.ContentLength && len(a.TransferEncoding)+len(b.TransferEncoding) == 0 &&
		maps.EqualFunc(a.Header, b.Header, slices.Equal)
}

// build returns the request that follows the form, signed, or nil if it has a
// header whose canonical form for the signature is more than itself.
func (f *form) build(ctx context.Context, r Request, v variable) *http.Request {
	header := make(http.Header, len(f.header)+len(r.Header)+6)
	maps.Copy(header, f.header)
	for name, values := range r.Header {
		if len(values) != 1 || strings.Contains(values[0], "  ") || strings.TrimSpace(values[0]) != values[0] {
			return nil
		}
		header[name] = values
	}
	hash := f.payload.hash(r.Body)
	said := hash
	if f.payload == unsaid {
		said = ""
	}
	values := [...]string{v.invocation, v.now.Format(dateFormat), v.trace, v.credentials.SessionToken, said}
	for i, name := range [...]string{invocation, amzDate, traceHeader, securityToken, contentSHA256} {
		if values[i] != "" {
			header[name] = values[i : i+1 : i+1]
		}
	}
	target := f.url
	if r.Path != "" {
		end, err := url.PathUnescape(r.Path)
		if err != nil {
			return nil
		}
		target.Path, target.RawPath = f.url.Path+end, f.url.RawPath+r.Path
	}
	request := (&http.Request{
		Method: f.method, URL: &target, Header: header, ContentLength: int64(len(r.Body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if len(r.Body) > 0 {
		// Without GetBody, as the SDK's: net/http must not repeat it by itself.
		request.Body = io.NopCloser(bytes.NewReader(r.Body))
	}
	f.sign(request, hash, v)
	return request
}

// traceID returns what the SDK sends within Lambda for the service to notice
// functions that call themselves. It reports false if that would have to be
// percent-encoded, which the ids of X-Ray need not be.
func traceID() (id string, plain bool) {
	if _, inside := os.LookupEnv("AWS_LAMBDA_FUNCTION_NAME"); !inside {
		return "", true
	}
	id = os.Getenv("_X_AMZN_TRACE_ID")
	for _, c := range []byte(id) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '=' || c == ';' || c == ':') {
			return "", false
		}
	}
	return id, true
}

// invocationID returns a new UUID.
func invocationID() (string, error) { return smithyrand.NewUUID(rand.Reader).GetUUID() }
