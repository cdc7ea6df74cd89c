package s3jar

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"sync"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/ahead"
	"github.com/awsjar/awsjar/internal/failure"
)

// ManyOptions of [GetAll], [PutAll] and [DeleteAll].
type ManyOptions struct {
	// Concurrency is how many objects are under way at once. S3 takes at
	// least 3,500 writes and 5,500 reads a second for each prefix (user
	// guide, "Best practices design patterns"). Default 16.
	Concurrency int

	// KeepGoing makes PutAll and DeleteAll go on after an error until the
	// context ends, and return all errors joined. Default false: after the
	// first one, which they return, they begin nothing more, and end when the
	// requests under way are done; those are counted too.
	KeepGoing bool

	// Progress is called with the number of objects that are done, after
	// each of them, failed ones included, and never twice at once.
	// Default nil.
	Progress func(done int)

	// Codec turns values into bytes and back. Default awsjar.JSON{}.
	Codec awsjar.Codec
}

// manyOptions returns the options in effect, and the error of those that are
// refused or of a nil iterator.
func manyOptions[K, V any](all iter.Seq2[K, V], optFns []func(*ManyOptions)) (ManyOptions, error) {
	var opts ManyOptions
	for _, fn := range optFns {
		fn(&opts)
	}
	opts.Concurrency = cmp.Or(opts.Concurrency, 16)
	if opts.Codec == nil {
		opts.Codec = awsjar.JSON{}
	}
	if opts.Progress == nil {
		opts.Progress = func(int) {}
	}
	if all == nil {
		return opts, invalid("take that of Bucket.Keys, of KeyList or of maps.All", "the iterator is nil")
	}
	return opts, failure.Negative("ManyOptions.Concurrency", opts.Concurrency)
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
	opts, refused := manyOptions(keys, optFns)
	return func(yield func(KeyEntry[T], error) bool) {
		if refused != nil {
			yield(KeyEntry[T]{}, b.during("load", refused))
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		get := func(key KeyMeta) (KeyEntry[T], error) {
			entry, err := awsjar.New[T](b.Object(key.Key), opts.jar).Load(ctx)
			return KeyEntry[T]{key.Key, entry}, err
		}
		given, done := 0, 0
		objects := func(yield func(KeyMeta, error) bool) {
			for key, err := range keys {
				if err == nil {
					given++
				}
				if !yield(key, err) {
					return
				}
			}
		}
		for entry, err := range ahead.Each(objects, ahead.Limit[KeyMeta]{Count: opts.Concurrency}, get) {
			if done < given { // an error of keys is about no object
				done++
				opts.Progress(done)
			}
			if !yield(entry, err) {
				cancel() // before Each waits for the requests under way
				return
			}
		}
	}
}

// PutAll stores each value under its key, over any value that is there, and
// returns how many it stored. The values of one key are stored one after another,
// so that the last of them stays.
func PutAll[T any](ctx context.Context, b *Bucket, values iter.Seq2[string, T], optFns ...func(*ManyOptions)) (stored int, err error) {
	opts, err := manyOptions(values, optFns)
	if err != nil {
		return 0, b.during("put", err)
	}
	all := queues{last: map[string]chan struct{}{}}
	puts := func(yield func(func() error, error) bool) {
		for key, value := range values {
			before, leave := all.enter(key)
			put := func() error {
				defer leave()
				if before != nil {
					<-before
				}
				return awsjar.New[T](b.Object(key), opts.jar).Put(ctx, value)
			}
			if !yield(put, nil) {
				return
			}
		}
	}
	return run(ctx, opts, puts, func(put func() error) error { return put() })
}

// queues has a queue of the PUTs under way for each key.
type queues struct {
	mu   sync.Mutex
	last map[string]chan struct{} // closed once the last PUT in the queue is over
}

// enter adds a PUT to the queue of its key. It returns a channel that is closed
// once the PUT before it is over, nil if there is none, and the function to call
// when the PUT itself is over.
func (q *queues) enter(key string) (before <-chan struct{}, leave func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	before, mine := q.last[key], make(chan struct{})
	q.last[key] = mine
	return before, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.last[key] == mine {
			delete(q.last, key)
		}
		close(mine)
	}
}

// run works on each v of in, counts the successes and collects the errors.
// After an error, unless KeepGoing says otherwise and ctx goes on, it begins
// nothing more; but the work under way then is counted too.
func run[In any](ctx context.Context, opts ManyOptions, in iter.Seq2[In, error], work func(In) error) (good int, err error) {
	failed := false // set and read by this goroutine alone
	begun := func(yield func(In, error) bool) {
		for v, err := range in {
			if !yield(v, err) || failed && (!opts.KeepGoing || ctx.Err() != nil) {
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
