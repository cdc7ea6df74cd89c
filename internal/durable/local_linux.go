package durable

import (
	"slices"

	"golang.org/x/sys/unix"
)

// zfsMagic is that of ZFS, which is no part of Linux (statfs(2) has the others).
const zfsMagic = 0x2fc12fc1

// Local reports whether the directory is on a file system of this machine, which
// sets the times of files by this machine's clock. One that is not known is none.
func (d *Dir) Local() bool {
	var stat unix.Statfs_t
	return unix.Fstatfs(int(d.handle.Fd()), &stat) == nil && slices.Contains([]uint32{
		unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, zfsMagic,
		unix.TMPFS_MAGIC, unix.RAMFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC,
	}, uint32(stat.Type)) // of another width on each architecture
}
