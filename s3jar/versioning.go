package s3jar

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/awsjar/awsjar"
)

// versioningClient are the methods of a [Client] that versioning needs.
type versioningClient interface {
	GetBucketVersioning(ctx context.Context, in *s3.GetBucketVersioningInput, optFns ...func(*s3.Options)) (*s3.GetBucketVersioningOutput, error)
	PutBucketVersioning(ctx context.Context, in *s3.PutBucketVersioningInput, optFns ...func(*s3.Options)) (*s3.PutBucketVersioningOutput, error)
}

// Versioning is whether a bucket keeps earlier versions.
type Versioning string

const (
	// VersioningNever: it was never switched on. A write replaces the value.
	VersioningNever Versioning = "never"
	// VersioningEnabled: each write adds a version.
	VersioningEnabled Versioning = "enabled"
	// VersioningSuspended: it was switched on and off again. A write
	// replaces the version "null", if there is one; the others stay.
	VersioningSuspended Versioning = "suspended"
)

// VersioningOptions of [Bucket.EnableVersioning] and
// [Bucket.SuspendVersioning].
type VersioningOptions struct {
	// Wait makes the call wait until a write of a scratch object shows that
	// the change is in effect, or until the context ends. It needs
	// s3:PutObject, s3:DeleteObject and s3:DeleteObjectVersion below
	// Options.ScratchPrefix. Default false.
	Wait bool
}

// Versioning returns the setting of the bucket. A Get works the same with
// each of them, so nobody needs to ask before it. Needs
// s3:GetBucketVersioning. A directory bucket has none:
// [awsjar.ErrUnsupported].
func (b *Bucket) Versioning(ctx context.Context) (Versioning, error) {
	status, err := b.versioning(ctx)
	return status, b.during("versioning", err)
}

// EnableVersioning makes the bucket keep earlier versions, for all its keys,
// from now on: every version is stored and paid for until it is removed.
// There is no way back to [VersioningNever]. Lifecycle rules that expire
// objects add delete markers from then on. Needs s3:PutBucketVersioning.
//
// The first time it may take up to 15 minutes until it is in effect
// everywhere; until then writes may get no version, and reads of values that
// were written meanwhile may fail with [awsjar.ErrNotFound]. AWS advises to wait
// 15 minutes before writing (user guide, "Enabling versioning on buckets"),
// so it is best done where the bucket is made.
func (b *Bucket) EnableVersioning(ctx context.Context, optFns ...func(*VersioningOptions)) error {
	return b.setVersioning(ctx, types.BucketVersioningStatusEnabled, optFns)
}

// SuspendVersioning ends the keeping of versions: those that there are stay,
// but from then on a write or a delete replaces the version "null" for ever.
// A bucket with Object Lock refuses it: [awsjar.ErrUnsupported]. Needs
// s3:PutBucketVersioning.
func (b *Bucket) SuspendVersioning(ctx context.Context, optFns ...func(*VersioningOptions)) error {
	return b.setVersioning(ctx, types.BucketVersioningStatusSuspended, optFns)
}

func (b *Bucket) versioning(ctx context.Context) (Versioning, error) {
	client, err := b.versioningClient(ctx)
	if err != nil {
		return "", err
	}
	out, err := client.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &b.name, ExpectedBucketOwner: b.owner()}, atMost(maxAnswer))
	if err != nil {
		return "", b.said(err, "", "s3:GetBucketVersioning")
	}
	switch out.Status {
	case types.BucketVersioningStatusEnabled:
		return VersioningEnabled, nil
	case types.BucketVersioningStatusSuspended:
		return VersioningSuspended, nil
	}
	return VersioningNever, nil
}

func (b *Bucket) setVersioning(ctx context.Context, status types.BucketVersioningStatus, optFns []func(*VersioningOptions)) error {
	var opts VersioningOptions
	for _, fn := range optFns {
		fn(&opts)
	}
	client, err := b.versioningClient(ctx)
	if err != nil {
		return b.during("versioning", err)
	}
	_, err = client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: &b.name, ExpectedBucketOwner: b.owner(),
		VersioningConfiguration: &types.VersioningConfiguration{Status: status},
	}, atMost(maxAnswer))
	if err != nil || !opts.Wait {
		return b.during("versioning", b.said(err, "", "s3:PutBucketVersioning"))
	}
	return b.during("versioning", b.waitForVersioning(ctx, status == types.BucketVersioningStatusEnabled))
}

func (b *Bucket) versioningClient(ctx context.Context) (versioningClient, error) {
	if err := b.ready(ctx); err != nil {
		return nil, err
	}
	if b.isDirectory() {
		return nil, errDirectory
	}
	client, ok := b.client.(versioningClient)
	if !ok {
		return nil, fmt.Errorf("%w: the Client has no GetBucketVersioning and PutBucketVersioning", awsjar.ErrUnsupported)
	}
	return client, nil
}

// waitForVersioning writes a scratch object until it gets a version id, or
// none, as it should.
func (b *Bucket) waitForVersioning(ctx context.Context, enabled bool) error {
	scratch := b.scratch()
	for attempt := 0; ; attempt++ {
		meta, err := scratch.Save(ctx, []byte("1"), awsjar.Any)
		if err == nil {
			err = scratch.removeScratch(ctx, meta.VersionID)
		}
		if err != nil || (meta.VersionID != "null") == enabled {
			return err
		}
		if !pause(ctx, attempt) {
			return fmt.Errorf("the change of versioning is not in effect yet: %w", ctx.Err())
		}
	}
}
