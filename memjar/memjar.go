// Package memjar keeps a value in memory, with all its versions: a store for
// tests, which behaves as the durable ones do.
//
//	jar := awsjar.New[int](memjar.New())
package memjar

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/failure"
)

// Options of a [Store]. The zero value means the defaults.
type Options struct {
	// MaxSize is the largest value, in bytes, that is written, so that a test meets
	// the ErrTooLarge of the durable stores. Default: [awsjar.DefaultMaxSize].
	MaxSize int64
}

// Store is an [awsjar.Versioned] in memory. The zero value is empty and ready
// to use. It grows with every write; [awsjar.Jar.Prune] shrinks it.
type Store struct {
	opts Options

	mu       sync.Mutex
	versions []version // oldest first; the last one is current
	writes   uint64    // how many there ever were: revisions never repeat
	beside   map[string]*Store
}

type version struct {
	id      string
	data    []byte
	at      time.Time
	deleted bool
}

// New returns an empty store.
func New(optFns ...func(*Options)) *Store {
	s := &Store{}
	for _, fn := range optFns {
		fn(&s.opts)
	}
	return s
}

// String returns "mem:".
func (s *Store) String() string { return "mem:" }

// Load returns the current value.
func (s *Store) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, fail(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.revision() == awsjar.None {
		return nil, awsjar.Meta{}, fail(awsjar.ErrNotFound)
	}
	return slices.Clone(s.versions[len(s.versions)-1].data), s.current(), nil
}

// Save stores data if the store is still at the revision it replaces.
func (s *Store) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return awsjar.Meta{}, fail(err)
	}
	if size, most := int64(len(data)), cmp.Or(s.opts.MaxSize, awsjar.DefaultMaxSize); size > most {
		return awsjar.Meta{}, fail(failure.OverMaxSize(size, most))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.check(replaces); err != nil {
		return awsjar.Meta{}, fail(err)
	}
	s.add(version{data: append([]byte{}, data...)})
	return s.current(), nil
}

// Delete adds a delete marker if there is a value of that revision.
func (s *Store) Delete(ctx context.Context, replaces awsjar.Revision) error {
	if err := s.ready(ctx); err != nil {
		return fail(err)
	}
	if replaces == awsjar.None {
		return fail(fmt.Errorf("%w: there is no deleting of nothing", awsjar.ErrInvalid))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.check(replaces); err != nil {
		return fail(err)
	}
	if s.revision() != awsjar.None {
		s.add(version{deleted: true})
	}
	return nil
}

// Versions yields the versions as they are when it begins, newest first.
func (s *Store) Versions(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
	return func(yield func(awsjar.Meta, error) bool) {
		if err := s.ready(ctx); err != nil {
			yield(awsjar.Meta{}, fail(err))
			return
		}
		s.mu.Lock()
		metas := make([]awsjar.Meta, 0, len(s.versions))
		for i := range slices.Backward(s.versions) {
			meta := s.meta(i)
			meta.Deleted, meta.Latest = s.versions[i].deleted, i == len(s.versions)-1
			metas = append(metas, meta)
		}
		s.mu.Unlock()
		for _, meta := range metas {
			if err := ctx.Err(); err != nil {
				yield(awsjar.Meta{}, fail(err))
				return
			}
			if !yield(meta, nil) {
				return
			}
		}
	}
}

// LoadVersion returns one version.
func (s *Store) LoadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, fail(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.find(id)
	if err != nil {
		return nil, awsjar.Meta{}, fail(err)
	}
	if i < 0 || s.versions[i].deleted {
		return nil, awsjar.Meta{}, fail(awsjar.ErrNotFound)
	}
	return slices.Clone(s.versions[i].data), s.meta(i), nil
}

// DeleteVersion removes one version that is not the current one.
func (s *Store) DeleteVersion(ctx context.Context, id string) error {
	if err := s.ready(ctx); err != nil {
		return fail(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.find(id)
	switch {
	case err != nil:
		return fail(err)
	case i < 0:
		return nil
	case i == len(s.versions)-1:
		return fail(fmt.Errorf("%w: it is the current version", awsjar.ErrConflict))
	}
	s.versions = slices.Delete(s.versions, i, i+1)
	return nil
}

func (s *Store) ready(ctx context.Context) error {
	if s == nil {
		return fmt.Errorf("%w: a nil *memjar.Store; use New to make one", awsjar.ErrInvalid)
	}
	return cmp.Or(failure.Negative("Options.MaxSize", s.opts.MaxSize), ctx.Err())
}

func (s *Store) add(v version) {
	s.writes++
	v.id = strconv.FormatUint(s.writes, 10)
	v.at = time.Now()
	s.versions = append(s.versions, v)
}

func (s *Store) check(replaces awsjar.Revision) error {
	now := s.revision()
	switch {
	case replaces == awsjar.Any || replaces == now:
		return nil
	case replaces == awsjar.None:
		return awsjar.ErrExists
	}
	return awsjar.ErrConflict
}

func (s *Store) revision() awsjar.Revision {
	if len(s.versions) == 0 || s.versions[len(s.versions)-1].deleted {
		return awsjar.None
	}
	return awsjar.Revision(s.versions[len(s.versions)-1].id)
}

// current returns the Meta of the current value, of which there is one.
func (s *Store) current() awsjar.Meta {
	meta := s.meta(len(s.versions) - 1)
	meta.Revision = s.revision()
	return meta
}

// meta returns the Meta of one version.
func (s *Store) meta(i int) awsjar.Meta {
	v := s.versions[i]
	return awsjar.Meta{VersionID: v.id, Modified: v.at, Now: time.Now(), Size: int64(len(v.data))}
}

// find returns the index of a version, or -1.
func (s *Store) find(id string) (int, error) {
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		return -1, fmt.Errorf("%w: version ids of this store are numbers", awsjar.ErrInvalid)
	}
	return slices.IndexFunc(s.versions, func(v version) bool { return v.id == id }), nil
}

func fail(err error) error { return failure.At("mem:", err) }
