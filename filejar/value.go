package filejar

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// value is what a file holds.
type value struct {
	present  bool
	data     []byte // nil if it is larger than was asked for
	sum      string
	size     int64 // in bytes
	modified time.Time
}

// sumOnly, as a limit, keeps no bytes.
const sumOnly = -1

// readValue reads a file, of which it keeps at most limit bytes. That there
// is none is no error.
func readValue(ctx context.Context, name string, limit int64) (value, error) {
	file, err := openValue(name)
	if errors.Is(err, fs.ErrNotExist) {
		return value{}, nil
	}
	if err != nil {
		return value{}, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return value{}, err
	}
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

// openValue opens a file that can be replaced by a rename.
func openValue(name string) (*os.File, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if err := mustBeFile(info); err != nil {
		return nil, err
	}
	return os.Open(name)
}

// mustBeFile refuses a directory, a device, and a symbolic link, which a
// rename would replace instead of what it points to.
func mustBeFile(info fs.FileInfo) error {
	switch {
	case info.Mode().IsRegular():
		return nil
	case info.IsDir():
		return badPath("the path is a directory's", "add a file name to the path")
	case info.Mode()&fs.ModeSymlink != 0:
		return badPath("the file is a symbolic link", "use the path that the link points to; readlink -f shows it")
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
