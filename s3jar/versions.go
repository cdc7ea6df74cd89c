package s3jar

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/failure"
)

var _ awsjar.Reviver = (*Object)(nil)

// versionLister is the method of a [Client] that the history needs.
type versionLister interface {
	ListObjectVersions(ctx context.Context, in *s3.ListObjectVersionsInput, optFns ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error)
}

// Versions yields the versions and delete markers of this key, newest first,
// by one LIST for every 1,000 of them. It holds one such page in memory and
// stops where the next key begins. Their Revision is None, and Size counts
// the spaces that [Object.Save] may have put behind a value.
//
// In a bucket that never had versioning there is one version of the id
// "null". A directory bucket keeps none: [awsjar.ErrUnsupported].
func (o *Object) Versions(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
	return func(yield func(awsjar.Meta, error) bool) {
		err := o.eachVersion(ctx, func(meta awsjar.Meta) bool { return yield(meta, nil) })
		if err != nil {
			yield(awsjar.Meta{}, o.at(err))
		}
	}
}

func (o *Object) eachVersion(ctx context.Context, yield func(awsjar.Meta) bool) error {
	lister, err := o.lister(ctx)
	if err != nil {
		return err
	}
	in := &s3.ListObjectVersionsInput{
		Bucket: &o.bucket.name, Prefix: &o.key,
		EncodingType: types.EncodingTypeUrl, ExpectedBucketOwner: o.bucket.owner(), RequestPayer: o.bucket.payer(),
	}
	for pages := emptyPages(0); ; {
		page, versions, err := listVersions(ctx, lister, in)
		if err != nil { // the permission for the call is one on the bucket, not on the key
			return o.bucket.said(err, "", "s3:ListBucketVersions")
		}
		for _, v := range versions {
			if v.key != o.key { // keys are sorted, and this one comes before those that it is a prefix of
				return nil
			}
			if !yield(v.meta) {
				return nil
			}
		}
		if !aws.ToBool(page.IsTruncated) {
			return nil
		}
		if err := errors.Join(pages.add(len(versions)), nextPage(in, page)); err != nil {
			return err
		}
	}
}

// lister refuses a Client, and a bucket, that cannot list versions.
func (o *Object) lister(ctx context.Context) (versionLister, error) {
	if err := o.readyForVersions(ctx); err != nil {
		return nil, err
	}
	lister, ok := o.bucket.client.(versionLister)
	if !ok {
		return nil, fmt.Errorf("%w: the Client has no ListObjectVersions", awsjar.ErrUnsupported)
	}
	return lister, nil
}

func (o *Object) readyForVersions(ctx context.Context) error {
	err := o.ready(ctx)
	if err == nil && o.bucket.isDirectory() {
		err = errDirectory
	}
	return err
}

// readyForVersion refuses a text that cannot be a version id: these are URL-ready
// strings of at most 1,024 bytes (user guide, "Version IDs").
func (o *Object) readyForVersion(ctx context.Context, id string) error {
	if id == "" || len(id) > maxKey || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return invalid(o.listHint(), "%.64q cannot be a version id", id)
	}
	return o.readyForVersions(ctx)
}

var errDirectory = failure.Hinted("keep it in a general purpose bucket to have versions; all else works here too",
	fmt.Errorf("%w: a directory bucket keeps no versions", awsjar.ErrUnsupported))

// listHint says how to find the ids of versions.
func (o *Object) listHint() string { return "list them with: awsjar history " + o.target() }

// nextPage sets both markers: the marker of the key alone would skip the rest
// of its versions.
func nextPage(in *s3.ListObjectVersionsInput, page *s3.ListObjectVersionsOutput) error {
	key, err := decodeKey(page.NextKeyMarker, page.EncodingType)
	if err != nil {
		return err
	}
	id := aws.ToString(page.NextVersionIdMarker)
	before := aws.ToString(in.KeyMarker)
	if key == "" || key < before || key == before && (id == "" || id == aws.ToString(in.VersionIdMarker)) {
		return errEndless
	}
	in.KeyMarker, in.VersionIdMarker = &key, optional(id)
	return nil
}

// LoadVersion returns one version, by one GET. Its Revision is None: whether
// it is the current one is not known. Needs s3:GetObjectVersion.
func (o *Object) LoadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	data, meta, err := o.loadVersion(ctx, id)
	return data, meta, o.at(err)
}

func (o *Object) loadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	if err := o.readyForVersion(ctx, id); err != nil {
		return nil, awsjar.Meta{}, err
	}
	got, err := o.read(ctx, &s3.GetObjectInput{VersionId: &id})
	got.meta.Revision = awsjar.None
	switch awserr.Code(err) {
	case "MethodNotAllowed":
		err = failure.Hinted(o.listHint(), failure.Said("that version is a delete marker", awsjar.ErrNotFound, err))
	case "NoSuchVersion":
		err = failure.Hinted(o.listHint(), failure.Said("there is no such version", awsjar.ErrNotFound, err))
	case "InvalidArgument", "XMinioInvalidResourceName": // the second of MinIO, such as for ../x
		err = failure.Hinted(o.listHint(), withoutHint(o.said(err, "s3:GetObjectVersion")))
	default:
		err = o.said(err, "s3:GetObjectVersion")
	}
	return got.data, got.meta, err
}

// Revive stores data where there is no object, as Save does with [awsjar.None],
// and gives it the properties that an earlier version of the key has, and its
// tags as Options.Tags says: an Undelete of package awsjar brings the object back
// as it was. It sends one HEAD for them, and if that is refused one GET, whose
// answer says why: the errors for id are those of LoadVersion. Needs
// s3:GetObjectVersion, and for tags s3:GetObjectVersionTagging.
func (o *Object) Revive(ctx context.Context, data []byte, id string) (awsjar.Meta, error) {
	meta, err := o.revive(ctx, data, id)
	return meta, o.at(err)
}

func (o *Object) revive(ctx context.Context, data []byte, id string) (awsjar.Meta, error) {
	if err := o.readyForVersion(ctx, id); err != nil {
		return awsjar.Meta{}, err
	}
	if err := o.bounds(data); err != nil {
		return awsjar.Meta{}, err
	}
	earlier, err := o.headVersion(ctx, id)
	if err != nil {
		if awserr.Status(err)/100 == 4 { // the answer to a HEAD has no body, and so no code
			if _, _, told := o.loadVersion(ctx, id); told != nil {
				return awsjar.Meta{}, told
			}
		}
		return awsjar.Meta{}, o.said(err, "s3:GetObjectVersion")
	}
	w, err := newWrite(data, awsjar.None)
	if err != nil {
		return awsjar.Meta{}, err
	}
	w.others, w.version = earlier.others, id
	return o.replace(ctx, w)
}

// DeleteVersion removes one version for ever, by one HEAD, which finds out
// the current version, and one DELETE. Removing a version that Object Lock
// protects fails with [awsjar.ErrAccessDenied]. Needs s3:DeleteObjectVersion
// and s3:GetObject.
//
// If the versions above it are removed by somebody else in the moment between
// the two requests, the current version may be removed: S3 has no condition
// for it.
func (o *Object) DeleteVersion(ctx context.Context, id string) error {
	return o.at(o.deleteVersion(ctx, id))
}

func (o *Object) deleteVersion(ctx context.Context, id string) error {
	if err := o.readyForVersion(ctx, id); err != nil {
		return err
	}
	current, err := o.currentVersion(ctx)
	if err != nil {
		return err
	}
	if id == current {
		return failure.Hinted("store another value first, or remove this one with Delete",
			fmt.Errorf("%w: it is the current version", awsjar.ErrConflict))
	}
	_, err = o.sendDelete(ctx, &s3.DeleteObjectInput{VersionId: &id}, &exchange.Seen{})
	if code := awserr.Code(err); code == "NoSuchVersion" || code == "NoSuchKey" {
		return nil
	}
	return o.said(err, "s3:DeleteObjectVersion and s3:GetObject")
}

// currentVersion returns the id of the current version or delete marker, or
// "" if there is none. The 404 to a HEAD names a delete marker (user guide,
// "Working with delete markers"); a 403 or a server that does not name it
// leaves the listing.
func (o *Object) currentVersion(ctx context.Context) (string, error) {
	now, err := o.head(ctx)
	if err == nil {
		return now.meta.VersionID, nil
	}
	if id := awserr.Header(err, "X-Amz-Version-Id"); id != "" {
		return id, nil
	}
	id := ""
	err = o.eachVersion(ctx, func(meta awsjar.Meta) bool {
		id = meta.VersionID
		return false
	})
	return id, err
}
