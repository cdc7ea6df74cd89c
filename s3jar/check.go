package s3jar

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/failure"
)

// Support is what a server makes of a condition.
type Support string

const (
	// SupportHonoured: a write whose condition does not hold is refused.
	SupportHonoured Support = "honoured"
	// SupportIgnored: it is done all the same, and something is lost.
	SupportIgnored Support = "ignored"
	// SupportRefused: the server does not take such requests.
	SupportRefused Support = "refused"
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
// If Create or Replace is not honoured the error is [awsjar.ErrUnsupported]:
// on such a server only Get, Put and Delete are safe. Any other error leaves
// the rest of the Capabilities empty. Needs s3:PutObject, s3:GetObject and
// s3:DeleteObject, and s3:DeleteObjectVersion where the bucket keeps versions.
func (b *Bucket) Check(ctx context.Context) (Capabilities, error) {
	if err := b.ready(ctx); err != nil {
		return Capabilities{}, b.during("check", err)
	}
	p := probe{object: b.scratch()}
	p.run(ctx)
	if len(p.ids) > 0 {
		if err := p.object.removeScratch(ctx, slices.Compact(p.ids)...); p.err == nil {
			p.err = err
		}
	}
	if p.err == nil && (p.found.Create != SupportHonoured || p.found.Replace != SupportHonoured) {
		p.err = failure.Hinted("on such a server only Get, Put and Delete are safe",
			fmt.Errorf("%w: If-None-Match on PUT is %s, If-Match %s",
				awsjar.ErrUnsupported, p.found.Create, p.found.Replace))
	}
	return p.found, b.during("check", p.err)
}

// probe is a Check under way.
type probe struct {
	object *Object
	ids    []string // the versions to remove
	found  Capabilities
	err    error // the first that says nothing of a condition
}

func (p *probe) run(ctx context.Context) {
	const wrong = awsjar.Revision(`"00000000000000000000000000000000"`)
	p.found.Create = p.put(ctx, awsjar.None)
	if p.found.Create == SupportIgnored { // as it must be where nothing is
		p.found.Create = p.put(ctx, awsjar.None)
	}
	if len(p.ids) == 0 { // conditions are refused altogether
		p.put(ctx, awsjar.Any)
	}
	p.found.Replace = p.put(ctx, wrong)
	if p.found.Replace == SupportHonoured && p.put(ctx, p.current(ctx)) == SupportHonoured {
		p.found.Replace = SupportRefused // even the right one
	}
	p.found.Delete = p.remove(ctx, wrong)
	p.found.Versions = len(p.ids) > 0 && p.ids[0] != "null" && p.ids[0] != ""
}

// put sends PUTs alone, without a look, until one has an answer that says what
// became of a condition that does not hold.
func (p *probe) put(ctx context.Context, replaces awsjar.Revision) Support {
	return p.try(ctx, func() commit.Answer {
		w, err := newWrite([]byte("1"), replaces)
		if err != nil {
			return commit.Answer{Outcome: commit.Refused, Err: err}
		}
		meta, answer := p.object.put(ctx, w)
		if answer.Outcome == commit.Accepted {
			p.ids = append(p.ids, meta.VersionID)
		}
		return answer
	})
}

// remove is put for a DELETE.
func (p *probe) remove(ctx context.Context, replaces awsjar.Revision) Support {
	etag := string(replaces)
	return p.try(ctx, func() commit.Answer {
		var seen exchange
		out, err := p.object.sendDelete(ctx, &s3.DeleteObjectInput{IfMatch: &etag}, &seen, sendOnce)
		if err == nil {
			p.ids = append(p.ids, aws.ToString(out.VersionId))
		}
		return p.object.answer(err, &seen, "s3:DeleteObject and s3:GetObject")
	})
}

// try sends a request a few times, while its answers say nothing.
func (p *probe) try(ctx context.Context, send func() commit.Answer) Support {
	if p.err != nil {
		return ""
	}
	for attempt := 0; ; attempt++ {
		answer := send()
		switch answer.Outcome {
		case commit.Accepted:
			return SupportIgnored
		case commit.Mismatch:
			return SupportHonoured
		case commit.Refused:
		default:
			if attempt < maxReads-1 && pause(ctx, attempt) {
				continue
			}
		}
		if errors.Is(answer.Err, awsjar.ErrUnsupported) {
			return SupportRefused
		}
		p.err = ended(ctx, answer.Err)
		return ""
	}
}

func (p *probe) current(ctx context.Context) awsjar.Revision {
	if p.err != nil {
		return awsjar.None
	}
	_, meta, err := p.object.Load(ctx)
	p.err = err
	return meta.Revision
}
