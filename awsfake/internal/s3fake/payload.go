package s3fake

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// payload is a request's body without its framing, verified.
type payload struct {
	body     []byte
	checksum checksum
}

// maxDocument is the largest XML document accepted, in bytes: 1,000 keys of 1,024
// bytes, each byte escaped.
const maxDocument = 8 << 20

// readDocument reads and verifies the XML document of a request.
func (s *Service) readDocument(c *call) ([]byte, error) {
	p, err := s.readPayload(c, maxDocument)
	if err != nil && asAPIError(err).code == "EntityTooLarge" {
		err = refuse(http.StatusBadRequest, "MaxMessageLengthExceeded", "Your request was too large.",
			"MaxMessageLengthBytes", strconv.Itoa(maxDocument))
	}
	return p.body, err
}

// readPayload reads the body of a request, of at most limit bytes, takes the
// aws-chunked framing off if it has one, and verifies its length and every checksum
// that came with it.
func (s *Service) readPayload(c *call, limit int64) (payload, error) {
	body, trailer, err := s.readBody(c, limit)
	if err != nil {
		return payload{}, err
	}
	sum, err := verifyBody(c.header, trailer, body)
	return payload{body, sum}, err
}

// readBody is readPayload without the checksums.
func (s *Service) readBody(c *call, limit int64) ([]byte, headers, error) {
	if strings.HasPrefix(c.header.get("x-amz-content-sha256"), "STREAMING-") {
		return s.readChunked(c, limit)
	}
	return readPlain(c, limit)
}

func readPlain(c *call, limit int64) ([]byte, headers, error) {
	r := c.request
	switch {
	case r.ContentLength < 0:
		return nil, nil, headerNotImplemented("Transfer-Encoding", "")
	case r.ContentLength == 0 && c.op() == "PutObject" && c.header.get("content-length") == "":
		return nil, nil, missingContentLength()
	case r.ContentLength > limit:
		return nil, nil, entityTooLarge(r.ContentLength, limit)
	case r.Body == nil:
		return nil, nil, nil
	}
	if held, ok := r.Body.(*Held); ok && int64(len(held.Content)) == r.ContentLength {
		return held.Content, nil, nil
	}
	body := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, body); err != nil {
		return nil, nil, incompleteBody("You did not provide the number of bytes specified by the Content-Length HTTP header")
	}
	return body, nil, nil
}

// Held is the body of a request that lies in memory. The service keeps its content,
// which must not change any more.
type Held struct {
	bytes.Reader // of the content
	Content      []byte
}

// NewHeld returns the body with that content.
func NewHeld(content []byte) *Held {
	h := &Held{Content: content}
	h.Reset(content)
	return h
}

// Close does nothing.
func (h *Held) Close() error { return nil }

func (s *Service) readChunked(c *call, limit int64) ([]byte, headers, error) {
	if s.Trouble().RefuseChunked {
		return nil, nil, headerNotImplemented("x-amz-content-sha256", "aws-chunked bodies are not supported")
	}
	announced, err := strconv.ParseInt(c.header.get("x-amz-decoded-content-length"), 10, 64)
	if err != nil || announced < 0 {
		return nil, nil, missingContentLength()
	}
	if announced > limit {
		return nil, nil, entityTooLarge(announced, limit)
	}
	body, trailer, err := decodeChunked(c.request.Body, announced)
	switch {
	case errors.Is(err, errFraming):
		return nil, nil, incompleteBody("The request body terminated unexpectedly")
	case err != nil || int64(len(body)) != announced:
		return nil, nil, incompleteBody("You did not provide the number of bytes specified by the Content-Length HTTP header")
	}
	for name := range strings.SplitSeq(c.header.get("x-amz-trailer"), ",") {
		if name = strings.TrimSpace(name); name != "" && trailer.get(strings.ToLower(name)) == "" {
			return nil, nil, refuse(http.StatusBadRequest, "MalformedTrailerError", "The request contained trailing data "+
				"that was not well-formed or did not conform to our published schema.")
		}
	}
	return body, trailer, nil
}

func incompleteBody(message string) *apiError {
	return refuse(http.StatusBadRequest, "IncompleteBody", message)
}

func missingContentLength() *apiError {
	return refuse(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
}

func entityTooLarge(size, limit int64) *apiError {
	return refuse(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size",
		"ProposedSize", strconv.FormatInt(size, 10), "MaxSizeAllowed", strconv.FormatInt(limit, 10))
}
