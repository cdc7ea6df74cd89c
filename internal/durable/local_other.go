//go:build !darwin && !dragonfly && !freebsd && !linux && !windows

package durable

// Local reports that nothing is known of the directory's file system.
func (d *Dir) Local() bool { return false }
