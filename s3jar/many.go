package s3jar

import (
	"context"
	"errors"
	"iter"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/ahead"
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
	// return, they begin nothing more, and end when the requests under way are
	// done; those are counted too.
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
// comes without a Key and is the last. When the loop ends early, the requests
// under way are cancelled.
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
		for entry, err := range ahead.Each(keys, ahead.Limit[KeyMeta]{Count: opts.Concurrency}, get) {
			done++
			opts.Progress(done)
			if !yield(entry, err) {
				cancel() // before Each waits for the requests under way
				return
			}
		}
	}
}

// PutAll stores each value under its key, over any value that is there, and
// returns how many it stored.
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

// run works on each v of in, counts the successes and collects the errors.
// After an error, unless KeepGoing says otherwise, it begins nothing more; but
// the work under way then is counted too.
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
	for _, err := range ahead.Each(begun, ahead.Limit[In]{Count: opts.Concurrency}, func(v In) (struct{}, error) { return struct{}{}, work(v) }) {
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
