package filejar

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/awsjar/awsjar"
)

// state is what there is at one moment.
type state struct {
	value
	records
	version version // of the value or the delete marker; zero if nothing was ever stored
	foreign bool    // somebody else wrote or removed the file, and no record says so yet
}

// value is the value's file.
type value struct {
	present  bool
	data     []byte // nil if it is larger than was asked for
	sum      string // SHA-256 in hex
	size     int64
	modified time.Time
}

// records are the files head and next.
type records struct {
	head, next       record // zero if there is none that makes sense
	hasHead, hasNext bool   // whether there is a file
}

// sumOnly, as the limit of a look, keeps no bytes.
const sumOnly = -1

// look finds out what there is; of the value it keeps at most limit bytes.
//
// It takes no lock. Every write changes head or next, so if they are the same
// before and after the value was read, the value is of their time.
func (s *Store) look(ctx context.Context, limit int64) (state, error) {
	for {
		before, err := s.readRecords()
		if err != nil {
			return state{}, err
		}
		v, err := readValue(s.place.value, limit)
		if err != nil {
			return state{}, err
		}
		after, err := s.readRecords()
		if err != nil {
			return state{}, err
		}
		if before == after {
			return s.judge(v, before)
		}
		if err := ctx.Err(); err != nil {
			return state{}, err
		}
	}
}

func (s *Store) readRecords() (r records, err error) {
	if r.head, r.hasHead, err = readRecord(s.place.head()); err != nil {
		return records{}, err
	}
	if r.next, r.hasNext, err = readRecord(s.place.next()); err != nil {
		return records{}, err
	}
	if r.next != (record{}) && !exists(s.place.version(r.next)) {
		r.next = record{} // a write that had come no further
	}
	return r, nil
}

// judge says which version a value is. A value that both records describe,
// because a write of the same bytes was cut short, is still that of head.
func (s *Store) judge(v value, r records) (state, error) {
	now := state{value: v, records: r}
	switch {
	case r.head.describes(v):
		now.version = r.head.version
		return now, nil
	case r.next.describes(v):
		now.version = r.next.version
		return now, nil
	}
	last := r.head.version
	if last.number == 0 {
		newest, err := s.newestKept(r.next)
		if err != nil {
			return state{}, err
		}
		last = newest
	}
	if last.number > 0 || v.present {
		now.version, now.foreign = last.next(foreignTag(last, v)), true
	}
	return now, nil
}

func (r record) describes(v value) bool {
	return r.version.number > 0 && r.deleted != v.present && r.sum == v.sum
}

// foreignTag is the tag of what somebody else left after a version: always
// the same for the same file, and another one for another file.
func foreignTag(last version, v value) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%v %v %s %d", last, v.present, v.sum, v.modified.UnixNano()))
	return hex.EncodeToString(sum[:tagBytes])
}

// allows returns the error of a write that replaces a revision.
func (now state) allows(replaces awsjar.Revision) error {
	switch {
	case replaces == awsjar.Any, replaces == now.revision():
		return nil
	case replaces == awsjar.None:
		return awsjar.ErrExists
	}
	return awsjar.ErrConflict
}

func (now state) revision() awsjar.Revision {
	if !now.present {
		return awsjar.None
	}
	return awsjar.Revision(now.version.String())
}

func (now state) meta() awsjar.Meta {
	return awsjar.Meta{
		Revision:  now.revision(),
		VersionID: now.version.String(),
		Modified:  now.modified,
		Size:      now.size,
	}
}

// readValue reads a file, of which it keeps at most limit bytes. That there
// is none is no error.
func readValue(name string, limit int64) (value, error) {
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return value{}, nil
	}
	if err == nil {
		err = mustBeFile(info)
	}
	if err != nil {
		return value{}, err
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return value{}, nil // removed just now
	}
	if err != nil {
		return value{}, err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return value{}, err
	}
	v := value{present: true, modified: info.ModTime()}
	hash := sha256.New()
	var kept bytes.Buffer
	if limit >= info.Size() {
		kept.Grow(int(info.Size()) + bytes.MinRead)
	}
	begin, err := io.Copy(io.MultiWriter(hash, &kept), io.LimitReader(file, limit+1))
	if err != nil {
		return value{}, err
	}
	rest, err := io.Copy(hash, file)
	if err != nil {
		return value{}, err
	}
	v.size = begin + rest
	if v.size <= limit {
		v.data = kept.Bytes()
	}
	v.sum = hex.EncodeToString(hash.Sum(nil))
	return v, nil
}

// mustBeFile refuses all that cannot be replaced by a file: a directory, a
// device, and a symbolic link, which a rename would replace instead of what
// it points to.
func mustBeFile(info fs.FileInfo) error {
	switch {
	case info.Mode().IsRegular():
		return nil
	case info.IsDir():
		return &awsjar.Error{
			Hint: "add a file name to the path",
			Err:  fmt.Errorf("%w: the path is a directory's", awsjar.ErrInvalid),
		}
	case info.Mode()&fs.ModeSymlink != 0:
		return &awsjar.Error{
			Hint: "use the path that the link points to; readlink -f shows it",
			Err:  fmt.Errorf("%w: the file is a symbolic link", awsjar.ErrInvalid),
		}
	}
	return fmt.Errorf("%w: it is not a regular file", awsjar.ErrInvalid)
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
