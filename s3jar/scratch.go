package s3jar

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/lineage"
)

// scratch returns an object that nobody else uses.
func (b *Bucket) scratch() *Object {
	return b.Object(b.opts.ScratchPrefix + string(lineage.NewID()) + ".json")
}

// removeScratch removes the versions of those ids; the only one of a bucket
// without versions is "null", for which no permission to remove versions is
// needed. Where versioning is suspended that leaves a delete marker in the place of
// the version, which is removed too; a marker of another id is above the version,
// which it hides. Where removing is not allowed it removes the object, so that
// versions stay behind a delete marker.
func (o *Object) removeScratch(ctx context.Context, ids ...string) error {
	for _, id := range ids {
		in := &s3.DeleteObjectInput{VersionId: optional(id)}
		if id == "null" {
			in.VersionId = nil
		}
		out, err := o.sendDelete(ctx, in, &exchange.Seen{})
		if err == nil && in.VersionId == nil && aws.ToString(out.VersionId) == "null" {
			_, err = o.sendDelete(ctx, &s3.DeleteObjectInput{VersionId: out.VersionId}, &exchange.Seen{})
		}
		if err != nil {
			return o.Delete(ctx, awsjar.Any)
		}
	}
	return nil
}
