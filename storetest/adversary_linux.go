package storetest

import (
	"errors"
	"os"
	"runtime"
	"syscall"
)

// nobody is a user without files.
const nobody = 65534

// asAnother calls do as a user without rights, if this process may.
func asAnother(do func() error) error {
	if os.Geteuid() != 0 {
		return do()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := errors.Join(syscall.Setfsgid(nobody), syscall.Setfsuid(nobody)); err != nil {
		return err
	}
	defer func() {
		if errors.Join(syscall.Setfsuid(0), syscall.Setfsgid(0)) != nil {
			panic("the thread stays another user")
		}
	}()
	return do()
}
