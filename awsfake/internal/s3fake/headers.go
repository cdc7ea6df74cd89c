package s3fake

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// headers are the headers of a request by their names in lower case, in which S3
// documents and returns them. There are so few that a list is faster than a map.
type headers []field

// field is a header with all its values.
type field struct {
	name   string
	values []string
}

// headersOf returns headers by their names in lower case.
func headersOf(sent http.Header) headers {
	size := 0
	for name := range sent {
		size += len(name)
	}
	var names strings.Builder // one string for all names
	names.Grow(size)
	h := make(headers, 0, len(sent))
	for name, values := range sent {
		start := names.Len()
		for i := range len(name) {
			names.WriteByte(lower(name[i]))
		}
		h = append(h, field{names.String()[start:], values})
	}
	return h
}

// lower returns an ASCII letter in lower case; a name has no others (RFC 9110,
// section 5.1).
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// find returns the position of a header, whose name is in lower case; -1 if there
// is none.
func (h headers) find(name string) int {
	return slices.IndexFunc(h, func(f field) bool { return f.name == name })
}

// has says whether there is a header, which may be empty.
func (h headers) has(name string) bool { return h.find(name) >= 0 }

// all returns the values of a header.
func (h headers) all(name string) []string {
	if i := h.find(name); i >= 0 {
		return h[i].values
	}
	return nil
}

// get returns the first value of a header; "" if there is none.
func (h headers) get(name string) string {
	if values := h.all(name); len(values) > 0 {
		return values[0]
	}
	return ""
}

// hasPrefix says whether the name of a header begins with prefix.
func (h headers) hasPrefix(prefix string) bool {
	return slices.ContainsFunc(h, func(f field) bool { return strings.HasPrefix(f.name, prefix) })
}

// set returns the headers with one more, or with another value of it.
func (h headers) set(name string, values ...string) headers {
	if i := h.find(name); i >= 0 {
		h[i].values = values
		return h
	}
	return append(h, field{name, values})
}

// withPresigned returns the headers and the x-amz- parameters of a presigned URL:
// signers move headers there, and S3 honours them as if they were headers.
func (h headers) withPresigned(query url.Values) headers {
	if !query.Has("X-Amz-Signature") {
		return h
	}
	for name, values := range query {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && h.get(name) == "" {
			h = h.set(name, values...)
		}
	}
	return h
}
