package s3jar

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
)

// maxBatch is how many keys one DeleteObjects may name (API reference).
const maxBatch = 1000

// DeleteAll removes each key, which are those of [Bucket.Keys] or of
// [KeyList], and returns how many it removed, absent ones included. Where the
// bucket keeps versions, they stay behind delete markers. With Keys(ctx, "")
// it empties the bucket, or removes all below its Options.Prefix.
//
// One request, a DeleteObjects, removes up to 1,000 objects; a policy must allow
// s3:DeleteObject. A key that its answer does not name as removed is removed by a
// request of its own, whose error is the error of that key; so is a key that XML
// cannot hold, and so are all keys where the server or the Client of the Bucket
// has no DeleteObjects.
func DeleteAll(ctx context.Context, b *Bucket, keys iter.Seq2[KeyMeta, error], optFns ...func(*ManyOptions)) (removed int, err error) {
	opts, err := manyOptions(keys, optFns)
	if err != nil {
		return 0, b.during("delete", err)
	}
	d := deletion{ctx: ctx, bucket: b, opts: opts}
	progress, done := d.opts.Progress, 0
	d.opts.Progress = func(int) { done++; progress(done) }
	if b != nil {
		d.batches, _ = b.client.(batchClient)
	}
	for key, err := range keys {
		if err != nil {
			d.end = err
			break
		}
		if d.batch = append(d.batch, key.Key); len(d.batch) == maxBatch && !d.remove() {
			break
		}
	}
	d.remove()
	return d.removed, errors.Join(append(d.errs, d.end)...)
}

// batchClient is the part of *s3.Client that not every Client has.
type batchClient interface {
	DeleteObjects(ctx context.Context, in *s3.DeleteObjectsInput, optFns ...func(*s3.Options)) (*s3.DeleteObjectsOutput, error)
}

// deletion is a DeleteAll on its way.
type deletion struct {
	ctx     context.Context
	bucket  *Bucket
	opts    ManyOptions
	batches batchClient // nil: each key by a request of its own
	batch   []string    // that are next
	removed int
	errs    []error
	end     error // of the keys
}

// remove removes the keys of the batch and reports whether to go on.
func (d *deletion) remove() bool {
	if len(d.errs) > 0 && !d.opts.KeepGoing {
		return false
	}
	gone, all := d.send(), len(d.batch)
	left := slices.DeleteFunc(d.batch, func(key string) bool { return gone[key] })
	for range all - len(left) {
		d.removed++
		d.opts.Progress(0)
	}
	n, err := run(d.ctx, d.opts, KeyList(left...), func(key KeyMeta) error {
		return d.bucket.Object(key.Key).Delete(d.ctx, awsjar.Any)
	})
	d.removed += n
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		d.errs = append(d.errs, joined.Unwrap()...)
	}
	d.batch = d.batch[:0]
	return err == nil || d.opts.KeepGoing && d.ctx.Err() == nil
}

// send removes the keys of the batch by one request, and returns those that are
// removed for certain.
func (d *deletion) send() map[string]bool {
	asked := map[string]bool{}
	in := &types.Delete{}
	for _, key := range d.batch {
		if object := d.bucket.Object(key); d.batches != nil && !asked[key] && isXML(object.key) && object.ready(d.ctx) == nil {
			asked[key] = true
			in.Objects = append(in.Objects, types.ObjectIdentifier{Key: &object.key})
		}
	}
	if len(asked) < 2 {
		return nil
	}
	out, err := d.batches.DeleteObjects(d.ctx, &s3.DeleteObjectsInput{
		Bucket: &d.bucket.name, Delete: in, ExpectedBucketOwner: d.bucket.owner(), RequestPayer: d.bucket.payer(),
	}, atMost(maxPage))
	if err != nil {
		if lacksBatches(err) {
			d.batches = nil
		}
		return nil
	}
	gone := map[string]bool{}
	for _, key := range out.Deleted {
		if name, ok := strings.CutPrefix(aws.ToString(key.Key), d.bucket.opts.Prefix); ok && asked[name] {
			gone[name] = true
		}
	}
	return gone
}

// isXML reports whether XML 1.0 can hold a key (section 2.2). For a character that
// it cannot hold the SDK writes U+FFFD, and S3 would remove another key.
func isXML(key string) bool {
	return !strings.ContainsFunc(key, func(r rune) bool {
		return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFE' || r == '\uFFFF'
	})
}

// lacksBatches reports whether a server has no DeleteObjects, or wants its body
// to have the MD5 that the SDK no longer sends.
func lacksBatches(err error) bool {
	switch awserr.Status(err) {
	case http.StatusNotImplemented, http.StatusMethodNotAllowed:
		return true
	}
	code := awserr.Code(err)
	return code == "NotImplemented" || code == "MethodNotAllowed" || code == "MissingContentMD5"
}
