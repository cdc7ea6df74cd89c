package capacity

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/andybalholm/brotli"
	"github.com/awsjar/awsjar/internal/pack"
	"github.com/awsjar/awsjar/internal/pack/base87"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz/lzma"
)

// Limit is the measured size of the longest value that fits beside the name
// "jar" into the 4,096 bytes of a function's variables: {"jar":""} takes ten.
const Limit = 4096 - 10

// A Pipeline is a way to turn a state into the text of a variable.
type Pipeline struct {
	Name string
	// Size is the measured size in bytes of the text of compact JSON, or an
	// error if the pipeline does not take it.
	Size func(json []byte) (int, error)
}

// Pipelines lists the original first and ours last. original overrides the
// size of the original unless it is nil.
func Pipelines(original func([]byte) (int, error)) []Pipeline {
	if original == nil {
		original = pythonSize
	}
	return []Pipeline{
		{"original", original},
		{"plain", func(json []byte) (int, error) { return pack.Measure(string(json)), nil }},
		{"zstd", compressed(func(w io.Writer) (io.WriteCloser, error) {
			return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderCRC(false),
				zstd.WithSingleSegment(true), zstd.WithEncoderConcurrency(1))
		})},
		{"xz", compressed(func(w io.Writer) (io.WriteCloser, error) {
			return lzma.NewWriter(w)
		})},
		{"brotli", compressed(func(w io.Writer) (io.WriteCloser, error) {
			return brotli.NewWriterLevel(w, brotli.BestCompression), nil
		})},
		{"flate", func(json []byte) (int, error) { return packed(json, pack.FormFlate) }},
		{"awsjar", func(json []byte) (int, error) {
			flate, err := packed(json, pack.FormFlate)
			if err != nil || flate <= Limit {
				return flate, err
			}
			return packed(json, pack.FormDense)
		}},
	}
}

// packed is the measured size of the text of a form.
func packed(json []byte, form pack.Form) (int, error) {
	text, err := pack.Encode(context.Background(), json, form, pack.Limits{})
	return pack.Measure(text), err
}

// compressed is a general compressor and base 87, without the mark, the format
// and the checksums that ours carries.
func compressed(open func(io.Writer) (io.WriteCloser, error)) func([]byte) (int, error) {
	return func(json []byte) (int, error) {
		var out bytes.Buffer
		w, err := open(&out)
		if err != nil {
			return 0, err
		}
		if _, err := w.Write(json); err != nil {
			return 0, err
		}
		if err := w.Close(); err != nil {
			return 0, err
		}
		return base87.EncodedLen(out.Len()), nil
	}
}

// pythonSize is the size of the original's text with compression=True,
// with Go's zlib in place of Python's.
func pythonSize(json []byte) (int, error) {
	var out bytes.Buffer
	w, err := zlib.NewWriterLevel(&out, zlib.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := w.Write(pythonJSON(json)); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return base64.StdEncoding.EncodedLen(out.Len()), nil
}

// pythonJSON writes compact JSON as json.dumps does: a space after each comma
// and colon, and ASCII alone.
func pythonJSON(compact []byte) []byte {
	out := make([]byte, 0, len(compact)+len(compact)/4)
	inString, escaped := false, false
	for _, r := range string(compact) {
		switch {
		case r >= 0x80:
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			escaped = false
			continue
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case r == '"':
			inString = !inString
		}
		out = append(out, byte(r))
		if !inString && (r == ',' || r == ':') {
			out = append(out, ' ')
		}
	}
	return out
}
