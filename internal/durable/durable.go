// Package durable changes files so that the changes last: once a call has
// returned, a crash or a power failure leaves all of it, and at no moment half
// of it.
//
// The files of one directory are changed through an open [Dir], by names of one
// part. Such a name is never followed if it is a symbolic link, and it cannot
// lead out of the directory, even if other users of the directory change it
// meanwhile.
//
// To replace a file, [Dir.Write] the new content under a temporary name and
// [Dir.Rename] that. The system calls are then
//
//	unlink(temp)
//	open(temp, O_WRONLY|O_CREAT|O_EXCL), [fchown, fchmod], write, [utimensat], fsync, close
//	rename(temp, name)
//	fsync(directory of name)
//
// The first fsync comes before the rename, or a power failure could leave the
// name with an empty file. The second makes the rename itself last.
package durable

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Disk makes durable changes. The zero value is ready to use.
//
// A method that returns nil has made its change, and it is on the disk. One
// that fails may have made it: the last of the system calls only makes sure
// that the change lasts. A caller that needs to know must read the file.
type Disk struct {
	// Before, if set, is called before every system call that changes
	// something, with the name of the call and of the file. If it returns an
	// error, that one stands for the call's, which is not made. Default: nil.
	Before func(call, name string) error
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

// MkdirAll makes a directory and those above it that are missing. Links on the
// way are followed.
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
	dir, err := d.Open(above)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Mkdir(filepath.Base(path), perm)
}

// Open opens a directory. Links on the way are followed.
func (d Disk) Open(path string) (*Dir, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		if entry, wrong := os.Stat(path); wrong == nil && !entry.IsDir() { // for which OpenRoot has no errno
			err = &fs.PathError{Op: "open", Path: path, Err: syscall.ENOTDIR}
		}
		return nil, err
	}
	return d.newDir(root)
}

func (d Disk) newDir(root *os.Root) (*Dir, error) {
	handle, err := root.Open(".")
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &Dir{disk: d, root: root, handle: handle}, nil
}

// Dir is an open directory. Methods take names of one part, of its entries.
type Dir struct {
	disk   Disk
	root   *os.Root
	handle *os.File // the same directory, for fsync and renameat
}

// Close closes the directory.
func (d *Dir) Close() error { return errors.Join(d.handle.Close(), d.root.Close()) }

// path returns the path of an entry, as the directory was opened.
func (d *Dir) path(name string) string { return filepath.Join(d.root.Name(), name) }

// Stat describes the directory itself.
func (d *Dir) Stat() (fs.FileInfo, error) { return d.handle.Stat() }

// Lstat describes an entry.
func (d *Dir) Lstat(name string) (fs.FileInfo, error) { return d.root.Lstat(name) }

// OpenDir opens a directory that is an entry. A link to one is [syscall.ENOTDIR].
func (d *Dir) OpenDir(name string) (*Dir, error) {
	if err := mustBePart(name); err != nil {
		return nil, err
	}
	entry, err := d.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	notDir := &fs.PathError{Op: "open", Path: d.path(name), Err: syscall.ENOTDIR}
	if !entry.IsDir() {
		return nil, notDir
	}
	root, err := d.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	opened, err := d.disk.newDir(root)
	if err != nil {
		return nil, err
	}
	// The root follows links that stay inside it, and the entry may have become
	// one: the directory that was opened must be the entry itself.
	is, err := opened.Stat()
	if err == nil && !os.SameFile(entry, is) {
		err = notDir
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return opened, nil
}

// Open opens an entry for reading, without waiting for the other end of a FIFO.
// That a link is not followed is [syscall.ELOOP], or another error on some
// systems.
func (d *Dir) Open(name string) (*os.File, error) { return d.open(name, os.O_RDONLY) }

// ReadFile reads a regular file that is an entry.
func (d *Dir) ReadFile(name string) ([]byte, error) {
	file, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: d.path(name), Err: errors.New("not a regular file")}
	}
	return io.ReadAll(file)
}

// OpenLock opens an entry to lock it, and makes it if there is none.
func (d *Dir) OpenLock(name string, perm fs.FileMode) (*os.File, error) {
	for range 20 { // others may make and remove it meanwhile
		file, err := d.open(name, os.O_RDWR)
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
		file, err = d.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: d.path(name), Err: syscall.ELOOP}
}

// EachName calls visit with the name of every entry, in no order, until visit
// returns an error.
func (d *Dir) EachName(visit func(name string) error) error {
	listing, err := d.root.Open(".")
	if err != nil {
		return err
	}
	defer listing.Close()
	for {
		names, err := listing.Readdirnames(256)
		for _, name := range names {
			if err := visit(name); err != nil {
				return err
			}
		}
		if len(names) == 0 {
			return ignoreEOF(err)
		}
	}
}

// Mkdir makes a directory. That there is one already is no error.
//
//	mkdir(name), fsync(directory)
func (d *Dir) Mkdir(name string, perm fs.FileMode) error {
	err := d.disk.call("mkdir", d.path(name), func() error { return d.root.Mkdir(name, perm) })
	if err != nil && !errors.Is(err, fs.ErrExist) { // another process may have made it just now
		return err
	}
	return d.sync()
}

// Rename gives a file of the directory another name, in the directory to, in
// place of the file that had that name. Both must be on the same file system.
//
//	rename(from, name), fsync(directory of name)
func (d *Dir) Rename(from string, to *Dir, name string) error {
	if err := errors.Join(mustBePart(from), mustBePart(name)); err != nil {
		return err
	}
	if err := d.disk.call("rename", to.path(name), func() error { return d.rename(from, to, name) }); err != nil {
		return err
	}
	return to.sync()
}

// Remove removes a file. That there is none is no error.
//
//	unlink(name), fsync(directory)
func (d *Dir) Remove(name string) error {
	err := d.disk.call("unlink", d.path(name), func() error { return d.Forget(name) })
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return d.sync()
}

// Forget removes an entry that nobody needs: whether the removal lasts does not
// matter.
func (d *Dir) Forget(name string) error { return remove(d.root, name) }

// sync makes changes of the directory's entries last.
func (d *Dir) sync() error {
	return d.disk.call("fsync", d.root.Name(), func() error { return syncDirectory(d.handle) })
}

// mustBePart refuses names that lead elsewhere; the system calls that are not
// os.Root's would follow them.
func mustBePart(name string) error {
	if name == "." || !filepath.IsLocal(name) || filepath.Base(name) != name {
		return fmt.Errorf("%q is not the name of an entry: %w", name, fs.ErrInvalid)
	}
	return nil
}
