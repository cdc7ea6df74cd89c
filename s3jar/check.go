package s3jar

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
)

// Support is what a server makes of a condition.
type Support string

const (
	// Honoured: a write whose condition does not hold is refused.
	Honoured Support = "honoured"
	// Ignored: it is done all the same, and something is lost.
	Ignored Support = "ignored"
	// Refused: the server does not take such requests.
	Refused Support = "refused"
)

// Capabilities are what [Bucket.Check] found out.
type Capabilities struct {
	Create   Support // If-None-Match:* on PUT, for Create and the first Update
	Replace  Support // If-Match on PUT, for Update and PutIf
	Delete   Support // If-Match on DELETE; without it DeleteIf has a gap between its two requests
	Versions bool    // the writes got version ids: earlier versions are kept
}

// Check finds out by a scratch object below Options.ScratchPrefix what the
// server makes of conditions, by about 9 requests. The object is removed
// afterwards, with its versions where that is allowed; if the context ends
// before, it stays.
//
// If Create or Replace is not Honoured the error is [awsjar.ErrUnsupported]:
// on such a server only Get, Put and Delete are safe. Any other error leaves
// the rest of the Capabilities empty. Needs s3:PutObject, s3:GetObject and
// s3:DeleteObject, and s3:DeleteObjectVersion where the bucket keeps versions.
func (b *Bucket) Check(ctx context.Context) (Capabilities, error) {
	if err := b.ready(ctx); err != nil {
		return Capabilities{}, b.during("check", "", err)
	}
	p := probe{object: b.scratch()}
	p.run(ctx)
	if len(p.ids) > 0 {
		if err := p.object.removeScratch(ctx, slices.Compact(p.ids)...); p.err == nil {
			p.err = err
		}
	}
	if p.err == nil && (p.found.Create != Honoured || p.found.Replace != Honoured) {
		p.err = advised("on such a server only Get, Put and Delete are safe",
			fmt.Errorf("%w: If-None-Match on PUT is %s, If-Match %s",
				awsjar.ErrUnsupported, p.found.Create, p.found.Replace))
	}
	return p.found, b.during("check", "", p.err)
}

// probe is a Check under way.
type probe struct {
	object *Object
	ids    []string // the versions to remove
	found  Capabilities
	err    error // the first that says nothing of a condition
}

func (p *probe) run(ctx context.Context) {
	wrong := revision{etag: `"00000000000000000000000000000000"`}.public()
	p.found.Create = p.save(ctx, awsjar.None)
	if p.found.Create == Ignored { // as it must be where nothing is
		p.found.Create = p.save(ctx, awsjar.None)
	}
	if len(p.ids) == 0 { // conditions are refused altogether
		p.save(ctx, awsjar.Any)
	}
	p.found.Replace = p.save(ctx, wrong)
	if p.found.Replace == Honoured && p.save(ctx, p.current(ctx)) == Honoured {
		p.found.Replace = Refused // even the right one
	}
	p.found.Delete = p.remove(ctx, wrong)
	p.found.Versions = len(p.ids) > 0 && p.ids[0] != "null" && p.ids[0] != ""
}

// save writes the object. Its outcome tells what became of a condition that
// does not hold.
func (p *probe) save(ctx context.Context, replaces awsjar.Revision) Support {
	if p.err != nil {
		return ""
	}
	meta, err := p.object.Save(ctx, []byte("1"), replaces)
	if err == nil {
		p.ids = append(p.ids, meta.VersionID)
	}
	return p.outcome(err)
}

// remove sends the DELETE alone, without the read before it.
func (p *probe) remove(ctx context.Context, replaces awsjar.Revision) Support {
	if p.err != nil {
		return ""
	}
	etag := string(replaces)
	out, err := p.object.sendDelete(ctx, &s3.DeleteObjectInput{IfMatch: &etag}, sendOnce)
	if err == nil {
		p.ids = append(p.ids, aws.ToString(out.VersionId))
	}
	return p.outcome(p.object.explain(err, "s3:DeleteObject and s3:GetObject"))
}

func (p *probe) current(ctx context.Context) awsjar.Revision {
	if p.err != nil {
		return awsjar.None
	}
	_, meta, err := p.object.Load(ctx)
	p.err = err
	return meta.Revision
}

func (p *probe) outcome(err error) Support {
	switch {
	case err == nil:
		return Ignored
	case errors.Is(err, awsjar.ErrConflict):
		return Honoured
	case errors.Is(err, awsjar.ErrUnsupported):
		return Refused
	}
	p.err = err
	return ""
}
