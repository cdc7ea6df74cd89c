package s3jar

import (
	"context"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// Save stores data by one PUT: with If-None-Match:* for None, with If-Match
// for a revision, without a condition for Any. The body is data itself; only
// a JSON value that one of the last 96 conditional writes may have stored too
// is followed by 18 characters of white space, so that its ETag is a new one.
// Load takes them off. Other readers of the object, and of copies of it, see
// them: for JSON they mean nothing.
//
// A PUT replaces the object with all of its properties. With Any and None it
// gets those of the Options and no others: a Put replaces the object as a
// whole. Over a revision, as in an Update, those that others gave the object
// are carried: Content-Type, Cache-Control, Content-Disposition,
// Content-Encoding, Content-Language, Expires, user metadata, storage class,
// website redirect, encryption with a KMS key, and tags as Options.Tags says.
// Metadata and tags that attest to the old body (hashes, times, verdicts of
// scanners) go, and a Content-Encoding such as gzip does if the value is plain
// JSON. ACLs and the retention of Object Lock are not carried. If the metadata
// and the lineage together exceed the 2,048 bytes of S3 the error is
// [awsjar.ErrTooLarge]. The properties are those of the GET or HEAD that showed
// the revision to this Object; for a revision that it has not loaded or stored
// last, one GET or HEAD comes before the PUT.
//
// After a PUT that was not accepted a look at the object, by one GET or HEAD,
// decides whether it was stored: the id in its metadata, which stays the same
// for all repetitions, shows that. A call sends at most 12 requests, looks
// included, and waits for none of them beyond 10 seconds after it began.
//
// An unconditional PUT is sent again under another id; it may then overwrite
// the value that another writer stored in that time, as it would have a moment
// later. It also begins a new lineage, so a conditional write of another writer
// whose answer is lost in the same moment may end with [awsjar.ErrUncertain].
//
// Bytes that are not JSON are never padded: where the same ones come again
// after others, a revision of the first time fits again. So does one of more
// than 96 writes ago, and one from before an unconditional Save.
//
// The error is [awsjar.ErrConflict] too if S3 answered every attempt by 409: other writes
// of the key were under way each time. The value may then be the same as before.
//
// An error for another writer that was first has the method Current of
// [awsjar.Store], unless the value is larger than 256 KiB.
func (o *Object) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	meta, err := o.save(ctx, data, replaces)
	return meta, o.at(err)
}

func (o *Object) save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if err := o.ready(ctx); err != nil {
		return awsjar.Meta{}, err
	}
	if err := o.bounds(data); err != nil {
		return awsjar.Meta{}, err
	}
	if replaces == awsjar.Any {
		return o.overwrite(ctx, data)
	}
	w, err := newWrite(data, replaces)
	if err != nil {
		return awsjar.Meta{}, err
	}
	return o.replace(ctx, w)
}

// bounds refuses a value that Load would not read.
func (o *Object) bounds(data []byte) error {
	if max := o.bucket.opts.MaxSize; int64(len(data)) > max {
		return failure.OverMaxSize(int64(len(data)), max)
	}
	return nil
}
