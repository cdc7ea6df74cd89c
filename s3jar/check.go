package s3jar

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/exchange"
	"github.com/awsjar/awsjar/internal/failure"
)

// Support says whether a server keeps a condition.
type Support string

const (
	// SupportHonoured: a write whose condition does not hold is refused.
	SupportHonoured Support = "honoured"
	// SupportRacy: it is refused if it comes alone, but of several writes at
	// the same moment more than one is done, and all but one are lost.
	SupportRacy Support = "racy"
	// SupportIgnored: it is done all the same, and something is lost.
	SupportIgnored Support = "ignored"
	// SupportRefused: the server does not take such requests.
	SupportRefused Support = "refused"
)

// Capabilities are the findings of [Bucket.Check].
type Capabilities struct {
	Create   Support // If-None-Match:* on PUT, for Create and the first Update
	Replace  Support // If-Match on PUT, for Update and PutIf
	Delete   Support // If-Match on DELETE; without it DeleteIf has a gap between its two requests
	Versions bool    // the writes got version ids: earlier versions are kept

	// Rounds is in how many rounds of simultaneous writes some were stored.
	// A race that was not seen in them is unlikely, not impossible: a server of
	// several nodes may have one that no round meets.
	Rounds int
}

// CheckOptions of [Bucket.Check].
type CheckOptions struct {
	// Rounds is how many rounds of simultaneous writes are made. Fewer than 20
	// miss races that real servers have. Default 20; less than 0: none.
	Rounds int
}

// Check finds out by scratch objects below Options.ScratchPrefix which
// conditions the server keeps. It sends some 9 requests one after another, then
// the rounds of CheckOptions: in each, 2 or 6 writes at once create an object,
// as many replace it, and one request for each version removes it. That makes
// some 190 requests in all, 210 in a bucket with versions; at AWS they cost
// less than a tenth of a US cent. Where the versions may not be removed they
// stay behind delete markers; if the context ends before, the last object
// stays.
//
// If Create or Replace is not honoured the error is [awsjar.ErrUnsupported]:
// on such a server only Get, Put and Delete are safe. Any other error leaves
// the Capabilities incomplete. Needs s3:PutObject, s3:GetObject and
// s3:DeleteObject, and s3:DeleteObjectVersion where the bucket keeps versions.
func (b *Bucket) Check(ctx context.Context, optFns ...func(*CheckOptions)) (Capabilities, error) {
	if err := b.ready(ctx); err != nil {
		return Capabilities{}, b.during("check", err)
	}
	if isMultiRegion(b.name) {
		return Capabilities{}, b.during("check", errMultiRegion)
	}
	var opts CheckOptions
	for _, fn := range optFns {
		fn(&opts)
	}
	c := checking{object: b.scratch()}
	c.alone(ctx)
	if len(c.ids) > 0 {
		if err := c.object.removeScratch(ctx, distinct(c.ids)...); c.err == nil {
			c.err = err
		}
	}
	c.races(ctx, b, cmp.Or(opts.Rounds, defaultRounds))
	if c.err == nil && (c.found.Create != SupportHonoured || c.found.Replace != SupportHonoured) {
		c.err = failure.Hinted("on such a server only Get, Put and Delete are safe",
			fmt.Errorf("%w: If-None-Match on PUT is %s, If-Match %s",
				awsjar.ErrUnsupported, c.found.Create, c.found.Replace))
	}
	return c.found, b.during("check", c.err)
}

const defaultRounds = 20

// distinct returns the strings without those that come again.
func distinct(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

// checking is a Check under way.
type checking struct {
	object *Object
	ids    []string // the versions to remove
	found  Capabilities
	err    error // the first that says nothing of a condition
}

// alone finds out which conditions are kept where requests come one at a time.
func (c *checking) alone(ctx context.Context) {
	c.found.Create = c.put(ctx, awsjar.None)
	if c.found.Create == SupportIgnored { // as it must be where nothing is
		c.found.Create = c.put(ctx, awsjar.None)
	}
	if len(c.ids) == 0 { // conditions are refused altogether
		c.put(ctx, awsjar.Any)
	}
	c.found.Replace = c.put(ctx, noRevision)
	if c.found.Replace == SupportHonoured && c.put(ctx, c.current(ctx)) == SupportHonoured {
		c.found.Replace = SupportRefused // even the right one
	}
	c.found.Delete = c.remove(ctx, noRevision)
	c.found.Versions = len(c.ids) > 0 && c.ids[0] != "null" && c.ids[0] != ""
}

// put sends PUTs alone, without a look, until an answer says whether a condition
// that does not hold was kept.
func (c *checking) put(ctx context.Context, replaces awsjar.Revision) Support {
	return c.try(ctx, func() commit.Answer {
		meta, answer := c.object.try(ctx, replaces)
		if answer.Outcome == commit.Accepted {
			c.ids = append(c.ids, meta.VersionID)
		}
		return answer
	})
}

// remove is put for a DELETE.
func (c *checking) remove(ctx context.Context, replaces awsjar.Revision) Support {
	etag := string(replaces)
	return c.try(ctx, func() commit.Answer {
		var seen exchange.Seen
		out, err := c.object.sendDelete(ctx, &s3.DeleteObjectInput{IfMatch: &etag}, &seen, sendOnce)
		if err == nil {
			c.ids = append(c.ids, aws.ToString(out.VersionId))
		}
		return c.object.answer(err, &seen, "s3:DeleteObject and s3:GetObject")
	})
}

// try sends a request a few times, while its answers say nothing.
func (c *checking) try(ctx context.Context, send func() commit.Answer) Support {
	if c.err != nil {
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
		c.err = ended(ctx, answer.Err)
		return ""
	}
}

// races makes rounds of two and of six writers by turns: two overlap more
// surely, and six reach more nodes of a server. It ends early once neither
// condition is left to be tried.
func (c *checking) races(ctx context.Context, b *Bucket, rounds int) {
	for i, hold := 0, minHold; i < rounds; i++ {
		if c.err != nil || c.found.Create != SupportHonoured && c.found.Replace != SupportHonoured {
			return
		}
		begun := time.Now()
		seen, err := b.round(ctx, 2+i%2*4, hold)
		if i == 0 {
			hold = holdAfter(time.Since(begun))
		}
		if seen[ifNoneMatch].broken() && c.found.Create == SupportHonoured {
			c.found.Create = SupportRacy
		}
		if seen[ifMatch].broken() && c.found.Replace == SupportHonoured {
			c.found.Replace = SupportRacy
		}
		if len(seen[ifNoneMatch].stored) > 0 && len(seen[ifMatch].stored) > 0 {
			c.found.Rounds++ // where all are throttled nothing was seen
		}
		c.err = cmp.Or(ctx.Err(), err)
	}
}

func (c *checking) current(ctx context.Context) awsjar.Revision {
	if c.err != nil {
		return awsjar.None
	}
	_, meta, err := c.object.Load(ctx)
	c.err = err
	return meta.Revision
}
