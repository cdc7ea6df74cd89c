// Package bounded limits how much of an answer the SDK reads. By itself the SDK
// reads every answer to its end, which may never come: a description of a
// function, a page of a listing or the body of an error into memory, and the rest
// of the answer to a write into nothing.
package bounded

import (
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// MaxError is how much of an answer that is no success is read, in bytes. AWS
// sends less than 10 KB.
const MaxError = 1 << 20

// Client returns an HTTP client that sends with c. Of an answer of status 2xx
// at most limit bytes can be read, of any other at most [MaxError]. The read
// that would go beyond fails with an [*Error]. A limit of 0 is none, for
// answers that are read piece by piece.
func Client(c aws.HTTPClient, limit int64) aws.HTTPClient { return client{c, limit} }

type client struct {
	aws.HTTPClient
	limit int64
}

func (c client) Do(r *http.Request) (*http.Response, error) {
	resp, err := c.HTTPClient.Do(r)
	if err == nil {
		Limit(resp, c.limit)
	}
	return resp, err
}

// Limit bounds one answer, as [Client] bounds all.
func Limit(resp *http.Response, limit int64) {
	if resp == nil || resp.Body == nil {
		return
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		limit = MaxError
	}
	if limit > 0 {
		resp.Body = &body{resp.Body, limit, limit}
	}
}

// Error is that of an answer that is too long.
type Error struct {
	Limit int64 // bytes that are read
}

// Error says how long the answer may be.
func (e *Error) Error() string {
	return fmt.Sprintf("the server's answer is longer than %d bytes", e.Limit)
}

// body is that of an answer, of which some bytes are left to read.
type body struct {
	io.ReadCloser
	left, limit int64
}

func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, &Error{b.limit}
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, &Error{b.limit}
	}
	return n, err
}
