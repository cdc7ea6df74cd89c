//go:build unix && !solaris && !aix

package durable_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awsjar/awsjar/internal/durable"
)

// TestLiken: a new file takes the mode of another and, where the process may,
// its owner and group. Bits of a group that cannot be kept go to no other group.
func TestLiken(t *testing.T) {
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, "like"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := open(t, durable.Disk{}, path)
	for _, mode := range []os.FileMode{0o600, 0o664, 0o640, 0o444} {
		if err := os.Chmod(filepath.Join(path, "like"), mode|os.ModeSetuid); err != nil {
			t.Fatal(err)
		}
		if os.Geteuid() == 0 {
			if err := errors.Join(os.Chown(filepath.Join(path, "like"), 61001, 61002), os.Chmod(filepath.Join(path, "like"), mode|os.ModeSetuid)); err != nil {
				t.Fatal(err)
			}
		}
		like, err := dir.Lstat("like")
		if err != nil {
			t.Fatal(err)
		}
		is, err := dir.Write(durable.File{Name: "new", Perm: 0o600, Like: like}, strings.NewReader("x"))
		if err != nil || is.Mode() != mode {
			t.Errorf("like %v: %v, %v", like.Mode(), is, err)
		}
		stat, want := is.Sys().(*syscall.Stat_t), like.Sys().(*syscall.Stat_t)
		if stat.Uid != want.Uid || stat.Gid != want.Gid {
			t.Errorf("like %d:%d: %d:%d", want.Uid, want.Gid, stat.Uid, stat.Gid)
		}
	}
	if os.Geteuid() == 0 {
		return
	}
	// A group that this process is not in.
	like, err := os.Lstat("/etc/passwd") // of root, 0644
	if err != nil {
		t.Skip(err)
	}
	is, err := dir.Write(durable.File{Name: "new", Perm: 0o600, Like: durable.WithMode(like, 0o664)}, strings.NewReader("x"))
	if err != nil || is.Mode() != 0o644 {
		t.Errorf("the group cannot be kept: %v, %v; want -rw-r--r--", is, err)
	}
}

// TestReadFile: only regular files are read.
func TestReadFile(t *testing.T) {
	path := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(path, "file"), []byte("content"), 0o600), os.Mkdir(filepath.Join(path, "dir"), 0o700),
		syscall.Mkfifo(filepath.Join(path, "fifo"), 0o600)); err != nil {
		t.Fatal(err)
	}
	dir := open(t, durable.Disk{}, path)
	if got, err := dir.ReadFile("file"); string(got) != "content" || err != nil {
		t.Errorf("a file: %q, %v", got, err)
	}
	for _, name := range []string{"dir", "fifo", "none"} {
		ended := make(chan error, 1)
		go func() { _, err := dir.ReadFile(name); ended <- err }()
		select {
		case err := <-ended:
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: it is waited for", name)
		}
	}
}

// TestEachName: every name is visited, or those until visit returns an error.
func TestEachName(t *testing.T) {
	path := t.TempDir()
	for n := range 600 { // more than are read at once
		if err := os.WriteFile(filepath.Join(path, strings.Repeat("n", 1+n%20)+string(rune('A'+n/20))), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir := open(t, durable.Disk{}, path)
	for range 2 { // each time from the beginning
		n := 0
		if err := dir.EachName(func(string) error { n++; return nil }); n != 600 || err != nil {
			t.Errorf("%d names, %v; want 600", n, err)
		}
	}
	n, enough := 0, errors.New("enough")
	if err := dir.EachName(func(string) error { n++; return enough }); n != 1 || !errors.Is(err, enough) {
		t.Errorf("%d names, %v; want one and the error", n, err)
	}
}

// TestLock: one of two open files has the lock, until it is given back or closed.
func TestLock(t *testing.T) {
	dir := open(t, durable.Disk{}, t.TempDir())
	var files [2]*os.File
	for i := range files {
		file, err := dir.OpenLock("lock", 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		files[i] = file
	}
	mustLock := func(i int, want bool) {
		t.Helper()
		if got, err := durable.TryLock(files[i]); got != want || err != nil {
			t.Errorf("TryLock: %v, %v; want %v", got, err, want)
		}
	}
	mustLock(0, true)
	mustLock(1, false)
	durable.Unlock(files[0])
	mustLock(1, true)
	mustLock(0, false)
	files[1].Close()
	mustLock(0, true)
	files[0].Close()
	if _, err := durable.TryLock(files[0]); err == nil {
		t.Error("a closed file is locked")
	}
}

// TestFull: a full disk is told from other failures.
func TestFull(t *testing.T) {
	for err, want := range map[error]bool{syscall.ENOSPC: true, syscall.EDQUOT: true, syscall.EIO: false} {
		if got := durable.Full(&os.PathError{Op: "write", Path: "f", Err: err}); got != want {
			t.Errorf("%v: %v; want %v", err, got, want)
		}
	}
}
