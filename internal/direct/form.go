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
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/awsjar/awsjar/internal/sigv4"
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

// shared are the headers that may be alike in all requests of an operation. A
// header of another name is made for one request, for all we know: a token by
// which the service recognizes a repetition, or a sum over the body.
var shared = []string{"Accept-Encoding", "Content-Type", "User-Agent", "X-Amz-Checksum-Mode"}

// dateFormat is that of X-Amz-Date.
const dateFormat = "20060102T150405Z"

// maxSkew is by how much the time of a watched request may differ from now: a
// client that has found its clock to be wrong corrects the time that it sends.
const maxSkew = 5 * time.Second

// unsigned is the X-Amz-Content-Sha256 of a body that the signature leaves out.
const unsigned = "UNSIGNED-PAYLOAD"

// form is the part that the requests of an operation have in common. But for keys it is
// not changed; requests share the values of its headers.
type form struct {
	request         http.Request // method, and nothing that differs
	url             url.URL      // its path without Request.Path
	header          http.Header
	signed          []string // the names of those headers that the signature covers, and Host
	service, region string   // of the signature
	payload         string   // "" if there was no X-Amz-Content-Sha256, unsigned, or else hashed
	keys            sigv4.Keys
}

// hashed is the payload of a form whose X-Amz-Content-Sha256 is the hash of
// the body.
const hashed = "hash"

// like reports whether two requests have the same form.
func (f *form) like(other *form) bool {
	return f.request.Method == other.request.Method && f.url.String() == other.url.String() &&
		f.service == other.service && f.region == other.region && f.payload == other.payload &&
		maps.EqualFunc(f.header, other.header, slices.Equal)
}

// variable has the parts that differ between requests, besides those that the
// caller gives.
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
	f := formOf(r, want, c.attempt(want))
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
// attempt, that is not signed with Signature Version 4
// ("AWS4-HMAC-SHA256 Credential=id/date/region/service/aws4_request, ..."), or
// that holds anything that may be good for this one only.
func formOf(r *http.Request, want Request, attempts string) *form {
	credential, _, _ := strings.Cut(r.Header.Get(authorization), ",")
	scope := strings.Split(credential, "/")
	first, _, _ := strings.Cut(r.Header.Get(attempt), "; ttl=")
	if !strings.HasPrefix(credential, sigv4.Algorithm+" Credential=") || len(scope) < 5 || first != attempts {
		return nil
	}
	path, found := strings.CutSuffix(r.URL.EscapedPath(), want.Path)
	plain, err := url.PathUnescape(path)
	if err != nil || !found || want.Path != "" && plain != path {
		return nil // below an endpoint whose path is percent-encoded the SDK encodes the rest in another way
	}
	if r.URL.RawQuery != "" && (!strings.HasPrefix(r.URL.RawQuery, operationQuery) || strings.Contains(r.URL.RawQuery, "&")) {
		return nil
	}
	f := &form{
		request: http.Request{Method: r.Method, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1},
		url:     *r.URL, header: r.Header.Clone(), region: scope[len(scope)-3], service: scope[len(scope)-2],
		payload: r.Header.Get(contentSHA256),
	}
	if f.payload != "" && f.payload != unsigned {
		f.payload = hashed
	}
	f.url.Path, f.url.RawPath = plain, path
	for _, name := range []string{authorization, amzDate, securityToken, contentSHA256, invocation, attempt, traceHeader} {
		delete(f.header, name)
	}
	for _, field := range want.Header {
		delete(f.header, field.Name)
	}
	f.signed = []string{"Host"}
	for name := range f.header {
		if !slices.Contains(shared, name) {
			return nil
		}
		f.signed = appendSigned(f.signed, name)
	}
	return f
}

// operationQuery is how the SDK names the operation in a URL of S3.
const operationQuery = "x-id="

// readBody reads the body of a request and puts it back.
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
	values := make([]string, 0, len(r.Header)+6) // of all headers that are set here, the signature included
	signed := append(make([]string, 0, 16), f.signed...)
	set := func(name, value string) {
		signed = appendSigned(signed, name)
		values = append(values, value)
		header[name] = values[len(values)-1 : len(values) : len(values)]
	}
	for _, field := range r.Header {
		if strings.Contains(field.Value, "  ") || strings.TrimSpace(field.Value) != field.Value {
			return nil // the signature would need another form of it
		}
		set(field.Name, field.Value)
	}
	hash := f.hash(r.Body)
	set(invocation, v.invocation)
	set(attempt, v.attempt)
	set(amzDate, v.now.Format(dateFormat))
	if v.credentials.SessionToken != "" {
		set(securityToken, v.credentials.SessionToken)
	}
	if f.payload != "" {
		set(contentSHA256, hash)
	}
	if v.trace != nil {
		header[traceHeader] = v.trace
	}
	request := f.request.WithContext(ctx)
	request.URL, request.Header, request.ContentLength = &target, header, int64(len(r.Body))
	if len(r.Body) > 0 {
		// Without GetBody, as the SDK's: net/http must not send it again by itself.
		request.Body = io.NopCloser(bytes.NewReader(r.Body))
	}
	if len(r.Body) > 0 {
		signed = append(signed, "Content-Length")
	}
	slices.SortFunc(signed, compareLower)
	signed = slices.Compact(signed) // a field may stand in the place of a header that others share
	set(authorization, f.sign(request, signed, hash, v))
	return request
}

// hash returns the text that the signature covers in place of a body.
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
	id, traced := os.LookupEnv("_X_AMZN_TRACE_ID")
	if !traced {
		return nil, true
	}
	if _, inside := os.LookupEnv("AWS_LAMBDA_FUNCTION_NAME"); !inside {
		return nil, true
	}
	const others = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-=;:"
	return []string{id}, strings.Trim(id, others) == ""
}

// invocationID returns a new random UUID, version 4 (RFC 9562, section 5.4).
func invocationID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var text [36]byte
	for i, part := range [...][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		at := [...]int{0, 9, 14, 19, 24}[i]
		hex.Encode(text[at:], part)
		if i > 0 {
			text[at-1] = '-'
		}
	}
	return string(text[:])
}
