package s3fake_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/awsfake/internal/s3fake"
)

// TestChunkedBodies sends aws-chunked bodies, signed and unsigned, whole and damaged.
func TestChunkedBodies(t *testing.T) {
	const unsigned, signed = "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	signature := ";chunk-signature=" + strings.Repeat("0", 64)
	good := "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
	for _, row := range []struct {
		name, kind, body, length string
		headers                  []string
		status                   int
		code                     string
	}{
		{"unsigned", unsigned, good, "5", nil, 200, ""},
		{"signed", signed, "5" + signature + "\r\nhello\r\n0" + signature + "\r\nx-amz-checksum-crc32:NhCmhg==\r\nx-amz-trailer-signature:" + strings.Repeat("0", 64) + "\r\n\r\n", "5", nil, 200, ""},
		{"signed without trailer", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "5" + signature + "\r\nhello\r\n0" + signature + "\r\n\r\n", "5", nil, 200, ""},
		{"wrong checksum", unsigned, strings.Replace(good, "NhCmhg==", "AAAAAA==", 1), "5", nil, 400, "BadDigest"},
		{"invalid checksum", unsigned, strings.Replace(good, "NhCmhg==", "AAAA", 1), "5", nil, 400, "InvalidRequest"},
		{"no decoded length", unsigned, good, "", nil, 411, "MissingContentLength"},
		{"negative decoded length", unsigned, good, "-5", nil, 411, "MissingContentLength"},
		{"decoded length too small", unsigned, good, "4", nil, 400, "IncompleteBody"},
		{"decoded length too large", unsigned, good, "6", nil, 400, "IncompleteBody"},
		{"decoded length over the limit", unsigned, good, "1001", nil, 400, "EntityTooLarge"},
		{"cut", unsigned, good[:8], "5", nil, 400, "IncompleteBody"},
		{"no framing", unsigned, "hello", "5", nil, 400, "IncompleteBody"},
		{"announced trailer missing", unsigned, "5\r\nhello\r\n0\r\n\r\n", "5", []string{"x-amz-trailer", "x-amz-checksum-crc32"}, 400, "MalformedTrailerError"},
		{"announced trailer there", unsigned, good, "5", []string{"x-amz-trailer", "x-amz-checksum-crc32"}, 200, ""},
		{"Content-MD5 as well", unsigned, good, "5", []string{"Content-MD5", md5Of("hellx")}, 400, "BadDigest"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := withBucket(t, "", func(o *s3fake.Options) { o.MaxObjectBytes = 1000 })
			headers := append(row.headers, "x-amz-content-sha256", row.kind, "Content-Encoding", "aws-chunked,gzip")
			if row.length != "" {
				headers = append(headers, "x-amz-decoded-content-length", row.length)
			}
			r := f.do("PUT", "/bucket/key", row.body, headers...)
			if r.status != row.status || r.element("Code") != row.code {
				t.Errorf("%d %s", r.status, r.body)
			}
			body, header, ok := f.service.Object("bucket", "key")
			if ok != (row.status == 200) || ok && (string(body) != "hello" || header.Get("Content-Encoding") != "gzip" || header.Get("ETag") != etagOf("hello")) {
				t.Errorf("stored %v %q %v", ok, body, header)
			}
		})
	}
}

func TestBodyLengths(t *testing.T) {
	f := withBucket(t, "", func(o *s3fake.Options) { o.MaxObjectBytes = 100 })
	if r := f.do("PUT", "/bucket/key", strings.Repeat("x", 100)); r.status != 200 {
		t.Errorf("at the limit: %d %s", r.status, r.body)
	}
	r := f.do("PUT", "/bucket/key", strings.Repeat("y", 101))
	if r.status != 400 || r.element("Code") != "EntityTooLarge" || r.element("ProposedSize") != "101" || r.element("MaxSizeAllowed") != "100" {
		t.Errorf("over the limit: %d %s", r.status, r.body)
	}
	for _, row := range []struct {
		name, head, body string
		status           int
		code             string
	}{
		{"no length", "", "", 411, "MissingContentLength"},
		{"Transfer-Encoding", "Transfer-Encoding: chunked\r\n", "1\r\nx\r\n0\r\n\r\n", 501, "NotImplemented"},
		{"body shorter than its length", "Content-Length: 10\r\n", "x", 400, "IncompleteBody"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := f.raw("PUT /bucket/key HTTP/1.1\r\nHost: x\r\n" + row.head + "\r\n" + row.body)
			if r.status != row.status || r.element("Code") != row.code {
				t.Errorf("%d %s", r.status, r.body)
			}
		})
	}
	if body, _, _ := f.service.Object("bucket", "key"); string(body) != strings.Repeat("x", 100) {
		t.Errorf("a refused body was stored: %q", body)
	}
}

// TestDocumentLength: XML documents are bounded on their own, far below objects.
func TestDocumentLength(t *testing.T) {
	f := withBucket(t, "")
	document := "<Delete>" + strings.Repeat(" ", 8<<20) + "</Delete>"
	for _, headers := range [][]string{
		{"Content-MD5", md5Of(document)},
		{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-decoded-content-length", fmt.Sprint(len(document))},
	} {
		r := f.do("POST", "/bucket?delete", document, headers...)
		if r.status != 400 || r.element("Code") != "MaxMessageLengthExceeded" {
			t.Errorf("%d %s", r.status, r.body)
		}
	}
}

// raw sends the bytes of a request, ends the sending side and reads the answer.
func (f *fixture) raw(request string) response {
	f.Helper()
	conn, err := net.Dial("tcp", f.server.Listener.Addr().String())
	f.must(err)
	defer conn.Close()
	_, err = fmt.Fprint(conn, request)
	f.must(err)
	f.must(conn.(*net.TCPConn).CloseWrite())
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	f.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	f.must(err)
	return response{resp.StatusCode, resp.Header, string(body)}
}

// TestDrainsBody: the service reads the whole request before it answers, also when
// it refuses it at the first header.
func TestDrainsBody(t *testing.T) {
	f := withBucket(t, "")
	for _, target := range []string{"/none/key", "/bucket/key?acl", "/bucket/" + strings.Repeat("k", 1025)} {
		body := &countingReader{r: strings.NewReader(strings.Repeat("x", 1<<20))}
		r, err := http.NewRequest("PUT", target, body)
		f.must(err)
		r.ContentLength = 1 << 20
		w := &statusRecorder{header: http.Header{}, onHeader: func() {
			if body.n != 1<<20 {
				t.Errorf("%s: answered after %d bytes", target, body.n)
			}
		}}
		f.service.ServeHTTP(w, r)
		if w.status < 400 {
			t.Errorf("%s: %d", target, w.status)
		}
	}
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

type statusRecorder struct {
	header   http.Header
	status   int
	onHeader func()
}

func (w *statusRecorder) Header() http.Header         { return w.header }
func (w *statusRecorder) Write(p []byte) (int, error) { return len(p), nil }
func (w *statusRecorder) WriteHeader(status int)      { w.status = status; w.onHeader() }
