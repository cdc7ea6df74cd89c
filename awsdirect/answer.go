package awsdirect

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"iter"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	smithytime "github.com/aws/smithy-go/time"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/awsjar/awsjar/internal/direct"
)

// gotten returns the output of a GET that succeeded, or nil if the SDK must
// read it: because of a header that is not known here.
func (c *s3Client) gotten(answer *direct.Answer) *s3.GetObjectOutput {
	r := answer.Response()
	out := &s3.GetObjectOutput{Body: r.Body}
	if r.ContentLength >= 0 {
		out.ContentLength = &r.ContentLength
	}
	for name, value := range firsts(r.Header) {
		if !c.readHeader(out, name, value) {
			return nil
		}
	}
	answer.Take()
	return out
}

// firsts yields the first value of each header, without the white space around it, as
// the SDK takes it.
func firsts(h http.Header) iter.Seq2[string, *string] {
	return func(yield func(string, *string) bool) {
		for name, values := range h {
			if len(values) == 0 {
				continue
			}
			values[0] = strings.TrimSpace(values[0])
			if !yield(name, &values[0]) {
				return
			}
		}
	}
}

// readHeader reports false for a header that may mean something to the SDK,
// and that is not known here.
func (c *s3Client) readHeader(out *s3.GetObjectOutput, name string, value *string) bool {
	if field := textField(out, name); field != nil {
		*field = value
		return true
	}
	switch name {
	case "Last-Modified":
		modified, err := smithytime.ParseHTTPDate(*value)
		out.LastModified = &modified
		return err == nil
	case "X-Amz-Server-Side-Encryption":
		out.ServerSideEncryption = types.ServerSideEncryption(*value)
		return true
	case "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled":
		out.BucketKeyEnabled = aws.Bool(*value == "true")
		return isPlainBool(*value)
	case "X-Amz-Storage-Class":
		out.StorageClass = types.StorageClass(*value)
		return true
	case "X-Amz-Checksum-Type":
		out.ChecksumType = types.ChecksumType(*value)
		return true
	case "X-Amz-Checksum-Crc32":
		out.ChecksumCRC32 = value
		if c.options.ResponseChecksumValidation == aws.ResponseChecksumValidationWhenSupported && *value != "" && !strings.Contains(*value, "-") { // that of several parts nobody can verify
			out.Body = &verified{ReadCloser: out.Body, sum: crc32.NewIEEE(), want: *value}
		}
		return true
	}
	if key, ok := strings.CutPrefix(name, metaPrefix); ok {
		if out.Metadata == nil {
			out.Metadata = make(map[string]string, 4)
		}
		out.Metadata[strings.ToLower(key)] = *value
		return true
	}
	return isNeutral(name)
}

// textField returns the field for a header whose text the SDK keeps as it is.
func textField(out *s3.GetObjectOutput, name string) **string {
	switch name {
	case "Etag":
		return &out.ETag
	case "X-Amz-Version-Id":
		return &out.VersionId
	case "Content-Type":
		return &out.ContentType
	case "Accept-Ranges":
		return &out.AcceptRanges
	case "Cache-Control":
		return &out.CacheControl
	case "Content-Disposition":
		return &out.ContentDisposition
	case "Content-Encoding":
		return &out.ContentEncoding
	case "Content-Language":
		return &out.ContentLanguage
	case "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id":
		return &out.SSEKMSKeyId
	case "X-Amz-Expiration":
		return &out.Expiration
	case "X-Amz-Website-Redirect-Location":
		return &out.WebsiteRedirectLocation
	}
	return nil
}

// isNeutral reports whether a header means nothing to the SDK's reading of a
// success.
func isNeutral(name string) bool {
	switch name {
	case "Date", "Server", "Connection", "Content-Length", "X-Amz-Request-Id", "X-Amz-Id-2", "Age", "Via", "Vary":
		return true
	}
	return !hasPrefixFold(name, "X-Amz-") && name != "Expires" && name != "Content-Range"
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// isPlainBool reports whether a text is that of a bool as S3 writes it. What else is
// one the SDK decides.
func isPlainBool(text string) bool { return text == "true" || text == "false" }

// stored returns the output of a PUT that succeeded, or nil if the SDK must
// read it.
func stored(r *http.Response) *s3.PutObjectOutput {
	out := &s3.PutObjectOutput{}
	for name, value := range firsts(r.Header) {
		switch name {
		case "Etag":
			out.ETag = value
		case "X-Amz-Version-Id":
			out.VersionId = value
		case "X-Amz-Expiration":
			out.Expiration = value
		case "X-Amz-Checksum-Crc32":
			out.ChecksumCRC32 = value
		case "X-Amz-Checksum-Type":
			out.ChecksumType = types.ChecksumType(*value)
		case "X-Amz-Server-Side-Encryption":
			out.ServerSideEncryption = types.ServerSideEncryption(*value)
		case "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id":
			out.SSEKMSKeyId = value
		case "X-Amz-Server-Side-Encryption-Bucket-Key-Enabled":
			if out.BucketKeyEnabled = aws.Bool(*value == "true"); !isPlainBool(*value) {
				return nil
			}
		default:
			if !isNeutral(name) && !strings.HasPrefix(name, metaPrefix) {
				return nil
			}
		}
	}
	return out
}

// notModified is the SDK's error for a GET whose If-None-Match names the
// current value.
func notModified(r *http.Response) error {
	return &smithy.OperationError{ServiceID: s3.ServiceID, OperationName: "GetObject", Err: &awshttp.ResponseError{
		RequestID: r.Header.Get("X-Amz-Request-Id"),
		ResponseError: &smithyhttp.ResponseError{
			Response: &smithyhttp.Response{Response: r},
			Err:      &smithy.GenericAPIError{Code: "NotModified"},
		},
	}}
}

// replayed returns the context and the options of the SDK's call that gets an
// answer. If the context has ended the SDK would not look at the answer; then
// the call has another one, and sends nothing.
func replayed(ctx context.Context, answer *direct.Answer, optFns []func(*s3.Options)) (context.Context, []func(*s3.Options)) {
	ended := ctx.Err() != nil
	if ended {
		ctx = context.WithoutCancel(ctx)
	}
	return ctx, append(optFns[:len(optFns):len(optFns)], func(o *s3.Options) {
		o.HTTPClient, o.Credentials = answer.Replay(o.HTTPClient), answer.Credentials(o.Credentials)
		if ended {
			o.Retryer = aws.NopRetryer{}
		}
	})
}

// picked returns the error of the SDK's call that was to get an answer. If it
// ended before that, the error says that a request was sent, and hides the
// SDK's own, which may say that none was.
func picked(answer *direct.Answer, operation string, err error) error {
	if err == nil || answer.Taken() {
		return err
	}
	cause := answer.Err()
	if cause == nil {
		cause = errUnread
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		cause = fmt.Errorf("%w; then: %w", cause, contextError(err))
	}
	return &smithy.OperationError{ServiceID: s3.ServiceID, OperationName: operation, Err: &smithyhttp.RequestSendError{Err: cause}}
}

// contextError returns the context's error that err wraps.
func contextError(err error) error {
	if errors.Is(err, context.Canceled) {
		return context.Canceled
	}
	return context.DeadlineExceeded
}

var errUnread = errors.New("the request was sent, and its answer was not read")

// verified is a body with the CRC32 that S3 stored with it.
type verified struct {
	io.ReadCloser
	sum  hash.Hash32
	want string // base64 of the big-endian number
}

var errChecksum = errors.New("the body does not have its checksum")

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.sum.Write(p[:n])
	if err == io.EOF && base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, v.sum.Sum32())) != v.want {
		err = errChecksum
	}
	return n, err
}
