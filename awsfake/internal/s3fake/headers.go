package s3fake

import (
	"net/http"
	"net/url"
	"strings"
)

// headers are the headers of a request by their names in lower case, in which S3 documents and returns them.
type headers map[string][]string

// headersOf returns headers by their names in lower case.
func headersOf(sent http.Header) headers {
	h := make(headers, len(sent))
	for name, values := range sent {
		h[strings.ToLower(name)] = values
	}
	return h
}

// get returns the first value of a header, whose name is in lower case; "" if there is none.
func (h headers) get(name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// addPresigned adds the x-amz- parameters of a presigned URL: signers move headers there, and S3 honours them as if they
// were headers.
func (h headers) addPresigned(query url.Values) {
	if !query.Has("X-Amz-Signature") {
		return
	}
	for name, values := range query {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && h.get(name) == "" {
			h[name] = values
		}
	}
}
