package s3fake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
)

// frame writes data as aws-chunked chunks of the given size, with the trailers as
// "name:value".
func frame(data []byte, size int, signed bool, trailers ...string) string {
	var b strings.Builder
	line := func(n int) {
		fmt.Fprintf(&b, "%x", n)
		if signed {
			b.WriteString(";chunk-signature=" + strings.Repeat("0a", 32))
		}
		b.WriteString("\r\n")
	}
	for rest := data; len(rest) > 0; {
		n := min(size, len(rest))
		line(n)
		b.Write(rest[:n])
		b.WriteString("\r\n")
		rest = rest[n:]
	}
	line(0)
	for _, t := range trailers {
		b.WriteString(t + "\r\n")
	}
	b.WriteString("\r\n")
	return b.String()
}

func TestDecodeChunked(t *testing.T) {
	for _, row := range []struct {
		name, in, data string
		trailer        headers
		err            error
	}{
		{"unsigned with trailer", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", "hello", headers{{"x-amz-checksum-crc32", []string{"NhCmhg=="}}}, nil},
		{"spaces in the trailer", "0\r\nx-amz-checksum-crc32: AAAAAA== \r\n\r\n", "", headers{{"x-amz-checksum-crc32", []string{"AAAAAA=="}}}, nil},
		{"signed", frame([]byte("hello"), 2, true), "hello", nil, nil},
		{"ends after the last chunk", "5\r\nhello\r\n0\r\n", "hello", nil, nil},
		{"CRLF in the data", "4\r\na\r\nb\r\n0\r\n\r\n", "a\r\nb", nil, nil},
		{"empty", "0\r\n\r\n", "", nil, nil},
		{"nothing", "", "", nil, errFraming},
		{"no framing", "hello", "", nil, errFraming},
		{"no last chunk", "5\r\nhello\r\n", "", nil, errFraming},
		{"cut in the data", "5\r\nhel", "", nil, errFraming},
		{"cut after the data", "5\r\nhello", "", nil, errFraming},
		{"cut in the trailer", "0\r\nx-amz-checksum-crc32:NhC", "", nil, errFraming},
		{"chunk longer than its size", "4\r\nhello\r\n0\r\n\r\n", "", nil, errFraming},
		{"no hexadecimal size", "x\r\nhello\r\n0\r\n\r\n", "", nil, errFraming},
		{"negative size", "-1\r\n", "", nil, errFraming},
		{"size beyond 63 bits", "ffffffffffffffff\r\n", "", nil, errFraming},
		{"huge size", "7fffffffffffffff\r\nx", "", nil, errTooLong},
		{"more than announced", "6\r\nhello!\r\n6\r\nhello!\r\n0\r\n\r\n", "", nil, errTooLong},
		{"line without CR", "5\nhello\r\n0\r\n\r\n", "", nil, errFraming},
		{"endless line", "0;" + strings.Repeat("x", 8192) + "\r\n\r\n", "", nil, errFraming},
		{"endless trailers", "0\r\n" + strings.Repeat("a:b\r\n", 100), "", nil, errFraming},
		{"trailer without colon", "0\r\nx-amz-checksum-crc32\r\n\r\n", "", nil, errFraming},
	} {
		t.Run(row.name, func(t *testing.T) {
			data, trailer, err := decodeChunked(strings.NewReader(row.in), 8)
			if !errors.Is(err, row.err) {
				t.Fatalf("error %v, want %v", err, row.err)
			}
			if err == nil && (string(data) != row.data || fmt.Sprint(trailer) != fmt.Sprint(row.trailer)) {
				t.Errorf("%q %v", data, trailer)
			}
		})
	}
}

// FuzzDecodeChunked: hostile bytes give an error or bounded data, and framed data
// comes back.
func FuzzDecodeChunked(f *testing.F) {
	f.Add("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 3)
	f.Add(frame([]byte("some data"), 4, true, "x-amz-trailer-signature:00"), 1)
	f.Add("7fffffffffffffff\r\n", 0)
	f.Add("0\r\n:\r\n", 0)
	f.Fuzz(func(t *testing.T, in string, size int) {
		const limit = 1 << 10
		data, trailer, err := decodeChunked(strings.NewReader(in), limit)
		if err == nil && (len(data) > limit || len(data) > len(in) || len(trailer) > maxTrailers) {
			t.Fatalf("%d bytes and %d trailers from %d", len(data), len(trailer), len(in))
		}
		if err != nil && !errors.Is(err, errFraming) && !errors.Is(err, errTooLong) {
			t.Fatalf("unexpected kind of error: %v", err)
		}
		framed := frame([]byte(in), max(1, size), size%2 == 0, "x-amz-meta:"+strconv.Itoa(size))
		data, trailer, err = decodeChunked(strings.NewReader(framed), int64(len(in)))
		if err != nil || !bytes.Equal(data, []byte(in)) || trailer.get("x-amz-meta") != strconv.Itoa(size) {
			t.Fatalf("framed %q came back as %q %v %v", in, data, trailer, err)
		}
		if cut := framed[:len(framed)/2]; !strings.HasSuffix(cut, "\r\n") {
			if _, _, err := decodeChunked(io.MultiReader(strings.NewReader(cut)), int64(len(in))); err == nil {
				t.Fatalf("%q was accepted", cut)
			}
		}
	})
}
