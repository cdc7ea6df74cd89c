//go:build darwin || dragonfly || freebsd

package durable

import "golang.org/x/sys/unix"

// Local reports whether the directory is on a file system of this machine, which
// sets the times of files by this machine's clock.
func (d *Dir) Local() bool {
	var stat unix.Statfs_t
	return unix.Fstatfs(int(d.handle.Fd()), &stat) == nil && uint64(stat.Flags)&unix.MNT_LOCAL != 0
}
