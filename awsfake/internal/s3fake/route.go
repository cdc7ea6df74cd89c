package s3fake

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxKeyBytes is the longest key S3 accepts: 1,024 bytes of UTF-8 (user guide,
// "Naming Amazon S3 objects").
const maxKeyBytes = 1024

// call is a request taken apart.
type call struct {
	request    *http.Request
	operation  *operation // nil for an unknown one
	bucketName string
	key        string
	query      url.Values
	header     headers // of the request, with those that a presigned URL carries in its query

	bucket *bucket // nil for operations without an existing bucket
}

// Request is a request taken apart. It keeps the http.Request, whose body may be
// replaced until it is served.
type Request struct {
	service *Service
	call    *call
	err     error // why the request cannot be taken apart
}

// Parse takes a path-style request apart, without its body.
func (s *Service) Parse(r *http.Request) *Request {
	c, err := parse(r)
	return &Request{s, c, err}
}

// Operation names the call that the request is for, such as "PutObject", and its
// target: "bucket/key", "bucket" or "". The name is empty for a request that the
// service does not know.
func (r *Request) Operation() (op, target string) {
	switch c := r.call; {
	case r.err != nil:
		return "", ""
	case c.key == "":
		return c.op(), c.bucketName
	default:
		return c.op(), c.bucketName + "/" + c.key
	}
}

// op names the operation; "" for an unknown one.
func (c *call) op() string {
	if c.operation == nil {
		return ""
	}
	return c.operation.name
}

// parse takes a path-style request apart. Keys come from the escaped path, byte for
// byte: no cleaning, so that "a//b", "./a" and "a/" stay keys of their own.
func parse(r *http.Request) (*call, error) {
	bucketName, key, err := splitPath(r.URL.EscapedPath())
	if err != nil {
		return &call{request: r}, err
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &call{request: r, bucketName: bucketName}, invalidURI()
	}
	c := &call{
		request: r, bucketName: bucketName, key: key, query: query, header: headersOf(r.Header).withPresigned(query),
	}
	c.operation = findOperation(c)
	return c, nil
}

func splitPath(escaped string) (bucketName, key string, err error) {
	rawBucket, rawKey, _ := strings.Cut(strings.TrimPrefix(escaped, "/"), "/")
	bucketName, err = url.PathUnescape(rawBucket)
	if err != nil {
		return "", "", invalidURI()
	}
	key, err = url.PathUnescape(rawKey)
	if err != nil || !utf8.ValidString(key) || !utf8.ValidString(bucketName) {
		return "", "", invalidURI()
	}
	return bucketName, key, nil
}

func invalidURI() *apiError {
	return refuse(http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI.")
}

func keyTooLong(key string) *apiError {
	return refuse(http.StatusBadRequest, "KeyTooLongError", "Your key is too long",
		"Size", strconv.Itoa(len(key)), "MaxSizeAllowed", strconv.Itoa(maxKeyBytes))
}
