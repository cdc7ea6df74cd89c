package s3jar

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar/internal/bounded"
	"github.com/awsjar/awsjar/internal/exchange"
)

// Bounds, in bytes, of the answers that the SDK reads as a whole: a page of
// 1,000 keys, or of as many versions with their ids, all of 1,024 bytes and
// percent-encoded, and any answer that holds no value.
const (
	maxKeyPage = 4 << 20
	maxPage    = 8 << 20
	maxAnswer  = 1 << 20
)

// atMost bounds how much of the answer to a request is read, in bytes; 0
// bounds only the errors.
func atMost(limit int64) func(*s3.Options) {
	return func(o *s3.Options) { o.HTTPClient = bounded.Client(o.HTTPClient, limit) }
}

// sendOnce keeps the SDK from repeating a request by itself: package commit
// decides whether it is sent again.
func sendOnce(o *s3.Options) { o.Retryer = aws.NopRetryer{} }

// watch makes the HTTP client of a call note its request and the answer; it also
// bounds how much of the answer is read.
func watch(seen *exchange.Seen, limit int64) func(*s3.Options) {
	return func(o *s3.Options) { o.HTTPClient = seen.Client(o.HTTPClient, limit) }
}

// checksum hands over the CRC32 of the body, unless the client is set to send
// none. S3 then verifies the body before it stores it. Where the SDK computes
// the checksum, over https, it sends the body in the aws-chunked form, which
// many S3-compatible servers refuse or, worse, store as it is.
func checksum(in *s3.PutObjectInput, body []byte) func(*s3.Options) {
	return func(o *s3.Options) {
		if in.ChecksumCRC32 == nil && o.RequestChecksumCalculation != aws.RequestChecksumCalculationWhenRequired {
			sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body))
			in.ChecksumCRC32 = aws.String(base64.StdEncoding.EncodeToString(sum))
		}
	}
}
