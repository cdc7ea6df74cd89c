package linear

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aws/smithy-go"

	"github.com/awsjar/awsjar"
)

// client makes calls, one after another.
type client struct {
	Config
	ctx     context.Context
	id      int
	jar     *awsjar.Jar[Value]
	rng     *rand.Rand
	began   []Value // the values that the last update found, one for each attempt
	history []Call
	report  Report
}

// one makes one random call; a conditional one after a call that loads.
func (c *client) one(name string) {
	v := Value{By: name}
	if c.Counter {
		v.By = ""
		if c.rng.IntN(100) < 20 {
			c.get()
			return
		}
		c.update(v)
		return
	}
	switch n := c.rng.IntN(100); {
	case n < 20:
		c.get()
	case n < 30 && c.may(opPut):
		c.call(input{Op: opPut, V: v}, func(ctx context.Context) (Value, error) { return Value{}, c.jar.Put(ctx, v) })
	case n < 42:
		c.call(input{Op: opCreate, V: v}, func(ctx context.Context) (Value, error) { return Value{}, c.jar.Create(ctx, v) })
	case n < 60:
		if entry, loaded := c.load(); loaded {
			c.call(input{Op: opPutIf, V: v, From: entry.Value}, func(ctx context.Context) (Value, error) {
				_, err := c.jar.PutIf(ctx, v, entry.Revision)
				return Value{}, err
			})
		}
	case n >= 90 && n < 96 && c.may(opDelete):
		c.call(input{Op: opDelete}, func(ctx context.Context) (Value, error) { return Value{}, c.jar.Delete(ctx) })
	case n >= 96 && c.may(opDeleteIf):
		if entry, loaded := c.load(); loaded && entry.Revision != awsjar.None {
			c.call(input{Op: opDeleteIf, From: entry.Value}, func(ctx context.Context) (Value, error) {
				return Value{}, c.jar.DeleteIf(ctx, entry.Revision)
			})
		}
	default:
		c.update(v)
	}
}

// may reports whether a call is not left out.
func (c *client) may(op string) bool { return !c.Guarded && !slices.Contains(c.Without, op) }

func (c *client) update(by Value) {
	c.began = nil
	c.call(input{Op: opUpdate, V: by}, func(ctx context.Context) (Value, error) {
		return c.jar.Update(ctx, func(v *Value) error {
			c.began = append(c.began, *v)
			*v = v.updated(by.By)
			return nil
		})
	})
}

// get is a Get, or an update that returns the value it saw and changes nothing.
func (c *client) get() {
	if !c.OneJar || c.rng.IntN(2) == 0 {
		c.load()
		return
	}
	var failed error
	if c.rng.IntN(2) == 0 {
		failed = errors.New("a change of its own mind")
	}
	c.call(input{Op: opGet}, func(ctx context.Context) (seen Value, err error) {
		_, err = c.jar.Update(ctx, func(v *Value) error { seen = *v; return failed })
		if failed != nil && errors.Is(err, failed) {
			err = nil
		}
		return seen, err
	})
}

// load is a Get that returns the revision too.
func (c *client) load() (entry awsjar.Entry[Value], loaded bool) {
	c.call(input{Op: opGet}, func(ctx context.Context) (Value, error) {
		var err error
		entry, err = c.jar.Load(ctx)
		if errors.Is(err, awsjar.ErrNotFound) && !errors.Is(err, awsjar.ErrNoStore) {
			err = nil
		}
		loaded = err == nil
		return entry.Value, err
	})
	return entry, loaded
}

// call makes and records one call.
func (c *client) call(in input, do func(context.Context) (Value, error)) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(c.ctx, timeout)
	defer cancel()
	faults, repeats := c.faults()
	called := time.Now().UnixNano()
	v, err := do(ctx)
	returned := time.Now().UnixNano()
	c.report.Ops++
	out := output{V: v}
	switch {
	case err == nil:
	case errors.Is(err, awsjar.ErrUncertain):
		c.report.Uncertain++
		out.Result, returned = unknown, math.MaxInt64
	case errors.Is(err, awsjar.ErrConflict) && ctx.Err() == nil:
		c.report.Conflicts++
		out.Result = conflict
	default:
		c.report.Failed++
		c.report.Add(Report{Errors: map[string]int{fmt.Sprintf("%s: %v", in.Op, err): 1}})
		out.Result = failed // it must not have happened
	}
	if in.Op == opGet && out.Result == unknown {
		return
	}
	now, most := c.faults()
	switch {
	case in.Op == opDeleteIf && out.Result == ok && now > faults:
		out.Result = gone
	case out.Result == conflict && now-faults >= attempts && isBusy(err):
		out.Result = failed
	}
	if out.Result != failed {
		c.add(in, out, called, returned)
	}
	for range most - repeats {
		c.repeat(in, called)
	}
}

// attempts is the smallest number of times that S3's budget of a call sends a write
// that is answered with an error each time.
const attempts = 5

// isBusy reports whether the last answer to a write was S3's 409. A call ends with it
// if all attempts failed. It is a conflict then, which says that the write was not
// stored, and nothing about the value: the other write that S3 names may fail.
func isBusy(err error) bool {
	answer, ok := errors.AsType[smithy.APIError](err)
	return ok && answer.ErrorCode() == "ConditionalRequestConflict"
}

// repeat adds the effects that a request of a call may also have, if it is carried out
// once more and nothing guards it. An update has sent one for each value that
// it began with.
func (c *client) repeat(in input, called int64) {
	switch in.Op {
	case opPut, opDelete:
		c.add(in, output{Result: repeated}, called, math.MaxInt64)
	case opCreate, opPutIf:
		c.repeatIf(input{Op: opPutIf, V: in.V, From: in.From}, called)
	case opUpdate:
		for _, from := range c.began {
			c.repeatIf(input{Op: opPutIf, V: from.updated(in.V.By), From: from}, called)
		}
	}
}

// repeatIf adds one that has a condition, where Config.LateWrites allows it.
func (c *client) repeatIf(in input, called int64) {
	if c.LateWrites && (in.From == absent || c.duplicates()) {
		c.add(in, output{Result: repeated}, called, math.MaxInt64)
	}
}

// duplicates reports whether the network has sent any client's request twice.
func (c *client) duplicates() bool {
	return slices.ContainsFunc(c.Flaky, func(f *Flaky) bool { return f.Count()[LateDuplicate] > 0 })
}

// faults returns how many of this client's requests have gone wrong, and how
// often its writes may have been carried out besides.
func (c *client) faults() (total, repeats int) {
	if c.Flaky == nil {
		return 0, 0
	}
	flaky := c.Flaky[c.id-c.First]
	return flaky.Total(), flaky.Repeats()
}

func (c *client) add(in input, out output, called, returned int64) {
	c.history = append(c.history, Call{Client: c.id, In: in, Out: out, Called: called, Returned: returned})
}
