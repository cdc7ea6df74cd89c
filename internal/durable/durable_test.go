package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar/internal/durable"
)

// recorder notes the calls as "name file", below dir.
func recorder(dir string, calls *[]string) durable.Disk {
	return durable.Disk{Before: func(call, name string) error {
		rel, _ := filepath.Rel(dir, name)
		*calls = append(*calls, call+" "+filepath.ToSlash(rel))
		return nil
	}}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestCalls holds the order of the system calls: what is to last is synced
// before the next step begins.
func TestCalls(t *testing.T) {
	dir := t.TempDir()
	var calls []string
	disk := recorder(dir, &calls)
	for _, c := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"MkdirAll", func() error { return disk.MkdirAll(filepath.Join(dir, "a/b"), 0o700) },
			[]string{"mkdir a", "fsync .", "mkdir a/b", "fsync a"}},
		{"MkdirAll again", func() error { return disk.MkdirAll(filepath.Join(dir, "a/b"), 0o700) }, nil},
		{"Write", func() error {
			return disk.Write(durable.File{Name: filepath.Join(dir, "a/f"), Perm: 0o600}, strings.NewReader("one"))
		}, []string{"unlink a/f", "open a/f", "write a/f", "fsync a/f"}},
		{"Rename", func() error { return disk.Rename(filepath.Join(dir, "a/f"), filepath.Join(dir, "a/b/g")) },
			[]string{"rename a/b/g", "fsync a/b"}},
		{"Remove", func() error { return disk.Remove(filepath.Join(dir, "a/b/g")) },
			[]string{"unlink a/b/g", "fsync a/b"}},
		{"Remove again", func() error { return disk.Remove(filepath.Join(dir, "a/b/g")) }, []string{"unlink a/b/g"}},
		{"Remove without directory", func() error { return disk.Remove(filepath.Join(dir, "c/d")) }, nil},
	} {
		calls = nil
		if err := c.do(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(c.want, calls); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", c.name, diff)
		}
	}
}

// replace replaces a file as the package comment says.
func replace(disk durable.Disk, name, content string) error {
	temp := durable.File{Name: name + ".tmp", Perm: 0o600}
	if err := disk.Write(temp, strings.NewReader(content)); err != nil {
		return err
	}
	return disk.Rename(temp.Name, name)
}

// TestFailures: whichever call fails, the name has the old content or the
// new one, and the next attempt succeeds.
func TestFailures(t *testing.T) {
	fault := errors.New("fault")
	for at, want := range []struct{ call, content, files string }{
		{"unlink", "old", "f"},
		{"open", "old", "f"},
		{"write", "old", "f"},
		{"fsync", "old", "f"},
		{"rename", "old", "f f.tmp"},
		{"fsync", "new", "f"},
	} {
		dir := t.TempDir()
		name := filepath.Join(dir, "f")
		if err := replace(durable.Disk{}, name, "old"); err != nil {
			t.Fatal(err)
		}
		calls := 0
		disk := durable.Disk{Before: func(call, _ string) error {
			if calls++; calls-1 != at {
				return nil
			}
			if call != want.call {
				t.Errorf("call %d is %s; want %s", at, call, want.call)
			}
			return fault
		}}
		if err := replace(disk, name, "new"); !errors.Is(err, fault) {
			t.Errorf("call %d, %s, fails: %v", at, want.call, err)
		}
		if got := read(t, name); got != want.content {
			t.Errorf("call %d, %s, fails: the file holds %q; want %q", at, want.call, got, want.content)
		}
		var files []string
		entries, _ := os.ReadDir(dir)
		for _, entry := range entries {
			files = append(files, entry.Name())
		}
		if got := strings.Join(files, " "); got != want.files {
			t.Errorf("call %d, %s, fails: there are %q; want %q", at, want.call, got, want.files)
		}
		if err := replace(durable.Disk{}, name, "newer"); err != nil || read(t, name) != "newer" {
			t.Errorf("call %d, %s, failed: the next attempt: %v", at, want.call, err)
		}
	}
}

// TestWriteReplaces: what was left under the name is not written into; it
// might be another name of a file in use.
func TestWriteReplaces(t *testing.T) {
	dir := t.TempDir()
	inUse, temp := filepath.Join(dir, "in use"), filepath.Join(dir, "temp")
	if err := os.WriteFile(inUse, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(inUse, temp); err != nil {
		t.Fatal(err)
	}
	if err := (durable.Disk{}).Write(durable.File{Name: temp, Perm: 0o600}, strings.NewReader("new")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, inUse); got != "mine" {
		t.Errorf("the other name of the file holds %q", got)
	}
}

func TestWriteAttributes(t *testing.T) {
	file := durable.File{
		Name:     filepath.Join(t.TempDir(), "f"),
		Perm:     0o600,
		Modified: time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC),
	}
	if err := (durable.Disk{}).Write(file, strings.NewReader("")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file.Name)
	if err != nil || !info.ModTime().Equal(file.Modified) || info.Size() != 0 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v", info.Mode())
	}
}

// TestWhole: a reader sees one content or the other, and always one.
func TestWhole(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	a, b := strings.Repeat("a", 100_000), strings.Repeat("b", 70_000)
	if err := replace(durable.Disk{}, name, a); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	readers.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if got, err := os.ReadFile(name); err != nil || string(got) != a && string(got) != b {
				t.Errorf("a reader saw %d bytes, %v", len(got), err)
				return
			}
		}
	})
	for range 25 {
		if err := errors.Join(replace(durable.Disk{}, name, b), replace(durable.Disk{}, name, a)); err != nil {
			t.Error(err)
		}
	}
	close(done)
	readers.Wait()
}

func TestMkdirAll(t *testing.T) {
	dir := t.TempDir()
	var disk durable.Disk
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"file", "file/below"} {
		if err := disk.MkdirAll(filepath.Join(dir, path), 0o700); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("MkdirAll of %s: %v; want ENOTDIR", path, err)
		}
	}
	var makers sync.WaitGroup
	for range 8 { // at the same time
		makers.Go(func() {
			if err := disk.MkdirAll(filepath.Join(dir, "x/y/z"), 0o700); err != nil {
				t.Error(err)
			}
		})
	}
	makers.Wait()
	if info, err := os.Stat(filepath.Join(dir, "x/y/z")); err != nil || !info.IsDir() {
		t.Errorf("the directory is %v, %v", info, err)
	}
	if runtime.GOOS != "windows" {
		if info, err := os.Stat(filepath.Join(dir, "x")); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("the directory above is %v, %v", info, err)
		}
	}
}

// TestMissing: there is no writing into a directory that is not there.
func TestMissing(t *testing.T) {
	name := filepath.Join(t.TempDir(), "none", "f")
	var disk durable.Disk
	if err := disk.Write(durable.File{Name: name}, strings.NewReader("x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Write: %v", err)
	}
	if err := disk.Rename(name, name+"2"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Rename: %v", err)
	}
}
