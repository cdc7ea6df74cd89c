package s3jar

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/awserr"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/lineage"
)

// A server that keeps conditions puts every write above the one that it
// replaced. So where the lineage that a GET brings holds the id that an
// accepted write of ours replaced, with another one above it, ours must be there
// too. If it is not, two writers were told that they had replaced the same
// value, and one of them has lost. This costs no request: the GET is one that
// was made anyway.

// accepted is a conditional write that the server said it had stored.
type accepted struct {
	id, replaced lineage.ID
	versionID    string
}

// alarm watches for an accepted write that is gone.
type alarm struct {
	last atomic.Pointer[accepted] // the last write that can be judged
	lost atomic.Pointer[accepted] // the first that was found missing
}

// note keeps a write that the server has accepted, for the GETs that are sent
// from now on. Not every write can be judged: one over the first write of a
// lineage cannot, since a late copy of that, which has no revision as its
// condition, may come back.
func (a *alarm) note(w write, meta awsjar.Meta) {
	if w.replaced.line.Writes() > 1 && meta.VersionID != "" {
		a.last.Store(&accepted{w.id, w.replaced.line.Newest(), meta.VersionID})
	}
}

// hear judges the lineage that a GET brought. last is alarm.last from before it
// was sent. If the write that was replaced is the newest again, somebody has
// undone ours, and later writes of others prove nothing about it.
func (a *alarm) hear(last *accepted, line lineage.Deep) {
	switch {
	case last == nil || line.Has(last.id) || !line.Has(last.replaced):
	case line.Newest() == last.replaced:
		a.last.CompareAndSwap(last, nil)
	default:
		a.lost.CompareAndSwap(nil, last)
	}
}

var errBroken = fmt.Errorf("%w: the server does not keep conditions: a write that it had accepted is missing below a later one, and updates were lost", awsjar.ErrUnsupported)

// notBroken returns errBroken after the alarm, unless the write that is missing
// was removed by somebody, as its version tells. AWS is believed: there it was
// somebody who copied an earlier version.
func (o *Object) notBroken(ctx context.Context) error {
	lost := o.alarm.lost.Load()
	if lost == nil {
		return nil
	}
	switch {
	case o.isRemoved(ctx, lost.versionID):
	case o.bucket.server(ctx) == serverAWS:
		o.bucket.warn(ctx, "an accepted write is missing below a later one: an earlier version was copied back", o)
	default:
		return failure.Hinted("see what this server does with: awsjar check "+o.bucket.whole()+
			"; it looks the same if somebody has copied an earlier version back with its metadata: then open the object anew", errBroken)
	}
	o.alarm.last.CompareAndSwap(lost, nil)
	o.alarm.lost.CompareAndSwap(lost, nil)
	return nil
}

// isRemoved reports whether it is certain that the version of that id is gone.
// Without versioning, where the id is "null", nobody can remove a write and
// leave the one before.
func (o *Object) isRemoved(ctx context.Context, versionID string) bool {
	if versionID == "null" {
		return false
	}
	var seen exchange.Seen
	_, err := o.bucket.client.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: &o.bucket.name, Key: &o.key, VersionId: &versionID, ExpectedBucketOwner: o.bucket.owner(), RequestPayer: o.bucket.payer(),
	}, watch(&seen, maxAnswer))
	return awserr.Status(err) == http.StatusNotFound
}
