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

// This is Signature Version 4 in the form of the Authorization header (IAM
// User Guide, "Create a signed AWS API request"), for requests whose headers
// have one value each.

const algorithm = "AWS4-HMAC-SHA256"

// scope is what a signature is good for.
type scope struct{ region, service string }

// scopeOf reads "AWS4-HMAC-SHA256 Credential=id/date/region/service/aws4_request, ...".
func scopeOf(value string) (scope, bool) {
	credential, _, _ := strings.Cut(strings.TrimPrefix(value, algorithm+" Credential="), ",")
	parts := strings.Split(credential, "/")
	if len(parts) < 5 || !strings.HasPrefix(value, algorithm+" ") {
		return scope{}, false
	}
	parts = parts[len(parts)-5:]
	return scope{parts[2], parts[3]}, parts[4] == "aws4_request"
}

// signingKey is the key of one day and one secret.
type signingKey struct {
	secret, date string
	key          []byte
}

func (f *form) signingKey(secret, date string) []byte {
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

// signedNames returns the names of the headers that the SDK's signer signs, in
// the order of the signature: as canonical names sort as lower-case ones do.
// Those that it leaves out may be changed on the way, or after the signature.
func signedNames(r *http.Request) []string {
	names := make([]string, 0, len(r.Header)+2)
	for name := range r.Header {
		switch name {
		case authorization, "User-Agent", traceHeader, "Expect", "Transfer-Encoding":
		default:
			names = append(names, name)
		}
	}
	names = append(names, "Host")
	if r.ContentLength > 0 {
		names = append(names, "Content-Length")
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

// sign sets the Authorization of a request.
func (f *form) sign(r *http.Request, hash string, v variable) {
	path := r.URL.EscapedPath()
	if f.service != "s3" { // the other services want it encoded once more
		path = httpbinding.EscapePath(path, false)
	}
	canonical := make([]byte, 0, 1024)
	for _, line := range [...]string{r.Method, path, r.URL.RawQuery} {
		canonical = append(append(canonical, line...), '\n')
	}
	signed := make([]byte, 0, 256)
	for _, name := range signedNames(r) {
		signed = append(appendLower(signed, name), ';')
		canonical = append(appendLower(canonical, name), ':')
		switch name {
		case "Host":
			canonical = append(canonical, r.URL.Host...)
		case "Content-Length":
			canonical = strconv.AppendInt(canonical, r.ContentLength, 10)
		default:
			canonical = append(canonical, r.Header[name][0]...)
		}
		canonical = append(canonical, '\n')
	}
	signed = signed[:len(signed)-len(";")]
	canonical = append(append(append(canonical, '\n'), signed...), '\n')
	canonical = append(canonical, hash...)

	time := r.Header[amzDate][0]
	date := time[:len("20060102")]
	scope := date + "/" + f.region + "/" + f.service + "/aws4_request"
	sum := sha256.Sum256(canonical)
	text := hex.AppendEncode(append(canonical[:0], algorithm+"\n"+time+"\n"+scope+"\n"...), sum[:])
	signature := mac(f.signingKey(v.credentials.SecretAccessKey, date), text)
	value := append(canonical[:0], algorithm+" Credential="+v.credentials.AccessKeyID+"/"+scope+", SignedHeaders="...)
	value = append(append(value, signed...), ", Signature="...)
	r.Header[authorization] = []string{string(hex.AppendEncode(value, signature))}
}
