package exactjson

import (
	"bytes"
)

// recognise names bytes that are not JSON by their shape. The decoder stopped
// at byte at.
func recognise(data []byte, at int64) *Error {
	begins := func(magic string) bool { return bytes.HasPrefix(data, []byte(magic)) }
	rest := data[min(max(at-1, 0), int64(len(data))):]
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return &Error{Kind: Empty, Text: "not JSON: it is empty"}
	case begins("\xef\xbb\xbf"):
		return &Error{Kind: ByteOrderMark, Text: "not JSON: it begins with a byte order mark",
			Hint: "write it again without the mark, which PowerShell does with -Encoding utf8NoBOM"}
	case begins("\xff\xfe"), begins("\xfe\xff"), isUTF16(data):
		return &Error{Kind: UTF16, Text: "not JSON: it is text in UTF-16",
			Hint: "write it again as UTF-8, which PowerShell does with -Encoding utf8NoBOM, and iconv with -f utf-16 -t utf-8"}
	case begins("\x1f\x8b"):
		return compressed("gzip")
	case begins("\x28\xb5\x2f\xfd"):
		return compressed("zstd")
	case begins("\x78\x01"), begins("\x78\x9c"), begins("\x78\xda"):
		return compressed("zlib")
	case len(rest) > 0 && rest[0] == 0:
		return &Error{Kind: Zeros, Offset: at, Text: "not JSON: it has NUL bytes"}
	case begins(conflictMark), bytes.Contains(data, []byte("\n"+conflictMark)):
		return &Error{Kind: Conflict, Offset: at, Text: "not JSON: it holds the marks of a merge conflict",
			Hint: "keep one of the two sides, and remove the lines with the marks"}
	}
	return recogniseWord(data, at)
}

const conflictMark = "<<<<<<< "

func compressed(by string) *Error {
	return &Error{Kind: Compressed, Text: "not JSON: it is compressed with " + by,
		Hint: "store it decompressed; the program that stored it may have set Content-Encoding"}
}

// isUTF16 reports whether data is ASCII in UTF-16 without a byte order mark.
func isUTF16(data []byte) bool {
	if len(data) < 2 || len(data)%2 != 0 {
		return false
	}
	low := 0
	if data[0] == 0 {
		low = 1
	}
	for i := 0; i+1 < min(len(data), 64); i += 2 {
		if data[i+low] == 0 || data[i+1-low] != 0 {
			return false
		}
	}
	return true
}

// foreignWords are the words that others write where JSON has a value. The
// decoder stops so many bytes after the begin of the word.
var foreignWords = []struct {
	word    string
	stopped int64
	kind    Kind
}{
	{"NaN", 0, NonFinite}, {"Infinity", 0, NonFinite}, {"nan", 1, NonFinite}, {"inf", 0, NonFinite},
	{"None", 0, PythonText}, {"True", 0, PythonText}, {"False", 0, PythonText},
	{"'", 0, PythonText}, {"datetime.", 0, PythonText},
}

func recogniseWord(data []byte, at int64) *Error {
	for _, w := range foreignWords {
		begin := at - 1 - w.stopped
		if begin < 0 || begin > int64(len(data)) || !bytes.HasPrefix(data[begin:], []byte(w.word)) {
			continue
		}
		if !endsWord(data[begin+int64(len(w.word)):]) && w.word != "'" && w.word != "datetime." {
			continue
		}
		if w.kind == NonFinite {
			return &Error{Kind: NonFinite, Offset: begin + 1, Text: "JSON has no form for NaN and infinities"}
		}
		return &Error{Kind: PythonText, Offset: begin + 1, Text: "not JSON but text as Python prints it"}
	}
	return nil
}

// endsWord reports whether a word of letters ends before rest.
func endsWord(rest []byte) bool {
	return len(rest) == 0 || bytes.IndexByte([]byte(",]} \t\r\n"), rest[0]) >= 0
}
