package awsjar

import (
	"bytes"
	"cmp"
	"context"
	"sync"
	"time"
)

// Recent returns the value as [Jar.Get] does, but without a request if this
// handle read it at most maxAge ago. A value that this handle wrote since is
// read anew. Use it where a value may be a little old, such as a setting that
// each invocation of a function reads.
//
// The age counts from before the request was sent, by the longer of the machine's
// two clocks: the monotonic clock stands still while Lambda freezes a function
// between two invocations. The first call reads, and from then on the handle
// keeps the bytes of the last value that it read.
func (j *Jar[T]) Recent(ctx context.Context, maxAge time.Duration) (T, error) {
	if err := cmp.Or(j.ready(), ctx.Err()); err != nil {
		var zero T
		return zero, j.fail("get", err)
	}
	if data, meta, err, ok := j.recent.get(maxAge); ok {
		entry, err := j.entry(data, meta, err)
		if err != nil && j.startsAnew(err) {
			err = nil
		}
		return entry.Value, j.fail("get", err)
	}
	return j.Get(ctx)
}

// recent is the last read of a handle. It keeps nothing until Recent is used.
type recent struct {
	mu     sync.Mutex
	used   bool
	writes int // that this handle began or ended

	valid bool
	data  []byte
	meta  Meta
	err   error // ErrNotFound
	sent  time.Time
}

// reading is a read that began.
type reading struct {
	writes int
	sent   time.Time
}

func (r *recent) begin() reading {
	r.mu.Lock()
	defer r.mu.Unlock()
	return reading{r.writes, time.Now()}
}

// end keeps the answer of a read, unless this handle wrote meanwhile, or has the
// answer of a read that began later.
func (r *recent) end(begun reading, data []byte, meta Meta, err error) {
	if err != nil && !absent(err) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.used && r.writes == begun.writes && !(r.valid && begun.sent.Before(r.sent)) {
		r.valid, r.data, r.meta, r.err, r.sent = true, bytes.Clone(data), meta, err, begun.sent
	}
}

// get returns the last read if it is not older than maxAge.
func (r *recent) get(maxAge time.Duration) (data []byte, meta Meta, err error, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used = true
	if !r.valid || longest(r.sent, time.Now()) > maxAge {
		return nil, Meta{}, nil, false
	}
	return bytes.Clone(r.data), r.meta, r.err, true
}

// writing forgets the last read, before and after a write of this handle.
func (r *recent) writing() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes++
	r.valid, r.data = false, nil
}

// longest returns the longest time that may have passed between two moments of
// this machine.
func longest(from, to time.Time) time.Duration {
	return max(to.Sub(from), to.Round(0).Sub(from.Round(0)))
}
