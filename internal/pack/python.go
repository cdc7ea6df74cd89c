package pack

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync"
)

// Python awsjar with compression=True writes base64 (standard alphabet, padded)
// of a zlib stream, level 9, without any mark. Its reader skips characters that
// are not base64 and hands back the raw text if the rest is no zlib stream; so
// the text must be told from a plain one by what it holds.

// level9 are the first three characters of a zlib stream of level 9 in base64;
// the third carries the two high bits of the first byte of data, 0 to 3.
var level9 = [...]string{"eNo", "eNp", "eNq", "eNr"}

// A zlib stream is a header, the data and a checksum (RFC 1950).
const (
	zlibHead   = 2
	zlibSum    = 4
	fewestZlib = zlibHead + 2 + zlibSum // bytes of the stream of no bytes
)

// fewestDamaged is the length from which a text with one foreign character is
// taken for a damaged zlib text instead of a plain one.
const fewestDamaged = 32

// zlibWriters are kept for the next value, since each has tables of 800 KB.
var zlibWriters = sync.Pool{New: func() any {
	w, _ := zlib.NewWriterLevel(nil, zlib.BestCompression) // the level is valid
	return w
}}

// encodeZlib writes the same content as Python's
// base64.b64encode(zlib.compress(value, 9)).
func encodeZlib(value []byte) string {
	w := zlibWriters.Get().(*zlib.Writer)
	defer zlibWriters.Put(w)
	var stream bytes.Buffer
	w.Reset(&stream)
	w.Write(value) // a Buffer takes everything
	w.Close()
	return base64.StdEncoding.EncodeToString(stream.Bytes())
}

// decodeZlib returns the value of a text that is base64 of a zlib stream. Line
// ends within the base64 and bytes after the stream are ignored, as Python
// does. It returns ok == false for a text that is neither such a text nor a
// damaged one, and ErrCorrupt for a damaged one.
func decodeZlib(ctx context.Context, text string) (value []byte, ok bool, err error) {
	if !beginsZlib(text) {
		return nil, false, checkBeginning(ctx, text)
	}
	value, err = decodeBase64Zlib(ctx, text)
	if err == nil || ctx.Err() != nil {
		return value, true, err
	}
	foreign := foreignToBase64(text) - strings.Count(text, "\n") - strings.Count(text, "\r")
	if foreign == 0 || foreign == 1 && len(text) >= fewestDamaged {
		return nil, false, err
	}
	return nil, false, nil
}

// beginsZlib reports whether the base64 text begins with the header of a zlib
// stream (RFC 1950) without a preset dictionary.
func beginsZlib(text string) bool {
	const chars = 3 // of 6 bits: the 2 bytes of the header and 2 bits of the data
	if len(text) < chars {
		return false
	}
	head, err := base64.StdEncoding.DecodeString(text[:chars] + "A")
	if err != nil || len(head) < 2 {
		return false
	}
	const deflate32K, presetDictionary = 0x78, 0x20
	return head[0] == deflate32K && head[1]&presetDictionary == 0 &&
		(int(head[0])<<8|int(head[1]))%31 == 0
}

func decodeBase64Zlib(ctx context.Context, text string) ([]byte, error) {
	stream, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return new(inflater).inflate(ctx, stream)
}

// inflater reads zlib streams, one after the other. It keeps the 40 KB that
// reading takes for the next one.
type inflater struct{ r io.ReadCloser }

// inflate returns the content of a zlib stream.
func (f *inflater) inflate(ctx context.Context, stream []byte) (value []byte, err error) {
	if f.r == nil {
		f.r, err = zlib.NewReader(bytes.NewReader(stream))
	} else {
		err = f.r.(zlib.Resetter).Reset(bytes.NewReader(stream), nil)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return readBounded(ctx, f.r)
}

// foreignToBase64 counts the characters of text outside the standard alphabet.
func foreignToBase64(text string) (n int) {
	for _, c := range text {
		if isForeignToBase64(c) {
			n++
		}
	}
	return n
}

func isForeignToBase64(c rune) bool {
	switch {
	case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/', c == '=':
		return false
	}
	return true
}

// checkBeginning returns ErrCorrupt for a zlib text whose first three characters
// were changed, one of them lost or one added. Damage further on needs no such
// care: the text still begins like a zlib text.
func checkBeginning(ctx context.Context, text string) error {
	var streams inflater
	for chars := 2; chars <= 4; chars++ {
		rest, ok := afterCharacters(text, chars)
		if ok && strings.IndexFunc(rest, isForeignToBase64) < 0 && streams.readAny(ctx, rest) {
			return fmt.Errorf("%w: its first characters are wrong", ErrCorrupt)
		}
	}
	return ctx.Err()
}

// readAny reports whether rest, base64 without line ends, is a zlib stream
// behind any of level9.
func (f *inflater) readAny(ctx context.Context, rest string) bool {
	const quantum = 4 // characters
	if (len(level9[0])+len(rest))%quantum != 0 {
		return false // base64 is padded to whole ones
	}
	stream, err := base64.StdEncoding.DecodeString(level9[0] + rest)
	if err != nil || len(stream) < fewestZlib {
		return false
	}
	for high := range level9 {
		stream[zlibHead] = stream[zlibHead]&0x3f | byte(high)<<6
		if !mayBeDeflate(stream[zlibHead : len(stream)-zlibSum]) {
			continue
		}
		if _, err := f.inflate(ctx, stream); err == nil {
			return true
		}
	}
	return false
}

// afterCharacters is text without its first n characters, or false if it has
// no more than those.
func afterCharacters(text string, n int) (rest string, ok bool) {
	for i := range text {
		if n == 0 {
			return text[i:], true
		}
		n--
	}
	return "", false
}
