package python

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// maxVariables is the number of bytes that Lambda allows a function's
// variables: no text of a Jar is longer. [Lambda quotas]
//
// [Lambda quotas]: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxVariables = 4096

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// inflates tells whether the original's Jar would take text for compressed
// state. It skips every character that is not base64, quotes and brackets too, so
// that it takes even ["eNqrVkpUslIwrAUACeUCKQ=="] for {"a":1}. The bytes after the
// stream do not matter to it, and so neither does the padding here.
func inflates(text []byte) bool {
	if len(text) > maxVariables {
		return false
	}
	var chars []byte
	for _, c := range text {
		if strings.IndexByte(base64Alphabet, c) >= 0 {
			chars = append(chars, c)
		}
	}
	stream := make([]byte, base64.RawStdEncoding.DecodedLen(len(chars)))
	n, _ := base64.RawStdEncoding.Decode(stream, chars) // a lone character at the end is left out
	r, err := zlib.NewReader(bytes.NewReader(stream[:n]))
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r) // at most 1,032 times maxVariables
	return err == nil
}

// hideZlib changes JSON text that the original's Jar would take for compressed
// state: it escapes the first letter, which must be in a string, for no number
// and no word of JSON begins like zlib in base64.
func hideZlib(text []byte) []byte {
	if !inflates(text) {
		return text
	}
	first := bytes.IndexAny(text, base64Alphabet)
	escaped := fmt.Sprintf(`\u%04x`, text[first])
	return append(append(text[:first:first], escaped...), text[first+1:]...)
}
