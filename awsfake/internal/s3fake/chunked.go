package s3fake

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// The aws-chunked encoding frames a body for signing by parts or for a checksum
// that follows it (API reference, "Signature Calculations for the Authorization
// Header: Transferring Payload in Multiple Chunks"):
//
//	SIZE-IN-HEX[;chunk-signature=...]\r\n DATA \r\n ... 0[;chunk-signature=...]\r\n name:value\r\n ... \r\n
//
// Chunk signatures are read past, not checked.

// maxTrailers bounds the lines after the last chunk; AWS knows two, a checksum and
// a signature.
const maxTrailers = 16

// errFraming is a body that is not aws-chunked, or ends too early.
var errFraming = errors.New("malformed aws-chunked body")

// errTooLong is a body with more data than was announced.
var errTooLong = errors.New("aws-chunked body longer than announced")

// decodeChunked takes the framing off a body. It returns errTooLong rather than
// hold more than limit bytes of data, and errFraming if the framing is wrong or
// incomplete.
func decodeChunked(r io.Reader, limit int64) (data []byte, trailer headers, err error) {
	in := bufio.NewReader(r)
	var body bytes.Buffer
	for {
		size, err := readChunkSize(in)
		if err != nil {
			return nil, nil, err
		}
		if size == 0 {
			trailer, err = readTrailers(in)
			return body.Bytes(), trailer, err
		}
		if size > limit-int64(body.Len()) {
			return nil, nil, errTooLong
		}
		if n, err := io.CopyN(&body, in, size); err != nil || n != size {
			return nil, nil, errFraming
		}
		if end, err := readLine(in); err != nil || end != "" {
			return nil, nil, errFraming
		}
	}
}

func readChunkSize(in *bufio.Reader) (int64, error) {
	line, err := readLine(in)
	if err != nil {
		return 0, errFraming
	}
	digits, _, _ := strings.Cut(line, ";")
	size, err := strconv.ParseUint(digits, 16, 63)
	if err != nil {
		return 0, errFraming
	}
	return int64(size), nil
}

// readTrailers reads "name:value" lines up to an empty line or the end of the body.
func readTrailers(in *bufio.Reader) (headers, error) {
	var trailer headers
	for range maxTrailers {
		line, err := readLine(in)
		if err == io.EOF || err == nil && line == "" {
			return trailer, nil
		}
		name, value, ok := strings.Cut(line, ":")
		if err != nil || !ok {
			return nil, errFraming
		}
		trailer = trailer.set(strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value))
	}
	return nil, errFraming
}

// readLine reads a line that ends in \r\n and returns it without. It is io.EOF only
// at the very end of the body; a line that is cut, ends otherwise, or is longer
// than the reader's buffer of 4 KB is errFraming.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	if err == io.EOF && len(line) == 0 {
		return "", io.EOF
	}
	text, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if err != nil || !ok {
		return "", errFraming
	}
	return string(text), nil
}
