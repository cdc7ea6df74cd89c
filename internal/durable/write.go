package durable

import (
	"cmp"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

// File is a file to be written.
type File struct {
	Name     string      // of one part
	Perm     fs.FileMode // permission bits, before the umask
	Modified time.Time   // its modification time; default: the time of writing
	// Like is a file whose mode, owner and group the new one takes, as far as
	// the process may. Default: those of Perm and of the process.
	Like fs.FileInfo
}

// Write makes a new file and syncs its content. Its name is synced by a
// Rename only. A file that had the name is removed first, and not written into:
// it might have another name as well. If the content cannot be written there is
// no file. The description is that of the new file.
//
//	unlink(name)
//	open(name, O_WRONLY|O_CREAT|O_EXCL), [fchown, fchmod], write, [utimensat], fsync, close
func (d *Dir) Write(f File, content io.Reader) (fs.FileInfo, error) {
	err := d.disk.call("unlink", d.path(f.Name), func() error { return d.Forget(f.Name) })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	info, err := d.write(f, content)
	if err != nil {
		d.Forget(f.Name)
	}
	return info, err
}

func (d *Dir) write(f File, content io.Reader) (info fs.FileInfo, err error) {
	var file *os.File
	if err := d.disk.call("open", d.path(f.Name), func() (err error) {
		file, err = d.root.OpenFile(f.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Perm)
		return err
	}); err != nil {
		return nil, err
	}
	defer func() { err = cmp.Or(err, file.Close()) }()
	if f.Like != nil {
		if err := Liken(file, f.Like); err != nil {
			return nil, err
		}
	}
	if err := d.disk.call("write", d.path(f.Name), func() error { _, err := io.Copy(file, content); return err }); err != nil {
		return nil, err
	}
	if !f.Modified.IsZero() {
		if err := d.root.Chtimes(f.Name, f.Modified, f.Modified); err != nil {
			return nil, err
		}
	}
	if err := d.disk.call("fsync", d.path(f.Name), file.Sync); err != nil {
		return nil, err
	}
	return file.Stat()
}

// Liken gives the directory the owner and the group of a file, as far as the
// process may, and a mode.
func (d *Dir) Liken(like fs.FileInfo, mode fs.FileMode) error {
	return Liken(d.handle, WithMode(like, mode))
}

// WithMode returns the description of a file with another mode.
func WithMode(info fs.FileInfo, mode fs.FileMode) fs.FileInfo { return withMode{info, mode} }

type withMode struct {
	fs.FileInfo
	mode fs.FileMode
}

func (w withMode) Mode() fs.FileMode { return w.mode }

// TempPrefix begins the names of the temporary files of Replace.
const TempPrefix = "+tmp-"

// Replace puts a file with the content in the place of the file that has the
// name, if any: a Write under a temporary name, which begins with TempPrefix,
// and a Rename. A temporary file that a crash leaves is for RemoveTemps.
func (d *Dir) Replace(f File, content io.Reader) error {
	temp := f
	temp.Name = TempPrefix + rand.Text()
	if _, err := d.Write(temp, content); err != nil {
		return err
	}
	if err := d.Rename(temp.Name, d, f.Name); err != nil {
		if removeErr := d.Forget(temp.Name); !errors.Is(removeErr, fs.ErrNotExist) {
			err = errors.Join(err, removeErr)
		}
		return err
	}
	return nil
}

// RemoveTemps removes the files that interrupted calls of Replace left. No
// Replace may be under way in the directory.
func (d *Dir) RemoveTemps() error {
	var left []string
	err := d.EachName(func(name string) error {
		if strings.HasPrefix(name, TempPrefix) {
			left = append(left, name)
		}
		return nil
	})
	for _, name := range left {
		err = errors.Join(err, d.Forget(name))
	}
	return err
}

func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
