package pack

import (
	"encoding/binary"
	"fmt"

	"github.com/awsjar/awsjar/internal/pack/coder"
)

// The body of format 1 is the same checksum as in format 0, the size of the
// value in bytes as a varint (seven bits in each byte, the low ones first, the
// high bit set in all but the last), and the code of package coder.

// encodeCoder returns the text of a value, or false if it is certain that its
// body is longer than limit bytes; no limit if limit <= 0.
func encodeCoder(value []byte, limit int) (text string, ok bool) {
	code, ok := coder.Encode(value, limit)
	if !ok {
		return "", false
	}
	body := binary.AppendUvarint(appendSum(nil, value), uint64(len(value)))
	return sealEnvelope(formatCoder, append(body, code...)), true
}

func decodeCoder(body []byte) ([]byte, error) {
	if len(body) < sumBytes {
		return nil, fmt.Errorf("%w: it ends within its checksum", ErrCorrupt)
	}
	sum, rest := body[:sumBytes], body[sumBytes:]
	size, n := binary.Uvarint(rest)
	if n <= 0 || size > coder.MaxValue {
		return nil, fmt.Errorf("%w: its size is wrong", ErrCorrupt)
	}
	value, err := coder.Decode(rest[n:], int(size))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return value, checkSum(sum, value)
}
