package s3jar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/failure"
)

// probeTime bounds one probe.
const probeTime = 5 * time.Second

// probes are those of a Bucket and all that was made from it: one for each
// condition.
type probes [conditions]probe

func newProbes() *probes {
	var all probes
	for i := range all {
		all[i].turn = make(chan struct{}, 1)
	}
	return &all
}

// probe tries out once whether a server ignores a condition.
type probe struct {
	turn chan struct{} // holds a value while somebody probes
	done bool          // guarded by turn
	err  error         // the verdict, once it is done; nil unless the condition is ignored
}

// probed returns an error if the server is one that ignores the condition. The
// first call for each condition finds out, if the server is not one of AWS.
func (b *Bucket) probed(ctx context.Context, c condition) error {
	if b.opts.SkipProbe {
		return nil
	}
	p := &b.probes[c]
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if p.done {
		return p.err
	}
	if b.server(ctx) == serverForeign {
		p.err = b.probe(ctx, c)
	}
	p.done = ctx.Err() == nil || p.err != nil
	return p.err
}

// probe writes a scratch object twice, the second time with a condition that
// does not hold, and removes it. Only a second write that is accepted is a
// verdict; a refusal, throttling or silence is not.
func (b *Bucket) probe(ctx context.Context, c condition) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	scratch := b.scratch()
	first, answer := scratch.try(ctx, awsjar.None)
	if answer.Outcome != commit.Accepted {
		b.noVerdict(ctx, c, answer)
		return nil
	}
	ids := []string{first.VersionID}
	wrong := awsjar.None
	if c == ifMatch {
		wrong = noRevision
	}
	second, answer := scratch.try(ctx, wrong)
	if answer.Outcome == commit.Accepted && second.VersionID != first.VersionID {
		ids = append(ids, second.VersionID)
	}
	if err := scratch.removeScratch(ctx, ids...); err != nil {
		b.warn(ctx, "a scratch object could not be removed", scratch, "error", err)
	}
	switch answer.Outcome {
	case commit.Accepted:
		return failure.Hinted("on such a server only Get, Put and Delete are safe; see what else it does with: awsjar check "+b.String(),
			fmt.Errorf("%w: the server ignores %s on PUT", awsjar.ErrUnsupported, c))
	case commit.Mismatch:
	default:
		b.noVerdict(ctx, c, answer)
	}
	return nil
}

// noRevision is one that no object has.
const noRevision = awsjar.Revision(`"00000000000000000000000000000000"`)

// try sends one PUT, without a look and without a repetition.
func (o *Object) try(ctx context.Context, replaces awsjar.Revision) (awsjar.Meta, commit.Answer) {
	w, err := newWrite([]byte("1"), replaces)
	if err != nil {
		return awsjar.Meta{}, commit.Answer{Outcome: commit.Refused, Err: err}
	}
	return o.put(ctx, w)
}

func (b *Bucket) noVerdict(ctx context.Context, c condition, answer commit.Answer) {
	err := answer.Err
	if err == nil {
		err = errors.New(answer.Outcome.String())
	}
	b.warn(ctx, "it could not be tried out whether the server keeps conditions", b, "condition", c.String(), "error", err)
}

// warn tells Options.Logger of something that is no error of the call.
func (b *Bucket) warn(ctx context.Context, text string, place fmt.Stringer, args ...any) {
	if b.opts.Logger != nil {
		b.opts.Logger.WarnContext(ctx, "awsjar: "+text, append(args, "target", place.String())...)
	}
}
