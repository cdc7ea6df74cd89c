//go:build unix && !solaris && !aix

package storetest

import "syscall"

func makeFIFO(name string) error { return syscall.Mkfifo(name, 0o666) }
