package s3jar

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/commit"
	"github.com/awsjar/awsjar/internal/failure"
	"github.com/awsjar/awsjar/internal/lineage"
)

// budget bounds every call that writes. The first wait is near the time of one
// request of S3; all together are some 3 seconds.
var budget = commit.Budget{Requests: 12, Time: 10 * time.Second, FirstWait: 20 * time.Millisecond, MaxWait: time.Second}

// run runs a write by package commit.
func (o *Object) run(ctx context.Context, w commit.Write, c commit.Call) error {
	if c.Replaces != awsjar.Any {
		if err := o.mayReplace(ctx); err != nil {
			return err
		}
	}
	c.Budget, c.Logger, c.Target = budget, o.bucket.opts.Logger, o
	err := commit.Run(ctx, w, c)
	switch {
	case errors.Is(err, commit.ErrHolds) && strings.HasPrefix(string(c.Replaces), "W/"): // a weak ETag, which never fits (RFC 9110, section 13.1.1)
		return failure.Hinted("the ETag is a weak one: something on the way to S3 changes the answers, such as a proxy that compresses them, and no condition fits. Switch that off for this bucket", err)
	case errors.Is(err, commit.ErrHolds):
		return failure.Hinted("some servers take a delete marker for an object: remove the marker, or store the value once without a condition, with Put", err)
	case isBusy(err) && ctx.Err() == nil:
		err = failure.Said(awsjar.ErrConflict.Error(), awsjar.ErrConflict, err)
	}
	if errors.Is(err, awsjar.ErrConflict) {
		o.last.Store(nil) // the value that is kept may have the revision that did not fit
	}
	return err
}

// replace stores w over the revision that it replaces. The error of a lost
// race carries the value of the last look, for the next round of an Update.
//
// A revision that this Object has not seen last may be older than the lineage
// reaches; after a refused PUT nothing would then prove that the write was not
// stored. So a look comes first: before anything was sent there is no doubt.
func (o *Object) replace(ctx context.Context, w write) (awsjar.Meta, error) {
	r := &replacing{object: o, write: w}
	call, condition := commit.Call{Replaces: w.replaces}, ifNoneMatch
	if w.replaces != awsjar.None {
		condition = ifMatch
		r.others, call.LookFirst = o.othersOf(w.replaces)
	}
	if err := o.bucket.probed(ctx, condition); err != nil {
		return awsjar.Meta{}, err
	}
	if err := o.run(ctx, r, call); err != nil {
		return awsjar.Meta{}, r.seen.carriedBy(err, o)
	}
	o.alarm.note(w, r.meta)
	o.saw(state{meta: r.meta, others: r.others})
	return r.meta, nil
}

// saw notes the state that was loaded or stored.
func (o *Object) saw(now state) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.known = now
}

// othersOf returns the properties of a revision, or that it is not the last
// that this Object has loaded or stored.
func (o *Object) othersOf(r awsjar.Revision) (others *properties, unknown bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known.meta.Revision != r {
		return nil, true
	}
	return o.known.others, false
}

// replacing is a conditional write on its way.
type replacing struct {
	object *Object
	write
	meta awsjar.Meta // of the write, once it is stored
	seen look        // the last one
}

// Send implements [commit.Write].
func (r *replacing) Send(ctx context.Context) (answer commit.Answer) {
	r.meta, answer = r.object.put(ctx, r.write)
	return answer
}

// Look implements [commit.Write]. Without doubt, a lineage that names every
// write since it began proves by that alone that this one is not in it. A full
// one does not: more writes than it names may have followed.
func (r *replacing) Look(ctx context.Context, doubt bool) commit.View {
	r.seen = r.object.look(ctx, len(r.data))
	r.object.saw(r.seen.state)
	now, replaced := r.seen.state, r.replaced.line.Newest()
	if now.etag != "" && now.etag == r.replaced.etag {
		r.others = now.others
	}
	switch {
	case r.seen.err != nil:
		return unseen(r.seen.err)
	case now.line.Has(r.id):
		r.meta = r.write.meta(now)
		return commit.View{Sight: commit.Stored}
	case now.etag == r.replaced.etag && (!doubt || now.line.Newest() == replaced):
		return commit.View{Sight: commit.Unchanged} // or both are empty: nothing was there, nothing is there
	case !doubt && !now.line.Full(), now.line.Judge(r.id, replaced) == lineage.Overtaken:
		return commit.View{Sight: commit.Overtaken}
	}
	return commit.View{Sight: commit.Unclear}
}

// overwrite stores data over any state.
func (o *Object) overwrite(ctx context.Context, data []byte) (awsjar.Meta, error) {
	w := &overwriting{object: o, data: data}
	if err := o.run(ctx, w, commit.Call{Replaces: awsjar.Any}); err != nil {
		return awsjar.Meta{}, err
	}
	o.saw(state{meta: w.meta})
	return w.meta, nil
}

// overwriting is an unconditional write on its way. Each Send has an id of its
// own: if one that was lost arrives after all, over another writer's value,
// that writer can see that its value is gone.
type overwriting struct {
	object *Object
	data   []byte
	lost   []write     // those whose answer was lost
	meta   awsjar.Meta // of the write, once it is stored
}

// Send implements [commit.Write].
func (w *overwriting) Send(ctx context.Context) (answer commit.Answer) {
	sent, err := newWrite(w.data, awsjar.Any)
	if err != nil {
		return commit.Answer{Outcome: commit.Refused, Err: err}
	}
	w.meta, answer = w.object.put(ctx, sent)
	if answer.Outcome == commit.Lost {
		w.lost = append(w.lost, sent)
	}
	return answer
}

// Look implements [commit.Write]. The write may replace every state, so any
// that does not show it is Unchanged, and so is one that cannot be read.
func (w *overwriting) Look(ctx context.Context, _ bool) commit.View {
	if len(w.lost) == 0 {
		return commit.View{Sight: commit.Unchanged}
	}
	now, err := w.object.head(ctx, sendOnce)
	for _, sent := range w.lost {
		if err == nil && now.line.Has(sent.id) {
			w.meta = sent.meta(now)
			return commit.View{Sight: commit.Stored}
		}
	}
	return commit.View{Sight: commit.Unchanged}
}
