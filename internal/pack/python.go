package pack

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"fmt"
	"strings"
)

// Python awsjar with compression=True writes base64 (standard alphabet, padded)
// of a zlib stream, level 9, without any mark. Its reader skips what is not
// base64 and hands back the raw text if the rest is no zlib stream; so the text
// must be told from a plain one by what it holds.

// level9 are the first three characters of a zlib stream of level 9 in base64;
// the third carries two bits of the data.
var level9 = [...]string{"eNo", "eNp", "eNq", "eNr"}

// fewestDamaged is the length from which a text with one foreign character is
// taken for a damaged zlib text instead of a plain one.
const fewestDamaged = 32

// encodeZlib writes what Python's base64.b64encode(zlib.compress(value, 9)) holds.
func encodeZlib(value []byte) string {
	var stream bytes.Buffer
	w, _ := zlib.NewWriterLevel(&stream, zlib.BestCompression) // the level is valid
	w.Write(value)                                             // a Buffer takes everything
	w.Close()
	return base64.StdEncoding.EncodeToString(stream.Bytes())
}

// decodeZlib returns the value of a text that is base64 of a zlib stream. Line
// ends within the base64 and bytes after the stream are ignored, as Python
// does. It returns ok == false for a text that is neither such a text nor a
// damaged one, and ErrCorrupt for a damaged one.
func decodeZlib(text string) (value []byte, ok bool, err error) {
	if !beginsZlib(text) {
		return nil, false, checkBeginning(text)
	}
	value, err = inflate(text)
	if err == nil {
		return value, true, nil
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

// inflate returns the content of a zlib stream in base64.
func inflate(text string) ([]byte, error) {
	stream, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	r, err := zlib.NewReader(bytes.NewReader(stream))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return readBounded(r)
}

// foreignToBase64 counts the characters of text outside the standard alphabet.
func foreignToBase64(text string) (n int) {
	for _, c := range text {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/', c == '=':
		default:
			n++
		}
	}
	return n
}

// checkBeginning returns ErrCorrupt for a zlib text whose first three characters
// were changed, one of them lost or one added. Damage further on needs no such
// care: the text still begins like a zlib text.
func checkBeginning(text string) error {
	for chars := 2; chars <= 4; chars++ {
		rest, ok := afterCharacters(text, chars)
		if !ok || foreignToBase64(rest) > 0 {
			continue
		}
		for _, head := range level9 {
			if _, err := inflate(head + rest); err == nil {
				return fmt.Errorf("%w: its first characters are wrong", ErrCorrupt)
			}
		}
	}
	return nil
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
