package main

import (
	"context"
	"fmt"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/jarurl"
	"github.com/awsjar/awsjar/s3jar"
)

// mostCounted bounds the versions that doctor counts: S3 lists so many in one
// answer.
const mostCounted = 1000

// versions looks at whether earlier values are kept, and how far back they go.
func (d *examination) versions(ctx context.Context, store awsjar.Store) {
	if d.target.Scheme == jarurl.S3 && !d.versioned(ctx) {
		return
	}
	if _, ok := store.(awsjar.Versioned); ok {
		d.count(ctx, store)
		return
	}
	hint := ""
	if d.target.Scheme == jarurl.Lambda {
		hint = "let all programs write it with a history: lambda://NAME?history=s3://BUCKET/KEY"
	}
	d.found("versions", doubt, "no earlier values are kept: nothing can be undone", hint)
}

// versioned reports whether the bucket keeps versions. If it does not, that is
// a finding.
func (d *examination) versioned(ctx context.Context) bool {
	bucket, err := d.openBucket(ctx, d.target)
	if err != nil {
		d.failedAt("versions", err)
		return false
	}
	status, err := bucket.Versioning(ctx)
	switch {
	case err != nil:
		d.found("versions", notTested, d.text(err), d.hint(err))
	case status != s3jar.VersioningEnabled:
		d.found("versions", doubt, "the bucket's versioning is: "+string(status), "awsjar versioning "+d.bucketOf()+" enable")
	}
	return err == nil && status == s3jar.VersioningEnabled
}

// count says how many versions there are, and of when the oldest is.
func (d *examination) count(ctx context.Context, store awsjar.Store) {
	there, oldest := 0, time.Time{}
	for meta, err := range bytesOf(store).Versions(ctx) {
		if err != nil {
			d.found("versions", doubt, "earlier values are kept, but cannot be listed: "+d.text(err), d.hint(err))
			return
		}
		there++
		oldest = meta.Modified
		if there == mostCounted {
			break
		}
	}
	text := "earlier values are kept, of writes to come"
	if there > 0 {
		text = fmt.Sprintf("earlier values are kept: %d %s, the oldest of %s", there, plural(there, "version"), ageOf(oldest))
	}
	if there == mostCounted {
		text += ", and perhaps more"
	}
	d.found("versions", good, text, "")
}
