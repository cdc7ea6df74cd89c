package filejar_test

import "syscall"

// fullErrors are those of a disk, and of a share of it, without room
// (ERROR_DISK_FULL, ERROR_DISK_QUOTA_EXCEEDED and ERROR_HANDLE_DISK_FULL).
var fullErrors = []error{syscall.Errno(112), syscall.Errno(1295), syscall.Errno(39)}
