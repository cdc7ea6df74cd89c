package filejar

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/awsjar/awsjar/internal/durable"
)

// value is the content of a file.
type value struct {
	present  bool
	data     []byte // nil if it is larger than was asked for
	sum      string
	size     int64 // in bytes
	modified time.Time
}

// sumOnly, as a limit, keeps no bytes.
const sumOnly = -1

// readValue reads the value's file.
func (o *opened) readValue(ctx context.Context, limit int64) (value, error) {
	return readFile(ctx, o.dir, o.place.key, limit)
}

// readVersion reads the file of a version or of a next.
func (o *opened) readVersion(ctx context.Context, name string, limit int64) (value, error) {
	return readFile(ctx, o.history, name, limit)
}

// readFile reads a file, of which it keeps at most limit bytes. That there
// is none, or no directory, is no error.
func readFile(ctx context.Context, dir *durable.Dir, name string, limit int64) (value, error) {
	if dir == nil {
		return value{}, nil
	}
	file, info, err := openFile(dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		return value{}, nil
	}
	if err != nil {
		return value{}, err
	}
	defer file.Close()
	hash := sha256.New()
	var kept bytes.Buffer
	if info.Size() <= limit {
		kept.Grow(int(info.Size()) + bytes.MinRead)
	}
	reader := endingReader{ctx, file}
	begin, err := io.Copy(io.MultiWriter(hash, &kept), io.LimitReader(reader, limit))
	if err != nil {
		return value{}, err
	}
	rest, err := io.Copy(hash, reader)
	if err != nil {
		return value{}, err
	}
	read := value{present: true, sum: sumOf(hash.Sum(nil)), size: begin + rest, modified: info.ModTime()}
	if read.size <= limit {
		read.data = kept.Bytes()
	}
	return read, nil
}

// openFile opens a regular file, without following a link and without waiting
// for anybody: the entry may have been replaced since it was looked at.
func openFile(dir *durable.Dir, name string) (*os.File, fs.FileInfo, error) {
	file, err := dir.Open(name)
	if errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.EMLINK) { // EMLINK: on FreeBSD
		return nil, nil, errLink
	}
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil {
		err = mustBeFile(info)
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, info, nil
}

var errLink = badPath("the file is a symbolic link", "use the path that the link points to; readlink -f shows it")

// mustBeFile refuses a directory, a device, and a symbolic link, which a
// rename would replace instead of its target.
func mustBeFile(info fs.FileInfo) error {
	switch {
	case info.Mode().IsRegular():
		return nil
	case info.IsDir():
		return badPath("the path is a directory's", "add a file name to the path")
	case info.Mode()&fs.ModeSymlink != 0:
		return errLink
	}
	return badPath("it is not a regular file", "choose another name")
}

// endingReader ends with its context: a file may be larger than any value.
type endingReader struct {
	ctx context.Context
	io.Reader
}

func (r endingReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
