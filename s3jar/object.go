package s3jar

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

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
	alarm  alarm

	mu    sync.Mutex
	known state // the one that this Object has loaded or stored last
}

// state is the description that S3 gives of an object, without its body.
type state struct {
	revision
	meta   awsjar.Meta // Size is that of the body
	others *properties // nil if there is nothing to carry
}

// String returns "s3://bucket/key", the key percent-encoded where package
// jarurl would read it as something else.
func (o *Object) String() string {
	if o == nil {
		return "s3://"
	}
	return o.bucket.whole() + "/" + percent.Encode(o.key)
}

// target is String for an error: a key that is too long is shortened.
func (o *Object) target() string {
	if o == nil || len(o.key) <= maxKey {
		return o.String()
	}
	return o.bucket.whole() + "/" + percent.Encode(strings.ToValidUTF8(o.key[:64], "")) + "..."
}

// keyRule is the hint on keys.
const keyRule = "a key has 1 to 1,024 bytes of UTF-8"

// ready refuses an Object that no request could use, then an ended context.
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

// describe returns the state that the headers of an answer describe.
func (o *Object) describe(out *s3.GetObjectOutput) (state, error) {
	rev, err := newRevision(aws.ToString(out.ETag), lineage.ParseDeep(out.Metadata[lineageName]))
	if err != nil {
		return state{}, err
	}
	return state{rev, awsjar.Meta{
		Revision:  rev.public(),
		VersionID: o.versionID(out.VersionId),
		Modified:  aws.ToTime(out.LastModified),
	}, propertiesOf(out)}, nil
}

// versionID returns the id of a version. One that an answer names no id for, the
// only one of an object in a bucket without versioning, is "null" (user guide,
// "How S3 Versioning works").
func (o *Object) versionID(id *string) string {
	if aws.ToString(id) != "" || o.bucket.isDirectory() {
		return aws.ToString(id)
	}
	return "null"
}
