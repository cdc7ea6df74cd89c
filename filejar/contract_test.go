package filejar_test

import (
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
	"github.com/awsjar/awsjar/storetest"
)

func TestContract(t *testing.T) {
	paths := map[awsjar.Store]string{}
	storetest.Run(t, func(t *testing.T) awsjar.Store {
		path := memoryPath(t)
		s := filejar.New(path)
		paths[s] = path
		return s
	}, func(o *storetest.Options) {
		o.Second = func(_ *testing.T, s awsjar.Store) awsjar.Store { return filejar.New(paths[s]) }
	})
}

func TestVersions(t *testing.T) {
	storetest.RunVersions(t, func(t *testing.T) awsjar.Versioned { return filejar.New(newPath(t)) })
}

var errFault = errors.New("injected fault")

// TestFaults: NotStored fails the rename, or the unlink, of the value's file;
// Stored fails the fsync that follows.
func TestFaults(t *testing.T) {
	storetest.RunFaults(t, func(t *testing.T) (awsjar.Store, func(storetest.Fault)) {
		path := newPath(t)
		s := filejar.New(path)
		var notStored, stored atomic.Bool
		s.SetBefore(func(call, name string) error {
			switch {
			case name == path && notStored.Swap(false):
				return errFault
			case name == filepath.Dir(path) && call == "fsync" && stored.Swap(false):
				return errFault
			}
			return nil
		})
		return s, func(f storetest.Fault) {
			if f == storetest.NotStored {
				notStored.Store(true)
			} else {
				stored.Store(true)
			}
		}
	})
}
