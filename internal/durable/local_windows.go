package durable

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// Local reports whether the directory is on a disk of this machine, which sets
// the times of files by this machine's clock.
func (d *Dir) Local() bool {
	drive, err := windows.UTF16PtrFromString(filepath.VolumeName(d.root.Name()) + `\`)
	return err == nil && windows.GetDriveType(drive) == windows.DRIVE_FIXED
}
