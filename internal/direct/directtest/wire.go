package directtest

import (
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Wire is an HTTP client that gives its answers in turn, the last one again
// and again.
type Wire struct {
	Answers []Answer
	Asked   []string // the methods of the requests
}

// Answer is the answer of a server. The zero value is a connection that breaks.
type Answer struct {
	Status int
	Header map[string]string
	Body   string
	Cut    bool // the body ends too early
}

// Do answers.
func (w *Wire) Do(r *http.Request) (*http.Response, error) {
	now := w.Answers[min(len(w.Asked), len(w.Answers)-1)]
	w.Asked = append(w.Asked, r.Method)
	if r.Body != nil {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return nil, err
		}
	}
	if now.Status == 0 || r.Context().Err() != nil {
		return nil, io.ErrUnexpectedEOF
	}
	header := http.Header{"Content-Length": {strconv.Itoa(len(now.Body))}}
	for name, value := range now.Header {
		header.Set(name, value)
	}
	var body io.Reader = strings.NewReader(now.Body)
	if now.Cut {
		body = io.MultiReader(strings.NewReader(now.Body[:1]), broken{})
	}
	return &http.Response{
		Status: http.StatusText(now.Status), StatusCode: now.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(body), ContentLength: int64(len(now.Body)), Request: r,
	}, nil
}

// broken is the end of a body that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
