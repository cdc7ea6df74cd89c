// Package ahead works on the elements of a sequence before a loop comes to them.
package ahead

import "iter"

// Limit bounds what is worked on, or waits for the loop, at once.
type Limit[In any] struct {
	Count int            // of elements; less than 1 means 1
	Slow  bool           // begin with one and go up as the loop goes on: it may end soon
	Bytes int64          // 0: any; the last element may exceed it
	Size  func(In) int64 // of an element, for Bytes
}

// Each yields work(v) for each v of in, in their order, while up to limit of
// them are worked on at once. An error of in is the last that it yields. When
// the loop over it stops, it waits for those that are under way.
func Each[In, Out any](in iter.Seq2[In, error], limit Limit[In], work func(In) (Out, error)) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		next, stop := iter.Pull2(in)
		defer stop()
		var pending []chan result[Out] // oldest first
		var sizes []int64
		defer func() {
			for _, c := range pending {
				<-c
			}
		}()
		bytes, done := int64(0), 0
		for more := true; ; {
			for more && len(pending) < limit.now(done) && (limit.Bytes == 0 || bytes < limit.Bytes) {
				v, err, ok := next()
				if ok {
					size := limit.size(v, err)
					pending, sizes, bytes = append(pending, start(v, err, work)), append(sizes, size), bytes+size
				}
				more = ok && err == nil
			}
			if len(pending) == 0 {
				return
			}
			r := <-pending[0]
			bytes -= sizes[0]
			pending, sizes, done = pending[1:], sizes[1:], done+1
			if !yield(r.out, r.err) {
				return
			}
		}
	}
}

// now returns how many elements may be under way after some are done.
func (l Limit[In]) now(done int) int {
	if l.Slow {
		return max(1, min(l.Count, 2*done))
	}
	return max(1, l.Count)
}

func (l Limit[In]) size(v In, err error) int64 {
	if l.Size == nil || err != nil {
		return 0
	}
	return max(0, l.Size(v))
}

type result[Out any] struct {
	out Out
	err error
}

// start works on v, or only passes its error on.
func start[In, Out any](v In, err error, work func(In) (Out, error)) chan result[Out] {
	c := make(chan result[Out], 1)
	if err != nil {
		c <- result[Out]{err: err}
		return c
	}
	go func() {
		out, err := work(v)
		c <- result[Out]{out, err}
	}()
	return c
}
