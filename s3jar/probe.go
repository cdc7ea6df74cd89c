package s3jar

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/failure"
)

// Of two writes that overlap, the servers known to race store both in 70 to 100
// of 100 rounds, and in fewer on a machine that is overloaded.
const probeRounds = 8

// probe tries out once whether a server keeps conditions, for a Bucket and all
// that was made from it.
type probe struct {
	turn     chan struct{} // holds a value while somebody probes
	done     bool          // guarded by turn
	verdicts [conditions]error
}

func newProbe() *probe { return &probe{turn: make(chan struct{}, 1)} }

// probed returns an error if the server is one that does not keep the
// condition. The first call finds out, if the server is not one of AWS.
func (b *Bucket) probed(ctx context.Context, c condition) error {
	if b.opts.SkipProbe {
		return nil
	}
	p := b.probe
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if p.done {
		return p.verdicts[c]
	}
	var verdicts [conditions]error
	server := b.server(ctx)
	if server == serverForeign {
		verdicts = b.tryOut(ctx)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if server == serverUnknown {
		return nil // the next call may find out: there may be credentials by then
	}
	p.done, p.verdicts = true, verdicts
	return verdicts[c]
}

// tryOut makes rounds of two creates, and of two replacements, at once: the
// first alone, since it alone tells of most servers whether they keep
// conditions, and then the others. Only two writes that were both accepted are
// a verdict; a refusal, throttling or silence is not.
func (b *Bucket) tryOut(ctx context.Context) (verdicts [conditions]error) {
	begun := time.Now()
	rounds := []round{b.scratchRound(ctx, minHold)}
	hold := holdAfter(time.Since(begun))
	if rounds[0].tellsMore() {
		rounds = append(rounds, make([]round, probeRounds-1)...)
		var wg sync.WaitGroup
		for i := 1; i < probeRounds; i++ {
			wg.Go(func() { rounds[i] = b.scratchRound(ctx, hold) })
		}
		wg.Wait()
	}
	for c := range conditions {
		verdicts[c] = b.verdict(ctx, c, rounds)
	}
	return verdicts
}

// tellsMore reports whether other rounds may tell more than this one: the server
// takes writes, and there is a condition that it may keep.
func (r round) tellsMore() bool {
	create, replace := r[ifNoneMatch], r[ifMatch]
	return len(create.stored)+len(replace.stored) > 0 && !(create.broken() && replace.broken())
}

// scratchRound is a round of two writers.
func (b *Bucket) scratchRound(ctx context.Context, hold time.Duration) round {
	seen, err := b.round(ctx, 2, hold)
	if err != nil {
		b.warn(ctx, "a scratch object could not be removed", b, "error", err)
	}
	return seen
}

func (b *Bucket) verdict(ctx context.Context, c condition, rounds []round) error {
	kept, err := false, error(nil)
	for _, seen := range rounds {
		if seen[c].broken() {
			return failure.Hinted("on such a server only Get, Put and Delete are safe; see what else it does with: awsjar check "+b.whole(),
				fmt.Errorf("%w: the server does not keep %s on PUT: two writes at once were both told that they were first", awsjar.ErrUnsupported, c))
		}
		kept, err = kept || seen[c].kept(), cmp.Or(err, seen[c].err)
	}
	if !kept {
		b.warn(ctx, "it could not be tried out whether the server keeps conditions", b, "condition", c.String(), "error", err)
	}
	return nil
}

// noRevision is one that no object has.
const noRevision = awsjar.Revision(`"00000000000000000000000000000000"`)

// try sends one PUT, without a look and without a repetition.
func (o *Object) try(ctx context.Context, replaces awsjar.Revision, optFns ...func(*s3.Options)) (awsjar.Meta, commit.Answer) {
	w, err := newWrite([]byte("1"), replaces)
	if err != nil {
		return awsjar.Meta{}, commit.Answer{Outcome: commit.Refused, Err: err}
	}
	return o.put(ctx, w, optFns...)
}

// warn tells Options.Logger of something that is no error of the call.
func (b *Bucket) warn(ctx context.Context, text string, place fmt.Stringer, args ...any) {
	if b.opts.Logger != nil {
		b.opts.Logger.WarnContext(ctx, "awsjar: "+text, append(args, "target", place.String())...)
	}
}
