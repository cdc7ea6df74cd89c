package filejar

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/durable"
	"github.com/awsjar/awsjar/internal/failure"
)

// Options of a [Store]. The zero value means the defaults.
type Options struct {
	// Keep is how many versions are kept, the current one among them; delete
	// markers count. 1 keeps no earlier ones. Default: 100. Negative: any number.
	Keep int

	// KeepBytes is how many bytes the versions may have together, the current one
	// among them, which is always kept. Default: 64 MiB, an eighth of /tmp in a
	// Lambda function; if Keep is negative, any number. Negative: any number.
	KeepBytes int64

	// MaxSize is the largest value, in bytes, that is read into memory, and
	// so the largest that is written. Default: [awsjar.DefaultMaxSize]. On 32-bit
	// systems it is at most 512 MiB.
	MaxSize int64
}

// withDefaults returns the options that are in effect.
func (o Options) withDefaults() Options {
	if o.KeepBytes == 0 && o.Keep < 0 {
		o.KeepBytes = -1
	}
	o.Keep = cmp.Or(o.Keep, 100)
	o.KeepBytes = cmp.Or(o.KeepBytes, 64<<20)
	o.MaxSize = min(cmp.Or(o.MaxSize, awsjar.DefaultMaxSize), math.MaxInt/4)
	return o
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
// that cannot be makes every call fail with [awsjar.ErrInvalid].
func New(path string, optFns ...func(*Options)) *Store {
	var opts Options
	for _, fn := range optFns {
		fn(&opts)
	}
	return &Store{place: placeOf(path), opts: opts.withDefaults()}
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
// [awsjar.ErrCorrupt] with [awsjar.ErrTooLarge], and its revision is set. Meta.Now
// is the clock of this machine if the directory is on a disk of its own, and zero
// on a file system that other machines may write.
func (s *Store) Load(ctx context.Context) ([]byte, awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, s.fail(err)
	}
	o, err := s.open()
	if err != nil {
		return nil, awsjar.Meta{}, s.fail(err)
	}
	defer o.close()
	now, err := o.look(ctx, s.opts.MaxSize)
	switch {
	case err != nil:
		return nil, awsjar.Meta{}, s.fail(err)
	case !now.present:
		return nil, awsjar.Meta{Now: o.clock()}, s.fail(awsjar.ErrNotFound)
	}
	meta := now.meta()
	meta.Now = o.clock()
	return now.data, meta, s.fail(s.checkSize(now.size))
}

// Save stores data if the file is still at the revision it replaces. It
// waits for other writers as long as the context lasts.
//
// The error is [awsjar.ErrUncertain] if the file was replaced but the disk
// did not confirm that it will last. Any other, such as that of a full disk,
// means that the file did not change.
func (s *Store) Save(ctx context.Context, data []byte, replaces awsjar.Revision) (awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return awsjar.Meta{}, s.fail(err)
	}
	if size := int64(len(data)); size > s.opts.MaxSize {
		return awsjar.Meta{}, s.fail(failure.OverMaxSize(size, s.opts.MaxSize))
	}
	sum := sha256.Sum256(data)
	meta := awsjar.Meta{Modified: time.Now().Round(0), Size: int64(len(data))}
	err := s.write(ctx, replaces, func(o *opened, now state) error {
		next := now.version.following(sumOf(sum[:]))
		meta.VersionID = next.String()
		meta.Revision = awsjar.Revision(meta.VersionID)
		meta.Now = o.clock()
		return o.commit(ctx, entry{next, bytes.NewReader(data), meta.Modified}, func() error {
			return o.replaceValue(now, data, meta.Modified)
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
	if here, err := s.isHere(); err != nil || !here {
		return s.fail(cmp.Or(err, state{}.allows(replaces))) // and no directory is made
	}
	return s.fail(s.write(ctx, replaces, func(o *opened, now state) error {
		if !now.present {
			return nil
		}
		marker := entry{now.version.following(""), bytes.NewReader(nil), time.Now()}
		return o.commit(ctx, marker, func() error {
			return o.removeValue(now)
		})
	}))
}

// isHere reports whether there is a file.
func (s *Store) isHere() (bool, error) {
	info, err := os.Lstat(s.place.value)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = mustBeFile(info)
	}
	return err == nil, err
}
