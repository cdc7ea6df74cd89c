package s3jar

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/lineage"
)

// Delete removes the object; where the bucket keeps versions it adds a delete
// marker, and the versions stay.
//
// With Any that is one DELETE, and a HEAD where an answer to it was lost. With a revision it is a HEAD, which compares
// the revision, and a DELETE with If-Match: some S3-compatible servers ignore
// that condition, or check it without a lock. On those another write that
// falls between the two requests may be removed.
func (o *Object) Delete(ctx context.Context, replaces awsjar.Revision) error {
	switch replaces {
	case awsjar.None:
		return o.explain(fmt.Errorf("%w: there is nothing to delete at the revision None", awsjar.ErrInvalid), "")
	case awsjar.Any:
		return o.explain(o.deleteAny(ctx), "s3:DeleteObject")
	}
	// If-Match needs both (user guide, "conditional deletes").
	return o.explain(o.deleteIf(ctx, replaces), "s3:DeleteObject and s3:GetObject")
}

func (o *Object) deleteAny(ctx context.Context) error {
	if err := o.ready(ctx); err != nil {
		return err
	}
	var sent attempts
	_, err := o.sendDelete(ctx, &s3.DeleteObjectInput{}, sent.watch)
	if code, _ := answer(err); err == nil || isAbsent(code) {
		return nil
	}
	if sent.outcome(err) != lost {
		return ended(ctx, err)
	}
	if ctx.Err() == nil {
		_, headErr := o.head(ctx)
		if code, _ := answer(headErr); isAbsent(code) {
			return nil
		}
	}
	return uncertain(ctx, err)
}

// deleteIf removes the object if it is at the revision. Before each attempt
// it looks what is there.
func (o *Object) deleteIf(ctx context.Context, replaces awsjar.Revision) error {
	if err := o.ready(ctx); err != nil {
		return err
	}
	want, err := parseRevision(replaces)
	if err != nil {
		return err
	}
	doubt := false // whether an attempt may have removed it
	for attempt := 0; ; attempt++ {
		if absent, err := o.check(ctx, want, doubt); absent || err != nil {
			return err
		}
		var sent attempts
		_, err := o.sendDelete(ctx, &s3.DeleteObjectInput{IfMatch: &want.etag}, sendOnce, sent.watch)
		if err == nil {
			return nil
		}
		result := sent.outcome(err)
		doubt = doubt || result == lost || result == throttled
		switch {
		case result == mismatch && !doubt:
			return fmt.Errorf("%w: %w", awsjar.ErrConflict, err)
		case result != refused && wait(ctx, attempt):
			continue
		case doubt:
			return uncertain(ctx, err)
		}
		return ended(ctx, err)
	}
}

// check reports whether the object is gone because an earlier attempt removed
// it, which can only be where there is doubt. It returns an error if the
// object is not at the revision.
func (o *Object) check(ctx context.Context, want revision, doubt bool) (gone bool, err error) {
	now, err := o.head(ctx)
	code, _ := answer(err)
	switch {
	case err == nil && now.meta.Revision == want.public():
		return false, nil
	case isAbsent(code) && doubt:
		return true, nil
	case isAbsent(code):
		return false, o.missing(ctx, err)
	case err != nil && doubt:
		return false, uncertain(ctx, err)
	case err != nil:
		return false, err
	}
	err = fmt.Errorf("%w: it is at another revision", awsjar.ErrConflict)
	if doubt && now.line.Judge("", want.line.Newest().ID) != lineage.Overtaken {
		return false, uncertain(ctx, err) // it may have been removed, and created again
	}
	return false, err
}

// missing tells a missing bucket from a missing key, which the answer to a
// HEAD does not.
func (o *Object) missing(ctx context.Context, err error) error {
	_, _, getErr := o.readOnce(ctx, &s3.GetObjectInput{})
	if code, _ := answer(getErr); code == "NoSuchBucket" {
		return getErr
	}
	return fmt.Errorf("%w: %w", awsjar.ErrConflict, err)
}

func (o *Object) sendDelete(ctx context.Context, in *s3.DeleteObjectInput, optFns ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	in.Bucket, in.Key, in.ExpectedBucketOwner = &o.bucket.name, &o.key, o.bucket.owner()
	return o.bucket.client.DeleteObject(ctx, in, append(optFns, atMost(maxAnswer))...)
}
