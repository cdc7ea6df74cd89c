package s3jar

import (
	"context"
	"errors"
	"iter"

	"github.com/awsjar/awsjar"
)

// ManyOptions of [GetAll], [PutAll] and [DeleteAll].
type ManyOptions struct {
	// Concurrency is how many objects are under way at once. S3 takes at
	// least 3,500 writes and 5,500 reads a second for each prefix (user
	// guide, "Best practices design patterns"). Default 16, also if it is less
	// than 1.
	Concurrency int

	// KeepGoing makes PutAll and DeleteAll go on after an error, and return
	// all errors joined. Default false: after the first one, which they
	// return, they begin nothing more, and end when what is under way is
	// done; that is counted too.
	KeepGoing bool

	// Progress is called with the number of objects that are done, after
	// each of them, failed ones included, and never twice at once.
	// Default nil.
	Progress func(done int)

	// Codec turns values into bytes and back. Default awsjar.JSON{}.
	Codec awsjar.Codec
}

func manyOptions(optFns []func(*ManyOptions)) ManyOptions {
	var opts ManyOptions
	for _, fn := range optFns {
		fn(&opts)
	}
	if opts.Concurrency < 1 {
		opts.Concurrency = 16
	}
	if opts.Codec == nil {
		opts.Codec = awsjar.JSON{}
	}
	if opts.Progress == nil {
		opts.Progress = func(int) {}
	}
	return opts
}

func (o ManyOptions) jar(opts *awsjar.Options) { opts.Codec = o.Codec }

// KeyEntry is a value with its key.
type KeyEntry[T any] struct {
	Key string
	awsjar.Entry[T]
}

// GetAll yields the value of each key in the order of the keys, which are
// those of [Bucket.Keys] or of [KeyList]. Values are loaded ahead, as many as
// Concurrency says, and no more are held in memory.
//
// A key that cannot be loaded is yielded with its error, [awsjar.ErrNotFound]
// if it was removed meanwhile; the loop may go on after it. An error of keys
// comes without a Key and is the last. When the loop ends early, what is under
// way is cancelled.
func GetAll[T any](ctx context.Context, b *Bucket, keys iter.Seq2[KeyMeta, error], optFns ...func(*ManyOptions)) iter.Seq2[KeyEntry[T], error] {
	opts := manyOptions(optFns)
	return func(yield func(KeyEntry[T], error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		get := func(key KeyMeta) (KeyEntry[T], error) {
			entry, err := awsjar.New[T](b.Object(key.Key), opts.jar).Load(ctx)
			return KeyEntry[T]{key.Key, entry}, err
		}
		done := 0
		for entry, err := range ahead(keys, opts.Concurrency, get) {
			done++
			opts.Progress(done)
			if !yield(entry, err) {
				cancel() // before ahead waits for what is under way
				return
			}
		}
	}
}

// PutAll stores each value under its key, whatever is there, and returns how
// many it stored.
func PutAll[T any](ctx context.Context, b *Bucket, values iter.Seq2[string, T], optFns ...func(*ManyOptions)) (stored int, err error) {
	opts := manyOptions(optFns)
	entries := func(yield func(KeyEntry[T], error) bool) {
		for key, value := range values {
			if !yield(KeyEntry[T]{key, awsjar.Entry[T]{Value: value}}, nil) {
				return
			}
		}
	}
	return run(opts, entries, func(e KeyEntry[T]) error {
		return awsjar.New[T](b.Object(e.Key), opts.jar).Put(ctx, e.Value)
	})
}

// DeleteAll removes each key, which are those of [Bucket.Keys] or of
// [KeyList], and returns how many it removed, absent ones included. Where the
// bucket keeps versions, they stay behind delete markers. With Keys(ctx, "")
// it empties the bucket.
func DeleteAll(ctx context.Context, b *Bucket, keys iter.Seq2[KeyMeta, error], optFns ...func(*ManyOptions)) (removed int, err error) {
	opts := manyOptions(optFns)
	return run(opts, keys, func(key KeyMeta) error {
		return b.Object(key.Key).Delete(ctx, awsjar.Any)
	})
}

// run works on each v of in, counts what went well and collects what did not.
// After an error, unless KeepGoing says otherwise, it begins nothing more; but
// what is under way then is counted too.
func run[In any](opts ManyOptions, in iter.Seq2[In, error], work func(In) error) (good int, err error) {
	failed := false // set and read by this goroutine alone
	begun := func(yield func(In, error) bool) {
		for v, err := range in {
			if !yield(v, err) || failed && !opts.KeepGoing {
				return
			}
		}
	}
	done := 0
	var errs []error
	for _, err := range ahead(begun, opts.Concurrency, func(v In) (struct{}, error) { return struct{}{}, work(v) }) {
		done++
		opts.Progress(done)
		if err == nil {
			good++
			continue
		}
		if !failed || opts.KeepGoing {
			errs = append(errs, err)
		}
		failed = true
	}
	return good, errors.Join(errs...)
}

// ahead yields work(v) for each v of in, in their order, while up to limit of
// them are worked on at once. An error of in is the last that it yields. When
// the loop over it stops, it waits for those that are under way.
func ahead[In, Out any](in iter.Seq2[In, error], limit int, work func(In) (Out, error)) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		next, stop := iter.Pull2(in)
		defer stop()
		var pending []chan result[Out] // oldest first
		defer func() {
			for _, c := range pending {
				<-c
			}
		}()
		for more := true; ; {
			for more && len(pending) < max(limit, 1) {
				v, err, ok := next()
				if ok {
					pending = append(pending, start(v, err, work))
				}
				more = ok && err == nil
			}
			if len(pending) == 0 {
				return
			}
			r := <-pending[0]
			pending = pending[1:]
			if !yield(r.out, r.err) {
				return
			}
		}
	}
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
