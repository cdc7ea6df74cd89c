// Package durable changes files so that the change survives a crash of the
// program and of the machine, and so that nobody ever sees half of it.
package durable

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Disk makes durable changes. The zero value is ready to use.
//
// A method that returns nil has made its change, and it is on the disk. One
// that fails may have made it: the last of the system calls only makes sure
// that the change lasts. Who must know looks at the file.
type Disk struct {
	// Before, if set, is called before every system call that changes
	// something, with the name of the call and of the file. If it returns an
	// error, that one stands for the call's, which is not made. Default: nil.
	Before func(call, name string) error
}

// File is a file to be written.
type File struct {
	Name     string      // where it goes, in a directory that exists
	Temp     string      // where it is written first, on the same file system; default: Name + ".tmp"
	Perm     fs.FileMode // permission bits, before the umask
	Modified time.Time   // its modification time; default: the time of writing
}

func (f File) temp() string { return cmp.Or(f.Temp, f.Name+".tmp") }

// Replace makes f.Name a file of that content, whatever was there. No two
// calls with the same temporary name may run at the same time; what an
// earlier one left there, when it was killed, is removed.
//
// The system calls:
//
//	unlink(temp)
//	open(temp, O_WRONLY|O_CREAT|O_EXCL), write, [utimensat], fsync, close
//	open(directory)
//	rename(temp, name)
//	fsync(directory), close
//
// The first fsync comes before the rename, or a power failure could leave
// the name with an empty file. The second makes the rename itself last.
func (d Disk) Replace(f File, content io.Reader) error {
	if err := d.Write(f, content); err != nil {
		return err
	}
	err := d.Rename(f.temp(), f.Name)
	if err != nil {
		os.Remove(f.temp())
	}
	return err
}

// Write does the first half of Replace: it leaves the content, synced, in
// the temporary file, or removes that.
func (d Disk) Write(f File, content io.Reader) error {
	err := d.before("unlink", f.temp())
	if err == nil {
		err = os.Remove(f.temp())
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := d.write(f, content); err != nil {
		os.Remove(f.temp())
		return err
	}
	return nil
}

func (d Disk) write(f File, content io.Reader) (err error) {
	if err := d.before("create", f.temp()); err != nil {
		return err
	}
	file, err := os.OpenFile(f.temp(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Perm)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, file.Close()) }()
	if err := d.before("write", f.temp()); err != nil {
		return err
	}
	if _, err := io.Copy(file, content); err != nil {
		return err
	}
	if !f.Modified.IsZero() {
		if err := os.Chtimes(f.temp(), f.Modified, f.Modified); err != nil {
			return err
		}
	}
	if err := d.before("fsync", f.temp()); err != nil {
		return err
	}
	return file.Sync()
}

// Rename gives a file that is already synced, as Write leaves it, another
// name, in place of what had it. Both must be on the same file system.
//
//	open(directory of to), rename(from, to), fsync(directory of to), close
func (d Disk) Rename(from, to string) error {
	return d.inDirectory(filepath.Dir(to), func() error {
		if err := d.before("rename", to); err != nil {
			return err
		}
		return rename(from, to)
	})
}

// Remove removes a file. That there is none is no error.
//
//	open(directory), unlink(name), fsync(directory), close
func (d Disk) Remove(name string) error {
	err := d.inDirectory(filepath.Dir(name), func() error {
		if err := d.before("unlink", name); err != nil {
			return err
		}
		return os.Remove(name)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// MkdirAll makes a directory and those above it that are missing.
//
//	mkdir(path), open(directory above), fsync, close; for each, from the top
func (d Disk) MkdirAll(path string, perm fs.FileMode) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &fs.PathError{Op: "mkdir", Path: path, Err: syscall.ENOTDIR}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	above := filepath.Dir(path)
	if above != path {
		if err := d.MkdirAll(above, perm); err != nil {
			return err
		}
	}
	return d.inDirectory(above, func() error {
		if err := d.before("mkdir", path); err != nil {
			return err
		}
		if err := os.Mkdir(path, perm); !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil // another process made it just now
	})
}

// inDirectory makes a change to the entries of a directory last. The
// directory is opened first, so that what cannot be synced is not changed.
func (d Disk) inDirectory(dir string, change func() error) (err error) {
	handle, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, handle.Close()) }()
	if err := change(); err != nil {
		return err
	}
	if err := d.before("fsync", dir); err != nil {
		return err
	}
	return syncDirectory(handle)
}

func (d Disk) before(call, name string) error {
	if d.Before == nil {
		return nil
	}
	return d.Before(call, name)
}
