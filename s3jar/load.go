package s3jar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/failure"
)

// maxReads is how often a read is repeated whose answer cannot be used.
const maxReads = 8

// pause waits before the attempt after the given one, which counts from zero.
// It returns false when ctx ends.
func pause(ctx context.Context, attempt int) bool {
	return commit.Pause(ctx, attempt, budget.FirstWait, budget.MaxWait)
}

// loaded is a value as it was read.
type loaded struct {
	data []byte
	state
}

// Load returns the current value, by one GET, with and without versioning of the
// bucket. An answer that is cut on the way, or that S3 itself would not send,
// is read again, a few times, and never returned.
//
// Errors besides those of [awsjar.Store]: [awsjar.ErrCorrupt] with
// [awsjar.ErrTooLarge] for more than Options.MaxSize. Without the permission
// s3:ListBucket S3 answers 403 for a key that does not exist (API reference,
// GetObject): then the error is [awsjar.ErrAccessDenied], since the two cannot be
// told apart. A 404 without the code NoSuchKey, such as a proxy sends, is never
// taken for an empty state.
//
// With Options.KeepLast a value that has not changed comes with the Meta of
// the first time it was loaded, except for Now.
func (o *Object) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	data, meta, err := o.load(ctx)
	return data, meta, o.at(err)
}

func (o *Object) load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if err := o.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, err
	}
	in := &s3.GetObjectInput{}
	kept := o.last.Load()
	if kept != nil {
		in.IfNoneMatch = &kept.etag
	}
	got, err := o.read(ctx, in)
	switch {
	case kept == nil, awserr.Code(err) != "NotModified":
	case isOther(err, kept.meta):
		got, err = o.read(ctx, &s3.GetObjectInput{})
	default:
		now := got.meta.Now
		got, err = loaded{slices.Clone(kept.data), kept.state}, nil
		got.meta.Now = now
		if o.bucket.opts.Tags == TagsSeen { // a 304 does not tell of tags, which change neither the ETag nor the time
			o.saw(state{})
			return got.data, got.meta, nil
		}
	}
	o.saw(got.state)
	return got.data, got.meta, o.said(err, "s3:GetObject")
}

// isOther reports whether a 304 is about another version than the one that is
// kept: the same bytes, which were stored again.
func isOther(err error, kept awsjar.Meta) bool {
	if id := awserr.Header(err, "X-Amz-Version-Id"); id != "" && id != kept.VersionID {
		return true
	}
	modified, parseErr := http.ParseTime(awserr.Header(err, "Last-Modified"))
	return parseErr == nil && !kept.Modified.IsZero() && !modified.Equal(kept.Modified)
}

// read gets an object and its body, again if the answer cannot be used.
func (o *Object) read(ctx context.Context, in *s3.GetObjectInput) (loaded, error) {
	for attempt := 0; ; attempt++ {
		got, again, err := o.readOnce(ctx, in)
		if again && attempt < maxReads-1 && pause(ctx, attempt) {
			continue
		}
		if err == nil && in.VersionId == nil && o.bucket.opts.KeepLast {
			o.last.Store(&loaded{slices.Clone(got.data), got.state})
		}
		return got, err
	}
}

// readOnce also reports whether the answer is one that S3 itself would not
// send, so that the next may be better. With an error the state is that of the
// headers, if there were any.
func (o *Object) readOnce(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (got loaded, again bool, err error) {
	out, got, again, err := o.get(ctx, in, optFns...)
	if err != nil {
		return got, again, err
	}
	defer out.Body.Close()
	max := min(o.bucket.opts.MaxSize, math.MaxInt64/2)
	body, cut, err := readBody(out.Body, out.ContentLength, max)
	if err != nil {
		return got, cut, ended(ctx, err)
	}
	got.data = unpad(body, got.line)
	got.meta.Size = int64(len(got.data))
	if got.meta.Size > max {
		got.data = nil
		return got, false, unreadable(0, max)
	}
	return got, false, nil
}

var (
	errCut     = errors.New("the answer was cut short")
	errPartial = errors.New("the endpoint answers with a part of the value")
	errOther   = errors.New("the endpoint answers with another version than was asked for")
)

// get sends one GET. The caller closes the body, unless there is an error.
func (o *Object) get(ctx context.Context, in *s3.GetObjectInput, optFns ...func(*s3.Options)) (out *s3.GetObjectOutput, got loaded, again bool, err error) {
	in.Bucket, in.Key, in.ExpectedBucketOwner, in.RequestPayer = &o.bucket.name, &o.key, o.bucket.owner(), o.bucket.payer()
	var seen exchange.Seen
	last := o.alarm.last.Load()
	out, err = o.bucket.client.GetObject(ctx, in, append(optFns, watch(&seen, 0))...)
	if err != nil {
		got.meta.Now = seen.Now(middleware.Metadata{})
		return nil, got, isPassing(err, in), err
	}
	got.state, err = o.describe(out)
	got.meta.Now = seen.Now(out.ResultMetadata)
	if err == nil && (out.ContentRange != nil || seen.Status == http.StatusPartialContent) {
		err = errPartial
	}
	if err == nil && in.VersionId != nil && out.VersionId != nil && *out.VersionId != *in.VersionId {
		err = errOther // such as a cache on the way that knows objects by their path alone
	}
	if err != nil {
		out.Body.Close()
		return nil, loaded{}, true, err
	}
	if in.VersionId == nil {
		o.alarm.hear(last, got.line)
	}
	return out, got, false, nil
}

// isPassing reports whether another read may succeed, although the SDK does not
// repeat it: S3 takes no more requests for now; or a proxy has answered in its
// place, with a 304 that nobody asked for, or with a 404 that does not name the
// missing thing.
func isPassing(err error, in *s3.GetObjectInput) bool {
	code := awserr.Code(err)
	switch awserr.Status(err) {
	case http.StatusTooManyRequests:
		return true
	case http.StatusNotModified:
		return in.IfNoneMatch == nil
	case http.StatusNotFound:
		return code != "NoSuchKey" && code != "NoSuchBucket" && code != "NoSuchVersion"
	}
	return false
}

// ended adds the context's error to another one that it may have caused.
func ended(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// unreadable is the error for an object that is larger than Options.MaxSize: a stored
// value that this program cannot read, like a damaged one.
func unreadable(size, max int64) error {
	return fmt.Errorf("%w: %w", awsjar.ErrCorrupt, failure.OverMaxSize(size, max))
}

// announced is how many bytes of memory a body gets before it has come: S3 sends
// the length that it announces, others may not.
const announced = 64 << 20

// readBody reads the body of a value of at most that many bytes, with its padding.
// The body must have the length that was announced, if one was.
func readBody(body io.Reader, length *int64, most int64) (data []byte, cut bool, err error) {
	limit := most + maxPadding
	if aws.ToInt64(length) > limit {
		return nil, false, unreadable(*length, most)
	}
	var buf bytes.Buffer
	buf.Grow(int(min(max(aws.ToInt64(length), 0), announced)) + bytes.MinRead)
	_, err = buf.ReadFrom(io.LimitReader(body, limit+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, true, fmt.Errorf("%w: %w", errCut, err)
	case err != nil:
		return nil, true, err
	case int64(buf.Len()) > limit:
		return nil, false, unreadable(0, most)
	case length != nil && int64(buf.Len()) != *length:
		return nil, true, fmt.Errorf("%w: %w: %d of %d bytes", errCut, io.ErrUnexpectedEOF, buf.Len(), *length)
	}
	return buf.Bytes(), false, nil
}

// head returns the state of the current version.
func (o *Object) head(ctx context.Context, optFns ...func(*s3.Options)) (state, error) {
	return o.headVersion(ctx, "", optFns...)
}

// headVersion is head for one version; "" is the current one.
func (o *Object) headVersion(ctx context.Context, id string, optFns ...func(*s3.Options)) (state, error) {
	var seen exchange.Seen
	out, err := o.bucket.client.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: &o.bucket.name, Key: &o.key, VersionId: optional(id), ExpectedBucketOwner: o.bucket.owner(), RequestPayer: o.bucket.payer(),
	}, append(optFns, watch(&seen, maxAnswer))...)
	if err != nil {
		return state{}, err
	}
	now, err := o.describe(headed(out))
	now.meta.Size, now.meta.Now = aws.ToInt64(out.ContentLength), seen.Now(out.ResultMetadata)
	return now, err
}
