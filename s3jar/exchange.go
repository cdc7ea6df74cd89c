package s3jar

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"

	"github.com/awsjar/awsjar/internal/bounded"
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

// exchange is what the HTTP client of one call has seen. The SDK does not say
// whether it has sent anything, nor when the service has answered.
type exchange struct {
	next    s3.HTTPClient // sends; nil if the Client does not honour the options of a call
	limit   int64         // bytes of an answer that are read
	sent    bool
	status  int
	date    string
	hasBody bool // the answer has one
}

// watch is an option of the call; it also bounds how much of the answer is
// read.
func (x *exchange) watch(limit int64) func(*s3.Options) {
	return func(o *s3.Options) {
		x.next, x.limit = o.HTTPClient, limit
		o.HTTPClient = x
	}
}

// Do implements [s3.HTTPClient].
func (x *exchange) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err // so that it is certain that nothing was sent
	}
	x.sent, x.status, x.date, x.hasBody = true, 0, "", false
	answer, err := x.next.Do(r)
	if err == nil && answer != nil {
		bounded.Limit(answer, x.limit)
		x.status, x.date, x.hasBody = answer.StatusCode, answer.Header.Get("Date"), answer.ContentLength > 0
	}
	return answer, err
}

// now returns the clock of the service when it answered, or zero.
func (x *exchange) now(metadata middleware.Metadata) time.Time {
	if now, err := http.ParseTime(x.date); err == nil {
		return now.UTC()
	}
	now, _ := awsmiddleware.GetServerTime(metadata)
	return now
}

// checksum hands over the CRC32 of the body, unless the client is set to send
// none. S3 then verifies what it stores; and where the SDK computes it, over
// https, it sends the body in the aws-chunked form, which many S3-compatible
// servers refuse or, worse, store as it is.
func checksum(in *s3.PutObjectInput, body []byte) func(*s3.Options) {
	return func(o *s3.Options) {
		if in.ChecksumCRC32 == nil && o.RequestChecksumCalculation != aws.RequestChecksumCalculationWhenRequired {
			sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body))
			in.ChecksumCRC32 = aws.String(base64.StdEncoding.EncodeToString(sum))
		}
	}
}
