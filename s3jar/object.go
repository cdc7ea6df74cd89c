package s3jar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/awsjar/awsjar/internal/percent"
)

// maxKey is the longest key of S3 in bytes (user guide, "Naming Amazon S3
// objects").
const maxKey = 1024

// Object keeps one value in an object of a [Bucket]. It is an
// [awsjar.Versioned]. All methods are safe for concurrent use.
type Object struct {
	bucket Bucket // a copy, with the options of this Object
	key    string
	last   atomic.Pointer[loaded] // with Options.KeepLast
}

// loaded is a value as it was read.
type loaded struct {
	data []byte
	state
}

// state is what S3 tells of an object besides its body.
type state struct {
	revision
	meta awsjar.Meta // Size is that of the body
}

// String returns "s3://bucket/key", the key percent-encoded where package
// jarurl would read it as something else.
func (o *Object) String() string {
	if o == nil {
		return "s3://"
	}
	return o.bucket.String() + "/" + percent.Encode(o.key)
}

// target is String for an error: a key that is too long is shortened.
func (o *Object) target() string {
	if o == nil || len(o.key) <= maxKey {
		return o.String()
	}
	return o.bucket.String() + "/" + percent.Encode(strings.ToValidUTF8(o.key[:64], "")) + "..."
}

// keyRule is the hint on keys.
const keyRule = "a key has 1 to 1,024 bytes of UTF-8"

// ready refuses what no request could make right, then an ended context.
func (o *Object) ready(ctx context.Context) error {
	if o == nil {
		return invalid("make it with Bucket.Object", "a nil *Object")
	}
	err := o.bucket.ready(ctx)
	if errors.Is(err, awsjar.ErrInvalid) {
		return err
	}
	switch {
	case o.key == "":
		return invalid(keyRule, "the key is empty")
	case len(o.key) > maxKey:
		return invalid(keyRule, "the key has %d bytes, and S3 allows %d", len(o.key), maxKey)
	case !utf8.ValidString(o.key):
		return invalid(keyRule, "the key is not valid UTF-8")
	}
	return err
}

// Load returns the current value, by one GET whatever the versioning of the
// bucket. A body that was cut on the way is read again, a few times, and
// never returned.
//
// Errors besides those of [awsjar.Store]: [awsjar.ErrTooLarge] for more than
// Options.MaxSize. Without the permission s3:ListBucket S3 answers 403 for a
// key that does not exist (API reference, GetObject): then the error is
// [awsjar.ErrAccessDenied], since the two cannot be told apart.
//
// With Options.KeepLast a value that has not changed comes with the Meta of
// the first time it was loaded.
func (o *Object) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	data, meta, err := o.load(ctx)
	return data, meta, o.explain(err, "s3:GetObject")
}

func (o *Object) load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if err := o.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, err
	}
	kept := o.last.Load()
	if kept == nil {
		return o.read(ctx, &s3.GetObjectInput{})
	}
	data, meta, err := o.read(ctx, &s3.GetObjectInput{IfNoneMatch: &kept.etag})
	if code, _ := answer(err); code != "NotModified" {
		return data, meta, err
	}
	if id := header(err, "X-Amz-Version-Id"); id != "" && id != kept.meta.VersionID {
		return o.read(ctx, &s3.GetObjectInput{}) // the same bytes, stored again
	}
	return slices.Clone(kept.data), kept.meta, nil
}

// read gets an object and its body, again if the body does not arrive whole.
func (o *Object) read(ctx context.Context, in *s3.GetObjectInput) ([]byte, awsjar.Meta, error) {
	for attempt := 0; ; attempt++ {
		got, cut, err := o.readOnce(ctx, in)
		if cut && wait(ctx, attempt) {
			continue
		}
		if err == nil && in.VersionId == nil && o.bucket.opts.KeepLast {
			o.last.Store(&loaded{slices.Clone(got.data), got.state})
		}
		return got.data, got.meta, err
	}
}

// readOnce reports besides whether the body did not arrive whole.
func (o *Object) readOnce(ctx context.Context, in *s3.GetObjectInput) (got loaded, cut bool, err error) {
	in.Bucket, in.Key, in.ExpectedBucketOwner = &o.bucket.name, &o.key, o.bucket.owner()
	out, err := o.bucket.client.GetObject(ctx, in, atMost(0))
	if err != nil {
		return loaded{}, false, err
	}
	defer out.Body.Close()
	if got.state, err = o.describe(out.ETag, out.VersionId, out.LastModified, out.Metadata); err != nil {
		return loaded{}, false, err
	}
	max := min(o.bucket.opts.MaxSize, math.MaxInt64/2)
	body, cut, err := readBody(out.Body, out.ContentLength, max+maxPadding)
	if err != nil {
		got.data, err = nil, ended(ctx, err)
		return got, cut, err
	}
	got.data = unpad(body, out.Metadata, got.line)
	got.meta.Size = int64(len(got.data))
	if got.meta.Size > max {
		got.data = nil
		return got, false, fmt.Errorf("%w: over %d bytes, which is Options.MaxSize", awsjar.ErrTooLarge, max)
	}
	return got, false, nil
}

// readBody reads a body of at most limit bytes, which must have the length
// that was announced, if one was.
func readBody(body io.Reader, length *int64, limit int64) (data []byte, cut bool, err error) {
	if aws.ToInt64(length) > limit {
		return nil, false, fmt.Errorf("%w: %d bytes; raise Options.MaxSize to read it", awsjar.ErrTooLarge, *length)
	}
	var buf bytes.Buffer
	buf.Grow(int(min(max(aws.ToInt64(length), 0), 1<<20)) + bytes.MinRead)
	_, err = buf.ReadFrom(io.LimitReader(body, limit+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, true, fmt.Errorf("%w: %w", errCut, err)
	case err != nil:
		return nil, true, err
	case int64(buf.Len()) > limit:
		return nil, false, fmt.Errorf("%w: more than %d bytes; raise Options.MaxSize to read it", awsjar.ErrTooLarge, limit)
	case length != nil && int64(buf.Len()) != *length:
		return nil, true, fmt.Errorf("%w: %w: %d of %d bytes", errCut, io.ErrUnexpectedEOF, buf.Len(), *length)
	}
	return buf.Bytes(), false, nil
}

// head returns the state of the current version.
func (o *Object) head(ctx context.Context) (state, error) {
	out, err := o.bucket.client.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: &o.bucket.name, Key: &o.key, ExpectedBucketOwner: o.bucket.owner(),
	})
	if err != nil {
		return state{}, err
	}
	now, err := o.describe(out.ETag, out.VersionId, out.LastModified, out.Metadata)
	now.meta.Size = aws.ToInt64(out.ContentLength)
	return now, err
}

func (o *Object) describe(etag, versionID *string, modified *time.Time, metadata map[string]string) (state, error) {
	rev, err := newRevision(aws.ToString(etag), lineage.Parse(metadata[lineageName]))
	if err != nil {
		return state{}, err
	}
	return state{rev, awsjar.Meta{
		Revision:  rev.public(),
		VersionID: o.versionID(versionID),
		Modified:  aws.ToTime(modified),
	}}, nil
}

// versionID is what S3 calls a version that it names no id for: the only one
// of an object in a bucket without versioning is "null" (user guide, "How S3
// Versioning works").
func (o *Object) versionID(id *string) string {
	if aws.ToString(id) != "" || o.bucket.isDirectory() {
		return aws.ToString(id)
	}
	return "null"
}

// encryption returns Encryption and KMSKeyID as the SDK takes them.
func (o *Object) encryption() (types.ServerSideEncryption, *string) {
	return o.bucket.opts.Encryption, optional(o.bucket.opts.KMSKeyID)
}
