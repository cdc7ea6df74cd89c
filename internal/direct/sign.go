package direct

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"

	"github.com/aws/smithy-go/encoding/httpbinding"
)

// The SDK's signer takes as long as all the rest of a request that follows a
// pattern. This one signs only what needs no canonicalization, in the form that
// learn has seen to be the SDK's own (Signature Version 4: IAM User Guide,
// "Create a signed AWS API request").

// algorithm begins an Authorization.
const algorithm = "AWS4-HMAC-SHA256"

// signingKey is the key of a secret on one day.
type signingKey struct {
	secret, date string
	key          []byte
}

// keyOf derives the key, or has it still.
func (f *form) keyOf(secret, date string) []byte {
	if last := f.key.Load(); last != nil && last.secret == secret && last.date == date {
		return last.key
	}
	key := []byte("AWS4" + secret)
	for _, part := range []string{date, f.region, f.service, "aws4_request"} {
		key = mac(key, []byte(part))
	}
	f.key.Store(&signingKey{secret, date, key})
	return key
}

func mac(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}

// signedNames returns the names of the headers that are signed, in the order of
// the signature: canonical names sort as lower-case ones do. The SDK leaves out
// what may be changed on the way, or after the signature.
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

// sign sets the Authorization of a request whose other headers are there.
func (f *form) sign(r *http.Request, rawPath bool, hash string, v variable) {
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
	date := now[:len("20060102")]
	scope := date + "/" + f.region + "/" + f.service + "/aws4_request"
	b = hex.AppendEncode(append(b[:0], algorithm+"\n"+now+"\n"+scope+"\n"...), sum[:])
	signature := mac(f.keyOf(v.credentials.SecretAccessKey, date), b)
	b = append(b[:0], algorithm+" Credential="+v.credentials.AccessKeyID+"/"+scope+", SignedHeaders="...)
	b = append(append(b, signed...), ", Signature="...)
	r.Header[authorization] = []string{string(hex.AppendEncode(b, signature))}
}
