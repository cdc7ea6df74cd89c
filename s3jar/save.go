package s3jar

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lineage"
)

// Save stores data by one PUT: with If-None-Match:* for None, with If-Match
// for a revision, without a condition for Any. The body is data itself; only
// a JSON value that one of the last 8 conditional writes had stored too gets
// up to 64 spaces behind it, so that its ETag is a new one.
//
// A conditional PUT whose answer is lost is not blindly repeated: the id in
// the metadata of what is then stored tells what became of it. An
// unconditional one is sent again, under another id; it may then overwrite what
// another writer stored in that time, as it would have a moment later. It also
// begins a new lineage, so a conditional write of another writer whose answer
// is lost in the same moment may end with [awsjar.ErrUncertain].
//
// Bytes that are not JSON are never padded: where the same ones come again
// after others, a revision of the first time fits again.
func (o *Object) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	meta, err := o.save(ctx, data, replaces)
	actions := "s3:PutObject"
	if replaces != awsjar.Any && replaces != awsjar.None {
		actions = "s3:PutObject and s3:GetObject" // If-Match needs both (user guide, "conditional writes")
	}
	return meta, o.explain(err, actions)
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
	line     lineage.Line
	data     []byte
	body     []byte // data and the padding
}

func newWrite(data []byte, replaces awsjar.Revision) (write, error) {
	w := write{replaces: replaces, data: data}
	if replaces != awsjar.None && replaces != awsjar.Any {
		var err error
		if w.replaced, err = parseRevision(replaces); err != nil {
			return write{}, err
		}
	}
	sum := lineage.Sum(data)
	id, padding := newID(data, sum, w.replaced.line)
	w.id = id
	w.line = w.replaced.line.Extend(lineage.Entry{ID: id, Sum: sum}, depth)
	w.body = pad(data, padding)
	return w, nil
}

// overwrite stores data whatever is there. Each attempt is a write of its own,
// with an id of its own: if one that was lost arrives after all, over another
// writer's value, that writer can tell that what it replaced is gone.
func (o *Object) overwrite(ctx context.Context, data []byte) (awsjar.Meta, error) {
	doubt := false // whether an attempt may have been stored
	for attempt := 0; ; attempt++ {
		w, err := newWrite(data, awsjar.Any)
		if err != nil {
			return awsjar.Meta{}, err
		}
		var sent attempts
		meta, err := o.put(ctx, w, &sent)
		if err == nil {
			return meta, nil
		}
		result := sent.outcome(err)
		if result == lost {
			doubt = true
			if now, headErr := o.head(ctx); headErr == nil && now.line.Has(w.id) {
				return w.meta(now), nil
			}
		}
		switch {
		case result != refused && wait(ctx, attempt):
			continue
		case doubt:
			return awsjar.Meta{}, uncertain(ctx, err)
		}
		return awsjar.Meta{}, ended(ctx, err)
	}
}

// replace stores w exactly once over what it replaces. Each time that w was
// sent and not accepted, it finds out what became of it before it sends w
// again or gives up: also after a 412, which a proxy that repeats a request by
// itself may get for w.
func (o *Object) replace(ctx context.Context, w write) (awsjar.Meta, error) {
	doubt := false // whether w may have been stored already
	for attempt := 0; ; attempt++ {
		var sent attempts
		meta, err := o.put(ctx, w, &sent)
		if err == nil {
			return meta, nil
		}
		result := sent.outcome(err)
		doubt = doubt || result == lost
		if result == refused && !doubt {
			return awsjar.Meta{}, ended(ctx, err)
		}
		meta, verdict := o.judge(ctx, w, doubt || result == throttled)
		switch {
		case verdict == lineage.Stored:
			return meta, nil
		case verdict == lineage.Overtaken, verdict == lineage.Unknown && result == mismatch && !doubt:
			return awsjar.Meta{}, w.conflict(err)
		case (verdict == lineage.Unchanged || !doubt) && result != refused && wait(ctx, attempt):
			continue // not stored; should it be after all, the next attempt finds its id
		case doubt:
			return awsjar.Meta{}, uncertain(ctx, err)
		case verdict == lineage.Unchanged && result == mismatch && ctx.Err() == nil:
			return awsjar.Meta{}, fmt.Errorf("%w: %w", errHolds, err)
		}
		return awsjar.Meta{}, ended(ctx, err)
	}
}

// errHolds is the error where a condition is refused time and again though it
// holds. It is no ErrConflict: to start again would not help.
var errHolds = fmt.Errorf("%w: the server refuses the condition although it holds", awsjar.ErrUnsupported)

// judge reads back what is stored and says what became of w. Where w cannot
// have been stored, doubt is false: then a change can only be somebody
// else's.
func (o *Object) judge(ctx context.Context, w write, doubt bool) (awsjar.Meta, lineage.Verdict) {
	if ctx.Err() != nil {
		return awsjar.Meta{}, lineage.Unknown
	}
	now, err := o.head(ctx)
	code, _ := answer(err)
	absent := isAbsent(code)
	switch {
	case err != nil && !absent:
		return awsjar.Meta{}, lineage.Unknown
	case now.line.Has(w.id):
		return w.meta(now), lineage.Stored
	case now.etag == w.replaced.etag && (!doubt || now.line.Newest().ID == w.replaced.line.Newest().ID):
		return awsjar.Meta{}, lineage.Unchanged // or both are empty: nothing was there, nothing is there
	case !doubt, now.line.Judge(w.id, w.replaced.line.Newest().ID) == lineage.Overtaken:
		return awsjar.Meta{}, lineage.Overtaken
	}
	return awsjar.Meta{}, lineage.Unknown
}

// put sends w, once.
func (o *Object) put(ctx context.Context, w write, sent *attempts) (awsjar.Meta, error) {
	in := &s3.PutObjectInput{
		Bucket:              &o.bucket.name,
		Key:                 &o.key,
		Body:                bytes.NewReader(w.body),
		ContentType:         optional(o.bucket.opts.ContentType),
		ExpectedBucketOwner: o.bucket.owner(),
		Metadata:            map[string]string{lineageName: w.line.String()},
	}
	in.ServerSideEncryption, in.SSEKMSKeyId = o.encryption()
	if len(w.body) != len(w.data) {
		in.Metadata[sizeName] = strconv.Itoa(len(w.data))
	}
	switch w.replaces {
	case awsjar.Any:
	case awsjar.None:
		in.IfNoneMatch = aws.String("*")
	default:
		in.IfMatch = &w.replaced.etag
	}
	out, err := o.bucket.client.PutObject(ctx, in, sendOnce, sent.watch, checksum(in, w.body), atMost(maxAnswer))
	if err != nil {
		return awsjar.Meta{}, err
	}
	rev, err := newRevision(aws.ToString(out.ETag), w.line)
	return awsjar.Meta{
		Revision:  rev.public(),
		VersionID: o.versionID(out.VersionId),
		Size:      int64(len(w.data)),
	}, err
}

// meta is what Save returns for a write whose own answer was lost, from what
// is stored now: either that write, or one that came after it. Then the
// version id is not known, and the revision is one that nothing fits.
func (w write) meta(now state) awsjar.Meta {
	meta := now.meta
	if now.line.Newest().ID != w.id {
		meta = awsjar.Meta{Revision: revision{`"overtaken"`, w.line}.public()}
	}
	meta.Size = int64(len(w.data))
	return meta
}

// conflict is the error for a w that somebody else came before.
func (w write) conflict(err error) error {
	if w.replaces == awsjar.None {
		return fmt.Errorf("%w: %w", awsjar.ErrExists, err)
	}
	return fmt.Errorf("%w: %w", awsjar.ErrConflict, err)
}

// sendOnce keeps the SDK from repeating a conditional request: the second one
// would be refused because of the first.
func sendOnce(o *s3.Options) { o.Retryer = aws.NopRetryer{} }

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
