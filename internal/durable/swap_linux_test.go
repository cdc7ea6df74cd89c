package durable_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/awsjar/awsjar/internal/durable"
)

// TestOpenDirWhileSwapped: somebody puts a link in the place of a directory, and
// the directory back, all the time. Either the directory is opened or none.
func TestOpenDirWhileSwapped(t *testing.T) {
	path := t.TempDir()
	dir, link, other := filepath.Join(path, "dir"), filepath.Join(path, "link"), filepath.Join(path, "other")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Mkdir(other, 0o700), os.Symlink("other", link)); err != nil {
		t.Fatal(err)
	}
	want, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var swapper sync.WaitGroup
	swapper.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if err := unix.Renameat2(unix.AT_FDCWD, dir, unix.AT_FDCWD, link, unix.RENAME_EXCHANGE); err != nil {
				t.Error(err)
				return
			}
		}
	})
	defer swapper.Wait()
	defer close(done)
	at := open(t, durable.Disk{}, path)
	opened, refused := 0, 0
	for opened < 20_000 || refused < 20_000 {
		found, err := at.OpenDir("dir")
		if err != nil {
			refused++
			continue
		}
		is, err := found.Stat()
		found.Close()
		if err != nil || !os.SameFile(is, want) {
			t.Fatalf("after %d times the other directory was opened: %v", opened+refused, err)
		}
		opened++
	}
}
