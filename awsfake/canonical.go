package awsfake

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/smithy-go/encoding/httpbinding"
)

// appendCanonical appends the text that the signature of a request covers (IAM User
// Guide, "Create a signed AWS API request"): the method, the path, the parameters,
// the headers that the client has named, and the hash of the body.
func appendCanonical(b []byte, r *http.Request, sig signature, payload string) []byte {
	b = append(append(b, r.Method...), '\n')
	b = append(appendPath(b, r.URL, sig.service), '\n')
	b = append(appendQuery(b, r.URL.RawQuery), '\n')
	for _, name := range sig.headers {
		b = append(append(b, name...), ':')
		b = append(appendHeader(b, r, name), '\n')
	}
	b = append(b, '\n')
	for i, name := range sig.headers {
		if i > 0 {
			b = append(b, ';')
		}
		b = append(b, name...)
	}
	return append(append(b, '\n'), payload...)
}

// appendPath appends the path: for S3 with the escapes of the object's key, for
// other services with the escapes of the path escaped once more.
func appendPath(b []byte, u *url.URL, service string) []byte {
	path := u.Path
	if service != "s3" {
		path = u.EscapedPath()
	}
	if path == "" {
		path = "/"
	}
	if isPlain(path) {
		return append(b, path...)
	}
	return append(b, httpbinding.EscapePath(path, false)...)
}

// isPlain says whether a path has no character that is escaped.
func isPlain(path string) bool {
	for i := range len(path) {
		if c := path[i]; !isLetter(c) && (c < '-' || c > '9') { // - . / and the digits
			return false
		}
	}
	return true
}

// appendQuery appends the parameters in the order of their names, without the
// signature itself.
func appendQuery(b []byte, raw string) []byte {
	if !strings.ContainsAny(raw, "&%+;") { // one parameter at most, as most requests have
		if raw == "" {
			return b
		}
		name, value, _ := strings.Cut(raw, "=")
		return append(append(append(b, escaped(name)...), '='), escaped(value)...)
	}
	query, _ := url.ParseQuery(raw) // a malformed parameter is for the service to refuse
	query.Del("X-Amz-Signature")
	for _, values := range query {
		slices.Sort(values)
	}
	return append(b, strings.ReplaceAll(query.Encode(), "+", "%20")...)
}

func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// appendHeader appends the values of a header, whose name is in lower case, with
// single spaces inside and none around them.
func appendHeader(b []byte, r *http.Request, name string) []byte {
	switch name {
	case "host":
		return append(b, r.Host...)
	case "content-length":
		return strconv.AppendInt(b, r.ContentLength, 10)
	}
	for i, value := range valuesOf(r.Header, name) {
		if i > 0 {
			b = append(b, ',')
		}
		value = strings.Trim(value, " \t")
		for j := range len(value) {
			if j == 0 || value[j] != ' ' || value[j-1] != ' ' {
				b = append(b, value[j])
			}
		}
	}
	return b
}

// valuesOf returns the values of a header, whose name is in lower case. Unlike
// Header.Values it allocates nothing.
func valuesOf(h http.Header, name string) []string {
	canonical := append(make([]byte, 0, 64), name...)
	for i, c := range canonical {
		if 'a' <= c && c <= 'z' && (i == 0 || name[i-1] == '-') {
			canonical[i] = c - 'a' + 'A'
		}
	}
	return h[string(canonical)]
}
