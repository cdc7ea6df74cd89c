package s3jar

import (
	"bytes"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/lineage"
)

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
	var seen exchange.Seen
	optFns = append([]func(*s3.Options){sendOnce, checksum(in, w.body), watch(&seen, maxAnswer)}, optFns...)
	out, err := o.bucket.client.PutObject(ctx, in, optFns...)
	if err != nil {
		return awsjar.Meta{}, o.answer(err, &seen, actions)
	}
	rev, err := newRevision(aws.ToString(out.ETag), w.line)
	return awsjar.Meta{
		Revision:  rev.public(),
		VersionID: o.versionID(out.VersionId),
		Now:       seen.Now(out.ResultMetadata),
		Size:      int64(len(w.data)),
	}, o.answer(err, &seen, actions)
}

// meta returns the Meta of a write whose own answer was lost, by the state that
// is stored now: either that of the write, or of one that came after it. Then
// the version id is not known, and the revision is one that nothing fits.
func (w write) meta(now state) awsjar.Meta {
	meta := now.meta
	if now.line.Newest() != w.id {
		meta = awsjar.Meta{Revision: revision{`"overtaken"`, w.line}.public(), Now: now.meta.Now}
	}
	meta.Size = int64(len(w.data))
	return meta
}
