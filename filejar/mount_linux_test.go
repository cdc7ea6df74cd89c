package filejar_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// mount mounts something for the time of the test.
func mount(t *testing.T, source, target, kind string, flags uintptr, data string) {
	t.Helper()
	mustBeRoot(t)
	if err := syscall.Mount(source, target, kind, flags, data); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("NOT TESTED: nothing can be mounted here: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(target, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// TestSmallDisk: on a disk of 256 KB each value of up to 9 KB is stored; the
// history has the room that is left.
func TestSmallDisk(t *testing.T) {
	disk := t.TempDir()
	mount(t, "tmpfs", disk, "tmpfs", 0, "size=256k")
	s := filejar.New(filepath.Join(disk, "state", "value"))
	for n := range 399 {
		value := strings.Repeat(fmt.Sprintf("%03d ", n), 1+n*7%2250)
		mustSave(t, s, value, awsjar.Any)
		mustLoad(t, s, value)
	}
	if history := observe(t, s); len(history) < 5 || !strings.HasPrefix(history[1], "397 ") {
		t.Errorf("the history has %d versions, %.8q", len(history), history)
	}
}

// TestMountedFile: a file that is mounted by itself cannot be replaced. The
// error says so, and the new value is not left anywhere.
func TestMountedFile(t *testing.T) {
	dir := t.TempDir()
	source, path := filepath.Join(dir, "source"), filepath.Join(dir, "state", "value.json")
	edit(t, source, "old")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	edit(t, path, "")
	mount(t, source, path, "", syscall.MS_BIND, "")
	s := filejar.New(path)
	_, err := s.Save(t.Context(), []byte("the new value"), awsjar.Any)
	e := new(awsjar.Error)
	if !errors.Is(err, syscall.EBUSY) || !errors.As(err, &e) || !strings.Contains(e.Hint, "mount the directory around it") {
		t.Errorf("Save: %v with the hint %q", err, e.Hint)
	}
	mustLoad(t, s, "old")
	for _, name := range list(t, metaDir(path)) {
		if content, err := os.ReadFile(filepath.Join(metaDir(path), name)); err != nil || strings.Contains(string(content), "new value") {
			t.Errorf("%s holds %q, %v", name, content, err)
		}
	}
}
