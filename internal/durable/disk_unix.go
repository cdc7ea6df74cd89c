//go:build unix

package durable

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// open opens an entry, and neither follows a link nor waits for the other end
// of a FIFO.
func (d *Dir) open(name string, flag int) (*os.File, error) {
	if err := mustBePart(name); err != nil {
		return nil, err
	}
	for {
		fd, err := unix.Openat(int(d.handle.Fd()), name, flag|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return nil, &fs.PathError{Op: "open", Path: d.path(name), Err: err}
		default:
			return os.NewFile(uintptr(fd), d.path(name)), nil
		}
	}
}

func (d *Dir) rename(from string, to *Dir, name string) error {
	err := unix.Renameat(int(d.handle.Fd()), from, int(to.handle.Fd()), name)
	if err != nil {
		return &os.LinkError{Op: "rename", Old: d.path(from), New: to.path(name), Err: err}
	}
	return nil
}

func remove(root *os.Root, name string) error { return root.Remove(name) }

// Liken gives an open file the owner, the group and the mode of another one, as
// far as the process may. Bits that are meant for a group that cannot be kept
// are not given to another group. Setuid and its like are left out.
func Liken(file *os.File, like fs.FileInfo) error {
	mode := like.Mode().Perm()
	want, ok := like.Sys().(*syscall.Stat_t)
	if !ok {
		return file.Chmod(mode)
	}
	if file.Chown(int(want.Uid), int(want.Gid)) != nil && file.Chown(-1, int(want.Gid)) != nil {
		mode = mode&^0o070 | mode&0o007<<3
	}
	return file.Chmod(mode)
}

// syncDirectory makes the entries of a directory last. Some network and user
// space file systems answer that they cannot sync a directory; nothing more
// can be done there.
func syncDirectory(dir *os.File) error {
	err := dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

// Full reports whether there was no room on the disk, or in the share of it that
// the user may have.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
