package s3jar

import (
	"bytes"
	"encoding/json"

	"github.com/awsjar/awsjar/internal/lineage"
)

// An ETag is made of the content alone (S3 API reference, type Object): if a
// value comes back after another one, its ETag does too, and a request that was
// delayed, or a PutIf with a revision of before, would pass for a new one. So
// where the lineage may have the same JSON value already, the id of the write
// follows it, written as white space. Its ETag is then a new one, for every
// reader of JSON the value stays the same, and Load takes the white space off
// again. Other bytes are never changed.

// maxPadding is how many bytes of white space an id takes.
const maxPadding = 18

// white are the characters that JSON allows between values (RFC 8259, section
// 2): two bits each.
const white = " \t\n\r"

// pad returns the body of a write of data: followed by the id in white space
// if the lineage may have the same value already.
func pad(data []byte, id lineage.ID, sum string, after lineage.Deep) []byte {
	if !after.HasSum(sum) || !json.Valid(data) {
		return data
	}
	padding := whitened(id)
	return append(append(make([]byte, 0, len(data)+maxPadding), data...), padding[:]...)
}

// unpad takes off the white space of pad, which the newest id of the lineage
// proves.
func unpad(body []byte, line lineage.Deep) []byte {
	id := line.Newest()
	if id == "" || len(body) <= maxPadding {
		return body
	}
	padding := whitened(id)
	data, padded := bytes.CutSuffix(body, padding[:])
	if !padded {
		return body
	}
	return data[:len(data):len(data)]
}

// whitened returns an id as white space, three characters for each of its six.
func whitened(id lineage.ID) (text [maxPadding]byte) {
	for i := range min(len(id), maxPadding/3) {
		six := sixBits(id[i])
		text[3*i], text[3*i+1], text[3*i+2] = white[six>>4], white[six>>2&3], white[six&3]
	}
	return text
}

// sixBits returns the value of a character of the URL-safe base64 alphabet.
func sixBits(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 26
	case c == '_':
		return 63
	case c >= 'A':
		return c - 'A'
	case c >= '0':
		return c - '0' + 52
	}
	return 62
}
