package filejar

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/durable"
)

// Options of a [Store].
type Options struct {
	// Keep is how many versions are kept besides the current one; delete
	// markers count. A write removes the older ones. Negative: all of them,
	// until [awsjar.Jar.Prune]. Default: 100.
	Keep int

	// MaxSize is the largest value, in bytes, that is read into memory, and
	// so the largest that is written. Default: 64 MiB.
	MaxSize int64
}

// Store keeps a value in a file, with its history. It is an
// [awsjar.Versioned], safe for concurrent use, by other processes as well. It
// holds no open file.
type Store struct {
	place place
	opts  Options
	disk  durable.Disk
}

// New returns the store of a value in the file of that path. A relative path
// is taken from the directory that is current now. Nothing is made or opened
// before the first call: the directory is made by the first write, and a path
// that cannot be is told by every call with [awsjar.ErrInvalid].
func New(path string, optFns ...func(*Options)) *Store {
	opts := Options{Keep: 100, MaxSize: 64 << 20}
	for _, fn := range optFns {
		fn(&opts)
	}
	return &Store{place: placeOf(path), opts: opts}
}

// String returns the URL of the file: "file:///home/sam/state.json".
func (s *Store) String() string {
	if s == nil {
		return "file:"
	}
	return s.place.url()
}

// Load returns the value. Nothing there, not even the directory, is
// [awsjar.ErrNotFound]. A file that is larger than Options.MaxSize is
// [awsjar.ErrTooLarge], and [awsjar.ErrCorrupt] with its revision.
func (s *Store) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, s.fail(err)
	}
	now, err := s.look(ctx, s.opts.MaxSize)
	switch {
	case err != nil:
		return nil, awsjar.Meta{}, s.fail(err)
	case !now.present:
		return nil, awsjar.Meta{}, s.fail(awsjar.ErrNotFound)
	}
	return now.data, now.meta(), s.fail(s.checkSize(now.size))
}

// Save stores data if the file is still at the revision it replaces. It
// waits for other writers as long as the context lasts.
//
// The error is [awsjar.ErrUncertain] if the file was replaced but the disk
// did not confirm that it will last. Any other, such as that of a full disk,
// means that the file is what it was.
func (s *Store) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return awsjar.Meta{}, s.fail(err)
	}
	if size := int64(len(data)); size > s.opts.MaxSize {
		return awsjar.Meta{}, s.fail(fmt.Errorf("%w: it has %d bytes and Options.MaxSize is %d", awsjar.ErrTooLarge, size, s.opts.MaxSize))
	}
	sum := sha256.Sum256(data)
	meta := awsjar.Meta{Modified: time.Now().Round(0), Size: int64(len(data))}
	err := s.write(ctx, replaces, func(now state) error {
		next := now.version.following(sumOf(sum[:]))
		meta.VersionID = next.String()
		meta.Revision = awsjar.Revision(meta.VersionID)
		return s.commit(ctx, entry{next, bytes.NewReader(data), meta.Modified}, func() error {
			return s.replaceValue(now, data, meta.Modified)
		})
	})
	if err != nil {
		return awsjar.Meta{}, s.fail(err)
	}
	return meta, nil
}

// Delete removes the file if it is still at the revision it replaces, and
// adds a delete marker to the history.
func (s *Store) Delete(ctx context.Context, replaces awsjar.Revision) error {
	if err := s.ready(ctx); err != nil {
		return s.fail(err)
	}
	if replaces == awsjar.None {
		return s.fail(fmt.Errorf("%w: there is no deleting of nothing", awsjar.ErrInvalid))
	}
	now, err := s.look(ctx, sumOnly)
	switch {
	case err != nil:
		return s.fail(err)
	case !now.present:
		return s.fail(now.allows(replaces)) // and no directory is made
	}
	return s.fail(s.write(ctx, replaces, func(now state) error {
		if !now.present {
			return nil
		}
		marker := entry{now.version.following(""), bytes.NewReader(nil), time.Now()}
		return s.commit(ctx, marker, func() error {
			return s.removeValue(now)
		})
	}))
}
