package s3jar

import (
	"context"
	"sync"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
)

// raced is the result of several writes with one condition at the same time. At
// most one of them may be stored.
type raced struct {
	stored  []awsjar.Meta
	refused bool  // a write was told that the condition does not hold
	open    bool  // a write may or may not have been stored
	err     error // of a write about which nothing was said
}

// broken reports whether the server has told two writers that they were first.
func (r raced) broken() bool { return len(r.stored) > 1 }

// kept reports whether one writer was first and another one was told so.
func (r raced) kept() bool { return len(r.stored) == 1 && r.refused }

// round is a race of creates and, over the object that they leave, one of
// replacements.
type round [conditions]raced

// roundTime bounds the races of a round, and then the removal.
const roundTime = 10 * time.Second

// round sends writes of that number at once for each condition, whose bodies are
// held back for that long, and removes the object that they made.
func (b *Bucket) round(ctx context.Context, writers int, hold time.Duration) (round, error) {
	object := b.scratch()
	seen, ids := raceBoth(ctx, object, writers, hold)
	if len(ids) == 0 {
		return seen, nil
	}
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	return seen, object.removeScratch(ctx, ids...)
}

// raceBoth returns the ids of the versions that it made, too.
func raceBoth(ctx context.Context, object *Object, writers int, hold time.Duration) (seen round, ids []string) {
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	create := race(ctx, object, awsjar.None, newOverlap(writers, hold))
	seen[ifNoneMatch] = create
	now := awsjar.None
	switch {
	case len(create.stored) == 1:
		now = create.stored[0].Revision
	case create.open || create.broken(): // the winner's answer may have been lost
		if state, err := object.head(ctx); err == nil {
			now = state.meta.Revision
			ids = []string{state.meta.VersionID}
		}
	}
	if now != awsjar.None {
		seen[ifMatch] = race(ctx, object, now, newOverlap(writers, hold))
	}
	for _, all := range seen {
		for _, meta := range all.stored {
			ids = append(ids, meta.VersionID)
		}
	}
	return seen, distinct(ids)
}

// race sends the writes, all of which are under way before one can be over.
func race(ctx context.Context, object *Object, replaces awsjar.Revision, together *overlap) (seen raced) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range together.missing {
		wg.Go(func() {
			one := place{overlap: together}
			meta, answer := object.try(ctx, replaces, one.hold)
			one.arrive() // if it was not sent, the others do not wait for it
			mu.Lock()
			defer mu.Unlock()
			switch answer.Outcome {
			case commit.Accepted:
				seen.stored = append(seen.stored, meta)
			case commit.Mismatch, commit.Busy: // 409 for a PUT that met another one
				seen.refused = true
			default:
				seen.open = seen.open || answer.Outcome == commit.Lost
				seen.err = answer.Err
			}
		})
	}
	wg.Wait()
	return seen
}
