// Package durable changes files so that the change survives a crash of the
// program and of the machine, and so that nobody ever sees half of it.
//
// To replace a file, [Disk.Write] the new content under a temporary name and
// [Disk.Rename] that. The system calls are then
//
//	unlink(temp)
//	open(temp, O_WRONLY|O_CREAT|O_EXCL), write, [utimensat], fsync, close
//	open(directory of name)
//	rename(temp, name)
//	fsync(directory of name), close
//
// The first fsync comes before the rename, or a power failure could leave the
// name with an empty file. The second makes the rename itself last.
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
	Name     string      // its path; the directory exists
	Perm     fs.FileMode // permission bits, before the umask
	Modified time.Time   // its modification time; default: the time of writing
}

// Write makes a new file and syncs its content. Its name is synced by a
// Rename only. What had the name is removed first, and not written into: it
// might have another name as well. If the content cannot be written there is
// no file.
//
//	unlink(name)
//	open(name, O_WRONLY|O_CREAT|O_EXCL), write, [utimensat], fsync, close
func (d Disk) Write(f File, content io.Reader) error {
	err := d.call("unlink", f.Name, func() error { return os.Remove(f.Name) })
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := d.write(f, content); err != nil {
		os.Remove(f.Name)
		return err
	}
	return nil
}

func (d Disk) write(f File, content io.Reader) (err error) {
	var file *os.File
	if err := d.call("open", f.Name, func() (err error) {
		file, err = os.OpenFile(f.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Perm)
		return err
	}); err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, file.Close()) }()
	if err := d.call("write", f.Name, func() error { _, err := io.Copy(file, content); return err }); err != nil {
		return err
	}
	if !f.Modified.IsZero() {
		if err := os.Chtimes(f.Name, f.Modified, f.Modified); err != nil {
			return err
		}
	}
	return d.call("fsync", f.Name, file.Sync)
}

// Rename gives a file that Write made another name, in place of what had
// that. Both must be on the same file system.
//
//	open(directory of to), rename(from, to), fsync(directory of to), close
func (d Disk) Rename(from, to string) error {
	return d.inDirectory(filepath.Dir(to), func() error {
		return d.call("rename", to, func() error { return rename(from, to) })
	})
}

// Remove removes a file. That there is none is no error.
//
//	open(directory), unlink(name), fsync(directory), close
func (d Disk) Remove(name string) error {
	err := d.inDirectory(filepath.Dir(name), func() error {
		return d.call("unlink", name, func() error { return remove(name) })
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
		err := d.call("mkdir", path, func() error { return os.Mkdir(path, perm) })
		if errors.Is(err, fs.ErrExist) {
			return nil // another process made it just now
		}
		return err
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
	return d.call("fsync", dir, func() error { return syncDirectory(handle) })
}

// call makes a system call, unless Before says otherwise.
func (d Disk) call(name, file string, do func() error) error {
	if d.Before != nil {
		if err := d.Before(name, file); err != nil {
			return err
		}
	}
	return do()
}
