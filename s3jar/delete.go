package s3jar

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/lineage"
)

// Delete removes the object; where the bucket keeps versions it adds a delete
// marker, and the versions stay.
//
// With Any that is one DELETE, and a HEAD where an answer to it was lost. With
// a revision it is a HEAD, which compares the revision, and a DELETE with
// If-Match: some S3-compatible servers ignore that condition, or check it
// without a lock. On those another write that falls between the two requests
// may be removed.
//
// A DELETE has no id. If a proxy sends one with a revision twice, the second
// answer makes the removal an [awsjar.ErrConflict], although it was this
// call's own.
func (o *Object) Delete(ctx context.Context, replaces awsjar.Revision) error {
	return o.at(o.remove(ctx, replaces))
}

func (o *Object) remove(ctx context.Context, replaces awsjar.Revision) error {
	if err := o.ready(ctx); err != nil {
		return err
	}
	switch replaces {
	case awsjar.None:
		return fmt.Errorf("%w: there is nothing to delete at the revision None", awsjar.ErrInvalid)
	case awsjar.Any:
		return o.run(ctx, &removing{object: o}, commit.Call{Replaces: replaces})
	}
	want, err := parseRevision(replaces)
	if err != nil {
		return err
	}
	return o.run(ctx, &removing{object: o, want: want}, commit.Call{Replaces: replaces, LookFirst: true})
}

// removing is a removal on its way.
type removing struct {
	object *Object
	want   revision // zero for Any
	lost   bool     // some answer was
	// throttled: the last answer was SlowDown or 429. Servers other than AWS
	// may send it after they have removed the object, and a removal has no id.
	throttled bool
}

func (r *removing) any() bool { return r.want.etag == "" }

// actions are those that a policy must allow: If-Match needs both (user guide,
// "conditional deletes").
func (r *removing) actions() string {
	if r.any() {
		return "s3:DeleteObject"
	}
	return "s3:DeleteObject and s3:GetObject"
}

// Send implements [commit.Write].
func (r *removing) Send(ctx context.Context) commit.Answer {
	var seen exchange.Seen
	_, err := r.object.sendDelete(ctx, &s3.DeleteObjectInput{IfMatch: optional(r.want.etag)}, &seen, sendOnce)
	if r.any() && awserr.Code(err) == "NoSuchKey" { // as some servers answer
		return commit.Answer{Outcome: commit.Accepted}
	}
	answer := r.object.answer(err, &seen, r.actions())
	r.lost = r.lost || answer.Outcome == commit.Lost
	r.throttled = answer.Outcome == commit.Throttled
	return answer
}

// Look implements [commit.Write].
func (r *removing) Look(ctx context.Context, doubt bool) commit.View {
	if r.any() && !r.lost {
		return commit.View{Sight: commit.Unchanged}
	}
	now, absent, err := r.object.current(ctx)
	doubt = doubt || r.throttled
	switch {
	case absent && (doubt || r.any()):
		return commit.View{Sight: commit.Stored}
	case r.any(): // any state may be removed, also one that cannot be read
		return commit.View{Sight: commit.Unchanged}
	case absent:
		return commit.View{Sight: commit.Overtaken}
	case err != nil:
		return unseen(r.object.said(err, r.actions()))
	case now.meta.Revision == r.want.public():
		return commit.View{Sight: commit.Unchanged}
	case !doubt, now.line.Judge("", r.want.line.Newest()) == lineage.Overtaken:
		return commit.View{Sight: commit.Overtaken}
	}
	return commit.View{Sight: commit.Unclear} // it may have been removed, and created again
}

// sendDelete sends one DELETE.
func (o *Object) sendDelete(ctx context.Context, in *s3.DeleteObjectInput, seen *exchange.Seen, optFns ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	in.Bucket, in.Key, in.ExpectedBucketOwner, in.RequestPayer = &o.bucket.name, &o.key, o.bucket.owner(), o.bucket.payer()
	return o.bucket.client.DeleteObject(ctx, in, append(optFns, watch(seen, maxAnswer))...)
}
