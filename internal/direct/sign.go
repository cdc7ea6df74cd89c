package direct

import (
	"net/http"
	"strconv"

	"github.com/awsjar/awsjar/internal/sigv4"
)

// The SDK's signer takes as long as all the rest of a request that follows a
// pattern. This one signs only requests that need no canonicalization, in the form that
// learn has seen to be the SDK's own (Signature Version 4: IAM User Guide,
// "Create a signed AWS API request").

// appendSigned appends the name of a header, if the signature covers it. The SDK
// leaves out headers that may be changed on the way, or after the signature.
func appendSigned(names []string, name string) []string {
	switch name {
	case authorization, traceHeader, "User-Agent", "Expect", "Transfer-Encoding":
		return names
	}
	return append(names, name)
}

// appendLower appends an ASCII name in lower case.
func appendLower(b []byte, name string) []byte {
	for _, c := range []byte(name) {
		b = append(b, lower(c))
	}
	return b
}

// compareLower compares two ASCII names in lower case. Canonical names sort in
// another way where one has a "_", "^" or "`", which come between the two cases.
func compareLower(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// sign returns the Authorization of a request whose other headers are there, from
// the names of those that it covers, sorted in lower case. The path is signed as it is
// sent, as for S3 alone.
func (f *form) sign(r *http.Request, names []string, hash string, v variable) string {
	b := make([]byte, 0, 1024)
	for _, line := range [...]string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery} {
		b = append(append(b, line...), '\n')
	}
	signed := make([]byte, 0, 256)
	for _, name := range names {
		begin := len(signed)
		signed = appendLower(signed, name)
		b = append(append(b, signed[begin:]...), ':')
		signed = append(signed, ';')
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
	canonical := append(b, hash...)

	now := r.Header[amzDate][0]
	key := f.keys.Of(v.credentials.SecretAccessKey, sigv4.Scope{Date: now[:len("20060102")], Region: f.region, Service: f.service})
	head := make([]byte, 0, 768)
	head = append(head, sigv4.Algorithm+" Credential="...)
	head = append(append(append(head, v.credentials.AccessKeyID...), '/'), key.Scope()...)
	head = append(append(head, ", SignedHeaders="...), signed...)
	return string(key.AppendSignature(append(head, ", Signature="...), now, canonical))
}
