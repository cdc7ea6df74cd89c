//go:build unix

package filejar_test

import "syscall"

// fullErrors are those of a disk, and of a share of it, without room.
var fullErrors = []error{syscall.ENOSPC, syscall.EDQUOT}
