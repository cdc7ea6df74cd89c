package bounded

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// canned answers every request alike.
type canned struct{ *http.Response }

func (c canned) Do(*http.Request) (*http.Response, error) { return c.Response, nil }

func TestClient(t *testing.T) {
	for _, c := range []struct {
		name          string
		status        int
		length, limit int64
		want          int64 // bytes that can be read
		tooLong       bool
	}{
		{"empty", 200, 0, 10, 0, false},
		{"short", 200, 9, 10, 9, false},
		{"as long as allowed", 200, 10, 10, 10, false},
		{"too long", 200, 11, 10, 10, true},
		{"much too long", 200, 1 << 20, 10, 10, true},
		{"no limit", 206, 2 << 20, 0, 2 << 20, false},
		{"an error, short", 500, 11, 10, 11, false},
		{"an error, as long as allowed", 404, MaxError, 10, MaxError, false},
		{"an error, too long", 404, MaxError + 1, 0, MaxError, true},
		{"not modified, too long", 304, MaxError + 1, 0, MaxError, true},
	} {
		for reading, wrap := range map[string]func(io.Reader) io.Reader{
			"at once":       func(r io.Reader) io.Reader { return r },
			"with its end":  iotest.DataErrReader,
			"in halves":     iotest.HalfReader,
			"with no bytes": func(r io.Reader) io.Reader { return io.MultiReader(strings.NewReader(""), r) },
		} {
			t.Run(c.name+"/"+reading, func(t *testing.T) {
				text := strings.NewReader(strings.Repeat("x", int(c.length)))
				resp, err := Client(canned{&http.Response{StatusCode: c.status, Body: io.NopCloser(wrap(text))}}, c.limit).Do(nil)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(resp.Body)
				var tooLong *Error
				if int64(len(got)) != c.want || errors.As(err, &tooLong) != c.tooLong || !c.tooLong && err != nil {
					t.Errorf("read %d bytes, %v; want %d", len(got), err, c.want)
				}
				if n, err := resp.Body.Read(make([]byte, 10)); c.tooLong && (n != 0 || !errors.As(err, &tooLong)) {
					t.Errorf("after that: %d bytes, %v; want the same error", n, err)
				}
				if left := int64(text.Len()); c.tooLong && c.length-left > 2*c.want+2048 { // the buffers of the readers around it
					t.Errorf("%d bytes were taken from the connection", c.length-left)
				}
			})
		}
	}
}

// TestNoAnswer: an error of the HTTP client, or an answer without a body, is
// handed on.
func TestNoAnswer(t *testing.T) {
	resp := &http.Response{StatusCode: 200}
	if got, err := Client(canned{resp}, 1).Do(nil); got != resp || err != nil {
		t.Errorf("%v, %v; want the answer as it was", got, err)
	}
}
