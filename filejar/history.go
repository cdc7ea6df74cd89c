package filejar

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/awsjar/awsjar"
)

// Versions yields the versions, newest first. The first is what is there now,
// also if somebody else wrote it and it is not in the history yet. Memory is
// bounded: the directory is read once for every 1,000 versions.
func (s *Store) Versions(ctx context.Context) iter.Seq2[awsjar.Meta, error] {
	return func(yield func(awsjar.Meta, error) bool) {
		if err := s.versions(ctx, func(meta awsjar.Meta) bool { return yield(meta, nil) }); err != nil {
			yield(awsjar.Meta{}, s.fail(err))
		}
	}
}

// page is how many versions are listed at once.
const page = 1000

// versions calls yield until that returns false.
func (s *Store) versions(ctx context.Context, yield func(awsjar.Meta) bool) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	now, err := s.look(ctx, sumOnly)
	if err != nil || now.version.number == 0 {
		return err
	}
	newest := now.meta()
	newest.Latest, newest.Deleted = true, !now.present
	if marker, err := os.Stat(s.place.version(record{version: now.version, deleted: true})); newest.Deleted && err == nil {
		newest.Modified = marker.ModTime()
	}
	if !yield(newest) {
		return nil
	}
	for before := now.version.position(); ; {
		names, err := s.kept(before, page)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				return err
			}
			info, err := os.Lstat(filepath.Join(s.place.versions, name))
			if errors.Is(err, fs.ErrNotExist) {
				continue // removed meanwhile
			}
			if err != nil {
				return err
			}
			if !yield(metaOfFile(info)) {
				return nil
			}
		}
		if len(names) < page {
			return nil
		}
		before = names[page-1]
	}
}

func metaOfFile(info fs.FileInfo) awsjar.Meta {
	return awsjar.Meta{
		VersionID: versionOfFile(info.Name()).String(),
		Modified:  info.ModTime(),
		Size:      info.Size(),
		Deleted:   strings.HasSuffix(info.Name(), deletedSuffix),
	}
}

// LoadVersion returns one version.
func (s *Store) LoadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	data, meta, err := s.loadVersion(ctx, id)
	return data, meta, s.fail(err)
}

func (s *Store) loadVersion(ctx context.Context, id string) ([]byte, awsjar.Meta, error) {
	if err := s.ready(ctx); err != nil {
		return nil, awsjar.Meta{}, err
	}
	v, err := parseVersion(id)
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	head, _, err := readRecord(s.place.head())
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	if v.number >= head.version.number { // else it is an earlier one for sure
		now, err := s.look(ctx, s.opts.MaxSize)
		switch {
		case err != nil:
			return nil, awsjar.Meta{}, err
		case v == now.version && now.present:
			meta := now.meta()
			meta.Latest = true
			return now.data, meta, s.checkSize(now.size)
		case v.number >= now.version.number:
			return nil, awsjar.Meta{}, awsjar.ErrNotFound // perhaps of a write that has not taken place
		}
	}
	read, err := readValue(s.place.version(record{version: v}), s.opts.MaxSize)
	if err != nil {
		return nil, awsjar.Meta{}, err
	}
	if !read.present {
		return nil, awsjar.Meta{}, awsjar.ErrNotFound
	}
	meta := awsjar.Meta{VersionID: id, Modified: read.modified, Size: read.size}
	return read.data, meta, s.checkSize(read.size)
}

// DeleteVersion removes the file of one version. The current one, be it a
// value or a delete marker, is an [awsjar.ErrConflict].
func (s *Store) DeleteVersion(ctx context.Context, id string) error {
	return s.fail(s.deleteVersion(ctx, id))
}

func (s *Store) deleteVersion(ctx context.Context, id string) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	v, err := parseVersion(id)
	if err != nil {
		return err
	}
	if _, err := os.Stat(s.place.versions); errors.Is(err, fs.ErrNotExist) {
		return nil // without making it
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	now, err := s.settle(ctx)
	if err != nil {
		return err
	}
	if v == now.version {
		return fmt.Errorf("%w: it is the current version", awsjar.ErrConflict)
	}
	if err := s.disk.Remove(s.place.version(record{version: v})); err != nil {
		return err
	}
	return s.disk.Remove(s.place.version(record{version: v, deleted: true}))
}

// kept returns the names of the newest versions before a name, newest first,
// at most limit of them.
func (s *Store) kept(before string, limit int) ([]string, error) {
	dir, err := os.Open(s.place.versions)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var newest []string
	for {
		names, err := dir.Readdirnames(256)
		for _, name := range names {
			if name < before && fileForm.MatchString(name) {
				newest = append(newest, name)
			}
		}
		if len(newest)-limit > limit || err != nil {
			slices.Sort(newest)
			slices.Reverse(newest)
			newest = newest[:min(len(newest), limit)]
		}
		if err == io.EOF {
			return newest, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// newestKept returns the newest version in the directory, other than that of
// next: where head is lost, the numbers go on from there.
func (s *Store) newestKept(next record) (version, error) {
	const afterAll = ":" // sorts after digits
	names, err := s.kept(afterAll, 2)
	if err != nil {
		return version{}, err
	}
	for _, name := range names {
		if v := versionOfFile(name); v != next.version {
			return v, nil
		}
	}
	return version{}, nil
}

// trim removes the versions before the current one that are not to be kept.
func (s *Store) trim(current version) error {
	if s.opts.Keep < 0 {
		return nil
	}
	before := current.position()
	if s.opts.Keep > 0 {
		kept, err := s.kept(before, s.opts.Keep)
		if err != nil || len(kept) < s.opts.Keep {
			return err
		}
		before = kept[len(kept)-1]
	}
	for {
		names, err := s.kept(before, page)
		if err != nil || len(names) == 0 {
			return err
		}
		for _, name := range names {
			if err := os.Remove(filepath.Join(s.place.versions, name)); err != nil {
				return err
			}
		}
	}
}
