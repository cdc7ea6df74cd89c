package s3jar

import (
	"bytes"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/lineage"
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
// decides what became of it: the id in its metadata, which stays the same for
// all repetitions, shows whether it was stored. A call sends at most 12
// requests, looks included, and begins none after 10 seconds.
//
// An unconditional PUT is sent again under another id; it may then overwrite
// what another writer stored in that time, as it would have a moment later. It
// also begins a new lineage, so a conditional write of another writer whose
// answer is lost in the same moment may end with [awsjar.ErrUncertain].
//
// Bytes that are not JSON are never padded: where the same ones come again
// after others, a revision of the first time fits again. So does one of more
// than 64 writes ago, and one from before an unconditional Save.
//
// An error for another writer that was first has a method Current() ([]byte,
// awsjar.Meta, error), for errors.As, that returns what a Load returned at that
// moment, unless the value is larger than 256 KiB.
func (o *Object) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	meta, err := o.save(ctx, data, replaces)
	return meta, o.at(err)
}

func (o *Object) save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if err := o.ready(ctx); err != nil {
		return awsjar.Meta{}, err
	}
	if max := o.bucket.opts.MaxSize; int64(len(data)) > max {
		return awsjar.Meta{}, fmt.Errorf("%w: %d bytes, and Options.MaxSize is %d", awsjar.ErrTooLarge, len(data), max)
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

// write is one Save, the same for every time that it is sent.
type write struct {
	id       lineage.ID
	replaces awsjar.Revision
	replaced revision // zero for None and Any
	line     lineage.Deep
	data     []byte
	body     []byte      // data, padded if need be
	others   *properties // those of the object that it replaces, or of the version
	version  string      // the one that it brings back, where nothing is; or ""
}

func newWrite(data []byte, replaces awsjar.Revision) (write, error) {
	w := write{id: lineage.NewDeepID(), replaces: replaces, data: data}
	if replaces != awsjar.None && replaces != awsjar.Any {
		var err error
		if w.replaced, err = parseRevision(replaces); err != nil {
			return write{}, err
		}
	}
	sum := lineage.DeepSum(data)
	w.body = pad(data, w.id, sum, w.replaced.line)
	w.line = w.replaced.line.Extend(w.id, sum)
	return w, nil
}

// put sends w, once.
func (o *Object) put(ctx context.Context, w write, optFns ...func(*s3.Options)) (awsjar.Meta, commit.Answer) {
	in := &s3.PutObjectInput{
		Bucket:               &o.bucket.name,
		Key:                  &o.key,
		Body:                 bytes.NewReader(w.body),
		ContentType:          optional(o.bucket.opts.ContentType),
		RequestPayer:         o.bucket.payer(),
		StorageClass:         o.bucket.opts.StorageClass,
		ExpectedBucketOwner:  o.bucket.owner(),
		Metadata:             map[string]string{lineageName: w.line.String()},
		ServerSideEncryption: o.bucket.opts.Encryption,
		SSEKMSKeyId:          optional(o.bucket.opts.KMSKeyID),
	}
	actions := "s3:PutObject"
	switch w.replaces {
	case awsjar.Any:
	case awsjar.None:
		in.IfNoneMatch = aws.String("*")
	default:
		in.IfMatch = optional(w.replaced.etag)
		actions = "s3:PutObject and s3:GetObject" // If-Match needs both (user guide, "conditional writes")
	}
	if in.IfMatch != nil || w.version != "" {
		if answer, ok := o.carry(ctx, in, w); !ok {
			return awsjar.Meta{}, answer
		}
		if in.Tagging != nil {
			actions = "s3:PutObject, s3:PutObjectTagging and s3:GetObject"
		}
	}
	if in.ContentType == nil {
		in.ContentType = aws.String(plainType)
	}
	var seen exchange
	optFns = append([]func(*s3.Options){sendOnce, checksum(in, w.body), seen.watch(maxAnswer)}, optFns...)
	out, err := o.bucket.client.PutObject(ctx, in, optFns...)
	if err != nil {
		return awsjar.Meta{}, o.answer(err, &seen, actions)
	}
	rev, err := newRevision(aws.ToString(out.ETag), w.line)
	return awsjar.Meta{
		Revision:  rev.public(),
		VersionID: o.versionID(out.VersionId),
		Now:       seen.now(out.ResultMetadata),
		Size:      int64(len(w.data)),
	}, o.answer(err, &seen, actions)
}

// meta is what Save returns for a write whose own answer was lost, from what
// is stored now: either that write, or one that came after it. Then the
// version id is not known, and the revision is one that nothing fits.
func (w write) meta(now state) awsjar.Meta {
	meta := now.meta
	if now.line.Newest() != w.id {
		meta = awsjar.Meta{Revision: revision{`"overtaken"`, w.line}.public(), Now: now.meta.Now}
	}
	meta.Size = int64(len(w.data))
	return meta
}
