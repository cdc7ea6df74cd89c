package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/s3jar"
)

// bucketAlone looks at a bucket without a state.
func (d *examination) bucketAlone(ctx context.Context) error {
	bucket, err := d.openBucket(ctx, d.target)
	if err != nil {
		return err
	}
	for _, err := range bucket.Keys(ctx, "") {
		if err != nil {
			d.failedAt("access", err)
			return nil
		}
		break
	}
	d.found("access", good, "the bucket may be listed", "")
	if d.versioned(ctx) {
		d.found("versions", good, "the bucket keeps earlier versions", "")
	}
	d.writing(ctx)
	d.place(ctx)
	return nil
}

// writing reports the findings that only a write can make.
func (d *examination) writing(ctx context.Context) {
	switch {
	case d.target.Scheme == jarurl.Lambda:
		d.found("permissions", notTested, "only a write, which is a deployment, shows whether you may write (lambda:UpdateFunctionConfiguration)", "")
	case d.target.Scheme == jarurl.File:
		d.found("permissions", notTested, "only a write shows whether you may write", "")
	case d.target.Scheme != jarurl.S3:
	case d.writes:
		d.conditions(ctx)
	default:
		hint := "awsjar doctor --write " + quote(d.url)
		d.found("permissions", notTested, "only a write shows whether you may write", hint)
		d.found("conditions", notTested, "only a write shows whether the server honours conditions", hint)
	}
}

// conditions tries out whether a server honours conditional writes.
func (d *examination) conditions(ctx context.Context) {
	bucket, err := d.openBucket(ctx, d.target)
	if err != nil {
		d.failedAt("conditions", err)
		return
	}
	found, err := bucket.Check(ctx, func(o *s3jar.CheckOptions) {
		if o.Rounds = d.rounds; d.rounds == 0 {
			o.Rounds = -1
		}
	})
	if errors.Is(err, awsjar.ErrAccessDenied) {
		d.failedAt("permissions", err)
		d.found("conditions", notTested, "a write is not allowed", "")
		return
	}
	if err == nil {
		d.found("permissions", good, "scratch objects were written, read and removed", "")
	}
	text := fmt.Sprintf("create %s, replace %s, delete %s; %d %s of simultaneous writes",
		found.Create, found.Replace, found.Delete, found.Rounds, plural(found.Rounds, "round"))
	switch {
	case err != nil:
		d.failedAt("conditions", err)
	case found.Delete != s3jar.SupportHonoured:
		d.found("conditions", doubt, text, "a delete with --if has a gap between its two requests")
	default:
		d.found("conditions", good, text, "")
	}
}
