package s3jar

import (
	"encoding/json"
	"hash/crc32"
	"slices"
	"strconv"

	"github.com/awsjar/awsjar/internal/lineage"
)

// The names of the user metadata: x-amz-meta-awsjar-lineage and
// x-amz-meta-awsjar-size.
const (
	lineageName = "awsjar-lineage"
	sizeName    = "awsjar-size"
)

// maxPadding is the most spaces that are put behind a value, in bytes.
const maxPadding = 64

// An ETag is made of the content alone (S3 API reference, type Object): if a
// value comes back after another one, its ETag does too, and a delayed
// request that was made for the first would pass for the second. So where a
// JSON value is already in the lineage, spaces behind it make the body
// another one: for every reader of JSON it stays the same, and Load takes
// them off again. Other bytes are never changed.

// spaces is how many a write of that id puts behind its value, if it does.
func spaces(id lineage.ID) int {
	return 1 + int(crc32.ChecksumIEEE([]byte(id)))%maxPadding
}

// newID returns an id for a write of data after the given lineage, and the
// number of spaces to put behind the value: another one than the writes of
// the same value in the lineage may have.
func newID(data []byte, sum string, after lineage.Line) (id lineage.ID, padding int) {
	if !after.HasSum(sum) || !json.Valid(data) {
		return lineage.NewID(), 0
	}
	for {
		id = lineage.NewID()
		padding = spaces(id)
		taken := slices.ContainsFunc(after, func(e lineage.Entry) bool {
			return e.Sum == sum && spaces(e.ID) == padding
		})
		if !taken {
			return id, padding
		}
	}
}

// pad returns data with spaces behind it, in a new slice if there are any.
func pad(data []byte, padding int) []byte {
	if padding == 0 {
		return data
	}
	padded := make([]byte, 0, len(data)+padding)
	padded = append(padded, data...)
	for range padding {
		padded = append(padded, ' ')
	}
	return padded
}

// unpad takes off what pad put on. If the metadata does not agree with the
// body, because another program wrote it, the body is the value.
func unpad(body []byte, metadata map[string]string, line lineage.Line) []byte {
	size, err := strconv.Atoi(metadata[sizeName])
	if err != nil || size < 0 || size >= len(body) {
		return body
	}
	for _, c := range body[size:] {
		if c != ' ' {
			return body
		}
	}
	if line.Newest().Sum != lineage.Sum(body[:size]) {
		return body
	}
	return body[:size:size]
}
