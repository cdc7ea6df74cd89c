package direct

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/smithy-go/encoding/httpbinding"
)

// The SDK's signer takes as long as all the rest of a request that follows a
// pattern. This one signs only requests that need no canonicalization, in the form that
// learn has seen to be the SDK's own (Signature Version 4: IAM User Guide,
// "Create a signed AWS API request").

// algorithm begins an Authorization.
const algorithm = "AWS4-HMAC-SHA256"

// signingKey is the key of a secret on one day, and the scope that it is for.
type signingKey struct {
	secret, date string
	scope        string
	key          []byte
}

// keyOf returns the signing key of that day, from the cache if it is there.
func (f *form) keyOf(secret, date string) *signingKey {
	if last := f.key.Load(); last != nil && last.secret == secret && last.date == date {
		return last
	}
	key := []byte("AWS4" + secret)
	for _, part := range []string{date, f.region, f.service, request4} {
		key = mac(key, []byte(part))
	}
	k := &signingKey{secret, date, strings.Join([]string{date, f.region, f.service, request4}, "/"), key}
	f.key.Store(k)
	return k
}

// request4 ends the scope of a signature.
const request4 = "aws4_request"

func mac(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}

// signedNames returns the names of the headers that are signed, in the order of
// the signature: canonical names sort as lower-case ones do. The SDK leaves out
// headers that may be changed on the way, or after the signature.
func signedNames(r *http.Request) []string {
	names := append(make([]string, 0, len(r.Header)+2), "Host")
	if r.ContentLength > 0 {
		names = append(names, "Content-Length")
	}
	for name := range r.Header {
		switch name {
		case authorization, traceHeader, "User-Agent", "Expect", "Transfer-Encoding":
		default:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// appendLower appends an ASCII name in lower case.
func appendLower(b []byte, name string) []byte {
	for _, c := range []byte(name) {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
}

// sign returns the Authorization of a request whose other headers are there.
func (f *form) sign(r *http.Request, rawPath bool, hash string, v variable) string {
	path := r.URL.EscapedPath()
	if !rawPath {
		path = httpbinding.EscapePath(path, false)
	}
	b := make([]byte, 0, 1024)
	for _, line := range [...]string{r.Method, path, r.URL.RawQuery} {
		b = append(append(b, line...), '\n')
	}
	signed := make([]byte, 0, 256)
	for _, name := range signedNames(r) {
		signed = append(appendLower(signed, name), ';')
		b = append(appendLower(b, name), ':')
		switch name {
		case "Host":
			b = append(b, r.URL.Host...)
		case "Content-Length":
			b = strconv.AppendInt(b, r.ContentLength, 10)
		default:
			b = append(b, r.Header[name][0]...)
		}
		b = append(b, '\n')
	}
	signed = signed[:len(signed)-len(";")]
	b = append(append(append(b, '\n'), signed...), '\n')
	sum := sha256.Sum256(append(b, hash...))

	now := r.Header[amzDate][0]
	key := f.keyOf(v.credentials.SecretAccessKey, now[:len("20060102")])
	b = b[:0]
	for _, line := range [...]string{algorithm, now, key.scope} {
		b = append(append(b, line...), '\n')
	}
	signature := mac(key.key, hex.AppendEncode(b, sum[:]))
	b = append(b[:0], algorithm+" Credential="...)
	b = append(append(append(b, v.credentials.AccessKeyID...), '/'), key.scope...)
	b = append(append(b, ", SignedHeaders="...), signed...)
	b = append(b, ", Signature="...)
	return string(hex.AppendEncode(b, signature))
}
