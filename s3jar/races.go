package s3jar

import (
	"context"
	"sync"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
)

// racers is how many writes of a round are sent at once.
const racers = 6

// races sends several writes with one condition at the same moment, round for
// round. Of each round at most one may be stored. It ends early once neither
// condition is left to be tried.
func (c *checking) races(ctx context.Context, b *Bucket, rounds int) {
	for range rounds {
		if c.err != nil || c.found.Create != SupportHonoured && c.found.Replace != SupportHonoured {
			return
		}
		c.round(ctx, b.scratch())
	}
}

// round is one of creates and, over what they leave, one of replacements. It
// counts if both had a winner: where all are throttled nothing was seen.
func (c *checking) round(ctx context.Context, object *Object) {
	created := race(ctx, object, awsjar.None)
	if len(created) > 1 && c.found.Create == SupportHonoured {
		c.found.Create = SupportRacy
	}
	ids, now := idsOf(created), awsjar.Revision("")
	if len(created) == 1 {
		now = created[0].Revision
	} else if state, err := object.head(ctx); err == nil { // the winner's answer may have been lost
		now = state.meta.Revision
		ids = append(ids, state.meta.VersionID)
	}
	var replaced []awsjar.Meta
	if now != awsjar.None {
		replaced = race(ctx, object, now)
	}
	if len(replaced) > 1 && c.found.Replace == SupportHonoured {
		c.found.Replace = SupportRacy
	}
	if len(created) > 0 && len(replaced) > 0 {
		c.found.Rounds++
	}
	if ids = distinct(append(ids, idsOf(replaced)...)); len(ids) > 0 {
		c.err = object.removeScratch(ctx, ids...)
	}
	if err := ctx.Err(); err != nil {
		c.err = err
	}
}

// race sends the writes and returns those that the server says it has stored.
func race(ctx context.Context, object *Object, replaces awsjar.Revision) (stored []awsjar.Meta) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for range racers {
		wg.Go(func() {
			<-gate
			meta, answer := object.try(ctx, replaces)
			if answer.Outcome == commit.Accepted {
				mu.Lock()
				defer mu.Unlock()
				stored = append(stored, meta)
			}
		})
	}
	close(gate)
	wg.Wait()
	return stored
}

// idsOf returns the ids of the versions.
func idsOf(metas []awsjar.Meta) (ids []string) {
	for _, meta := range metas {
		ids = append(ids, meta.VersionID)
	}
	return ids
}
