package pack

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
	"time"
)

// The body of format 0 is the low 16 bits of the value's CRC-32 (IEEE), high
// byte first, and a DEFLATE stream (RFC 1951).

const sumBytes = 2

// appendSum appends the checksum of a value to the beginning of a body.
func appendSum(body, value []byte) []byte {
	sum := crc32.ChecksumIEEE(value)
	return append(body, byte(sum>>8), byte(sum))
}

// checkSum returns ErrCorrupt unless sum is that of appendSum for value.
func checkSum(sum, value []byte) error {
	if !bytes.Equal(sum, appendSum(nil, value)) {
		return fmt.Errorf("%w: its value has another checksum", ErrCorrupt)
	}
	return nil
}

// flateCost is the cost of reading that many bytes of a DEFLATE stream: some
// 130 MB a second.
func flateCost(size int) time.Duration { return time.Duration(size) * 8 }

// flateWriters are kept for the next value, since each has tables of 800 KB.
var flateWriters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.DefaultCompression) // the best level takes twice the time for 3 % less
	return w
}}

func encodeFlate(value []byte) string {
	w := flateWriters.Get().(*flate.Writer)
	defer flateWriters.Put(w)
	var body bytes.Buffer
	body.Write(appendSum(nil, value))
	w.Reset(&body)
	w.Write(value) // a Buffer takes everything
	w.Close()
	return sealEnvelope(formatFlate, body.Bytes())
}

func decodeFlate(ctx context.Context, body []byte) ([]byte, error) {
	if len(body) < sumBytes {
		return nil, fmt.Errorf("%w: it ends within its checksum", ErrCorrupt)
	}
	value, err := readBounded(ctx, flate.NewReader(bytes.NewReader(body[sumBytes:])))
	if err != nil {
		return nil, err
	}
	return value, checkSum(body[:sumBytes], value)
}

// readBounded reads all of r, or returns ErrCorrupt if r fails or holds more
// than MaxValue bytes. A context that ends is no ErrCorrupt.
func readBounded(ctx context.Context, r io.Reader) ([]byte, error) {
	value, err := io.ReadAll(io.LimitReader(contextReader{ctx, r}, MaxValue+1))
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if len(value) > MaxValue {
		return nil, fmt.Errorf("%w: it holds more than %d bytes", ErrCorrupt, MaxValue)
	}
	return value, nil
}

// contextReader is a reader that ends with a context. One read gives at most
// 32 KiB, the window of DEFLATE, so that the context is looked at as often.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p[:min(len(p), 32<<10)])
}
