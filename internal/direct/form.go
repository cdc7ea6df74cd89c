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

// unsigned is the X-Amz-Content-Sha256 of a body that the signature leaves out.
const unsigned = "UNSIGNED-PAYLOAD"

// form is what the requests of an operation have in common. But for key it is
// not changed; requests share the values of its headers.
type form struct {
	method          string
	url             url.URL // its path without Request.Path
	header          http.Header
	service, region string // of the signature
	payload         string // X-Amz-Content-Sha256, "" if there was none
	attempt         string // Amz-Sdk-Request of a first attempt
	key             atomic.Pointer[signingKey]
}

// variable is what differs between requests besides what the caller gives.
type variable struct {
	now         time.Time
	invocation  string
	attempt     string
	trace       []string
	credentials aws.Credentials
}

// learn returns the form of a request that the official client sends for want,
// or nil if the same cannot be built from it. An error is one of reading its
// body, which is then lost.
func learn(r *http.Request, c *Client, want Request) (*form, error) {
	body, err := readBody(r)
	if err != nil || !sameBody(body, want.Body) {
		return nil, err
	}
	f := formOf(r, want)
	now, err := time.Parse(dateFormat, r.Header.Get(amzDate))
	trace, plain := traceID()
	if f == nil || err != nil || time.Since(now).Abs() > maxSkew || !plain {
		return nil, nil
	}
	credentials, err := c.options.Credentials.Retrieve(r.Context())
	if err != nil {
		return nil, nil
	}
	want.Body = body
	ours := f.build(r.Context(), c, want, variable{now, r.Header.Get(invocation), r.Header.Get(attempt), trace, credentials})
	if ours == nil || !same(ours, r) {
		return nil, nil
	}
	return f, nil
}

// formOf takes a request apart. It returns nil for one that is not a first
// attempt, or not signed with Signature Version 4:
// "AWS4-HMAC-SHA256 Credential=id/date/region/service/aws4_request, ...".
func formOf(r *http.Request, want Request) *form {
	credential, _, _ := strings.Cut(r.Header.Get(authorization), ",")
	scope := strings.Split(credential, "/")
	first, _, _ := strings.Cut(r.Header.Get(attempt), "; ttl=") // which is good for this one only
	if !strings.HasPrefix(credential, "AWS4-HMAC-SHA256 Credential=") || len(scope) < 5 || !strings.HasPrefix(first, "attempt=1; max=") {
		return nil
	}
	path, found := strings.CutSuffix(r.URL.EscapedPath(), want.Path)
	plain, err := url.PathUnescape(path)
	if err != nil || !found || want.Path != "" && plain != path {
		return nil // below an endpoint whose path is percent-encoded the SDK encodes the rest in another way
	}
	f := &form{
		method: r.Method, url: *r.URL, header: r.Header.Clone(), region: scope[len(scope)-3], service: scope[len(scope)-2],
		payload: r.Header.Get(contentSHA256), attempt: first,
	}
	f.url.Path, f.url.RawPath = plain, path
	for _, name := range []string{authorization, amzDate, securityToken, contentSHA256, invocation, attempt, traceHeader} {
		delete(f.header, name)
	}
	for name := range want.Header {
		delete(f.header, name)
	}
	return f
}

// readBody returns the body of a request, which has it still.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.ContentLength > MaxBody {
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

// build returns the request that follows the form, signed, or nil if it cannot
// be.
func (f *form) build(ctx context.Context, c *Client, r Request, v variable) *http.Request {
	end, err := url.PathUnescape(r.Path)
	if err != nil {
		return nil
	}
	target := f.url
	target.Path, target.RawPath = target.Path+end, target.RawPath+r.Path
	header := make(http.Header, len(f.header)+len(r.Header)+8)
	maps.Copy(header, f.header)
	for name, values := range r.Header {
		if strings.Contains(values[0], "  ") || strings.TrimSpace(values[0]) != values[0] {
			return nil // the signature would need another form of it
		}
		header[name] = values
	}
	hash := f.hash(r.Body)
	values := [...]string{v.invocation, v.attempt, v.now.Format(dateFormat), v.credentials.SessionToken, hash}
	for i, name := range [...]string{invocation, attempt, amzDate, securityToken, contentSHA256} {
		header[name] = values[i : i+1 : i+1]
	}
	if v.credentials.SessionToken == "" {
		delete(header, securityToken)
	}
	if f.payload == "" {
		delete(header, contentSHA256)
	}
	if v.trace != nil {
		header[traceHeader] = v.trace
	}
	request := (&http.Request{
		Method: f.method, URL: &target, Header: header, ContentLength: int64(len(r.Body)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if len(r.Body) > 0 {
		// A copy, for it may still be read when the call has returned. Without
		// GetBody, as the SDK's: net/http must not send it again by itself.
		request.Body = io.NopCloser(bytes.NewReader(bytes.Clone(r.Body)))
	}
	f.sign(request, c.options.RawPath, hash, v)
	return request
}

// hash returns what the signature covers of a body.
func (f *form) hash(body []byte) string {
	switch {
	case f.payload == unsigned:
		return unsigned
	case len(body) == 0:
		return "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// traceID returns the header that the SDK sends within Lambda for the service
// to notice functions that call themselves. It reports false if it would have
// to be percent-encoded, which the ids of X-Ray need not be.
func traceID() (header []string, plain bool) {
	_, inside := os.LookupEnv("AWS_LAMBDA_FUNCTION_NAME")
	id, traced := os.LookupEnv("_X_AMZN_TRACE_ID")
	if !inside || !traced {
		return nil, true
	}
	const others = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-=;:"
	return []string{id}, strings.Trim(id, others) == ""
}

// invocationID returns a new UUID.
func invocationID() (string, error) { return smithyrand.NewUUID(rand.Reader).GetUUID() }
