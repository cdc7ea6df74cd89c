package pack

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/awsjar/awsjar/internal/pack/columns"
)

// The body of format 1 is the same checksum as in format 0, the size of the
// value in bytes as a varint (seven bits in each byte, the low ones first, the
// high bit set in all but the last), and the code of package columns.

// encodeColumns returns the text of a value and the cost of reading it. It
// returns columns.ErrTooCostly, or the error of a context that ends.
func encodeColumns(ctx context.Context, value []byte) (text string, cost time.Duration, err error) {
	code, counted, err := columns.Encode(ctx, value)
	if err != nil {
		return "", 0, err
	}
	body := binary.AppendUvarint(appendSum(nil, value), uint64(len(value)))
	return sealEnvelope(formatColumns, append(body, code...)), time.Duration(counted), nil
}

func decodeColumns(ctx context.Context, body []byte) (value []byte, cost time.Duration, err error) {
	if len(body) < sumBytes {
		return nil, 0, fmt.Errorf("%w: it ends within its checksum", ErrCorrupt)
	}
	sum, rest := body[:sumBytes], body[sumBytes:]
	size, n := binary.Uvarint(rest)
	if n <= 0 || size > columns.MaxValue {
		return nil, 0, fmt.Errorf("%w: its size is wrong", ErrCorrupt)
	}
	value, counted, err := columns.Decode(ctx, rest[n:], int(size))
	switch {
	case errors.Is(err, columns.ErrCorrupt):
		return nil, 0, fmt.Errorf("%w: %w", ErrCorrupt, err)
	case err != nil:
		return nil, 0, err
	}
	return value, time.Duration(counted), checkSum(sum, value)
}
