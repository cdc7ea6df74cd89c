//go:build !windows && (!unix || solaris || aix)

package durable

import (
	"errors"
	"fmt"
	"os"
)

// TryLock refuses: this system has no lock that ends with its process and is
// one of an open file.
func TryLock(*os.File) (bool, error) {
	return false, fmt.Errorf("file locks: %w", errors.ErrUnsupported)
}

// Unlock gives the lock back, as the end of the process does.
func Unlock(*os.File) {}
