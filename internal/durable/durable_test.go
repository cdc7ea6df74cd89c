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

// open opens a directory of a test.
func open(t *testing.T, disk durable.Disk, path string) *durable.Dir {
	t.Helper()
	dir, err := disk.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	return dir
}

// TestCalls holds the order of the system calls: a file that is to last is synced
// before the next step begins.
func TestCalls(t *testing.T) {
	path := t.TempDir()
	var calls []string
	disk := recorder(path, &calls)
	if err := disk.MkdirAll(filepath.Join(path, "a/b"), 0o700); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"mkdir a", "fsync .", "mkdir a/b", "fsync a"}, calls); diff != "" {
		t.Errorf("MkdirAll: calls (-want +got):\n%s", diff)
	}
	a := open(t, disk, filepath.Join(path, "a"))
	b, err := a.OpenDir("b")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for _, c := range []struct {
		name string
		do   func() error
		want []string
	}{
		{"MkdirAll again", func() error { return disk.MkdirAll(filepath.Join(path, "a/b"), 0o700) }, nil},
		{"Mkdir again", func() error { return a.Mkdir("b", 0o700) }, []string{"mkdir a/b", "fsync a"}},
		{"Write", func() error {
			_, err := b.Write(durable.File{Name: "f", Perm: 0o600}, strings.NewReader("one"))
			return err
		}, []string{"unlink a/b/f", "open a/b/f", "write a/b/f", "fsync a/b/f"}},
		{"Rename", func() error { return b.Rename("f", a, "g") }, []string{"rename a/g", "fsync a"}},
		{"Remove", func() error { return a.Remove("g") }, []string{"unlink a/g", "fsync a"}},
		{"Remove again", func() error { return a.Remove("g") }, []string{"unlink a/g"}},
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
	dir, err := disk.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer dir.Close()
	temp := durable.File{Name: filepath.Base(name) + ".tmp", Perm: 0o600}
	if _, err := dir.Write(temp, strings.NewReader(content)); err != nil {
		return err
	}
	return dir.Rename(temp.Name, dir, filepath.Base(name))
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

// TestWriteReplaces: a file that was left under the name is not written into; it
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
	if _, err := open(t, durable.Disk{}, dir).Write(durable.File{Name: "temp", Perm: 0o600}, strings.NewReader("new")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, inUse); got != "mine" {
		t.Errorf("the other name of the file holds %q", got)
	}
}

func TestWriteAttributes(t *testing.T) {
	dir := t.TempDir()
	file := durable.File{
		Name:     "f",
		Perm:     0o600,
		Modified: time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC),
	}
	written, err := open(t, durable.Disk{}, dir).Write(file, strings.NewReader(""))
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, file.Name))
	if err == nil && !os.SameFile(info, written) {
		t.Error("the description is not that of the new file")
	}
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
	dir := open(t, durable.Disk{}, filepath.Dir(name))
	done := make(chan struct{})
	var readers sync.WaitGroup
	readers.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			if got, err := dir.ReadFile("f"); err != nil || string(got) != a && string(got) != b {
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
	path := t.TempDir()
	if _, err := (durable.Disk{}).Open(filepath.Join(path, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open: %v", err)
	}
	if err := os.WriteFile(filepath.Join(path, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (durable.Disk{}).Open(filepath.Join(path, "file")); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("Open of a file: %v", err)
	}
	dir := open(t, durable.Disk{}, path)
	if _, err := dir.OpenDir("none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenDir: %v", err)
	}
	if err := dir.Rename("none", dir, "other"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Rename: %v", err)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Skip("an open directory cannot be removed here: ", err)
	}
	if _, err := dir.Write(durable.File{Name: "f"}, strings.NewReader("x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Write: %v", err)
	}
}

// TestOpenLockAtOnce: of many that make the file of a lock at once, each opens it.
func TestOpenLockAtOnce(t *testing.T) {
	for range 50 {
		dir := open(t, durable.Disk{}, t.TempDir())
		var openers sync.WaitGroup
		begin := make(chan struct{})
		for range 8 {
			openers.Go(func() {
				<-begin
				if err := closed(dir.OpenLock("lock", 0o600)); err != nil {
					t.Error(err)
				}
			})
		}
		close(begin)
		openers.Wait()
	}
}

// TestNames: no name leads out of the directory.
func TestNames(t *testing.T) {
	path := t.TempDir()
	inside := filepath.Join(path, "inside")
	if err := errors.Join(os.Mkdir(inside, 0o700), os.WriteFile(filepath.Join(path, "victim"), []byte("mine"), 0o600),
		os.WriteFile(filepath.Join(inside, "f"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	dir := open(t, durable.Disk{}, inside)
	for _, name := range []string{"", ".", "..", "../victim", "../inside/f", filepath.Join(path, "victim"), "none/../../victim"} {
		for call, err := range map[string]error{
			"Open":      closed(dir.Open(name)),
			"OpenLock":  closed(dir.OpenLock(name, 0o600)),
			"OpenDir":   closed(dir.OpenDir(name)),
			"Mkdir":     dir.Mkdir(name, 0o700),
			"Rename":    dir.Rename("f", dir, name),
			"Rename of": dir.Rename(name, dir, "g"),
			"Forget":    dir.Forget(name),
			"Write":     func() error { _, err := dir.Write(durable.File{Name: name}, strings.NewReader("x")); return err }(),
		} {
			if err == nil && !(call == "Mkdir" && (name == "." || name == "..")) {
				t.Errorf("%s of %q: no error", call, name)
			}
		}
	}
	if got := read(t, filepath.Join(path, "victim")); got != "mine" {
		t.Errorf("the file outside holds %q", got)
	}
}

// closed closes a file that was opened, and returns the error.
func closed[T interface{ Close() error }](file T, err error) error {
	if err == nil {
		file.Close()
	}
	return err
}

// TestLinks: a link is not followed, whether it leads out of the directory or
// not, and a FIFO makes nobody wait.
func TestLinks(t *testing.T) {
	path, outside := t.TempDir(), t.TempDir()
	for link, target := range map[string]string{
		"out": filepath.Join(outside, "new"), "in": "file", "to-dir": "dir", "to-outside": outside,
	} {
		if err := os.Symlink(target, filepath.Join(path, link)); err != nil {
			t.Skip("links cannot be made here: ", err)
		}
		if info, err := os.Lstat(filepath.Join(path, link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Skip("a link is not seen as one here, as under wine: ", err)
		}
	}
	if err := errors.Join(os.WriteFile(filepath.Join(path, "file"), []byte("mine"), 0o600), os.Mkdir(filepath.Join(path, "dir"), 0o700)); err != nil {
		t.Fatal(err)
	}
	dir := open(t, durable.Disk{}, path)
	for _, name := range []string{"out", "in"} {
		for call, err := range map[string]error{
			"Open":     closed(dir.Open(name)),
			"OpenLock": closed(dir.OpenLock(name, 0o600)),
			"ReadFile": func() error { _, err := dir.ReadFile(name); return err }(),
		} {
			if err == nil {
				t.Errorf("%s of the link %s: no error", call, name)
			}
		}
		if _, err := dir.Write(durable.File{Name: name, Perm: 0o600}, strings.NewReader("new")); err != nil {
			t.Errorf("Write in the place of a link: %v", err)
		}
		if info, err := os.Lstat(filepath.Join(path, name)); err != nil || !info.Mode().IsRegular() {
			t.Errorf("Write in the place of a link made %v, %v", info, err)
		}
	}
	for _, name := range []string{"to-dir", "to-outside", "file"} {
		if err := closed(dir.OpenDir(name)); !errors.Is(err, syscall.ENOTDIR) {
			t.Errorf("OpenDir of %s: %v; want ENOTDIR", name, err)
		}
	}
	if got := read(t, filepath.Join(path, "file")); got != "mine" {
		t.Errorf("the target of a link holds %q", got)
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 0 {
		t.Errorf("outside there is %v", entries)
	}
}

// TestRenamedWhileOpen: changes go to the directory that was opened, not to the
// one that has its path now.
func TestRenamedWhileOpen(t *testing.T) {
	path := t.TempDir()
	mine, other := filepath.Join(path, "mine"), filepath.Join(path, "other")
	if err := errors.Join(os.Mkdir(mine, 0o700), os.Mkdir(other, 0o700)); err != nil {
		t.Fatal(err)
	}
	dir := open(t, durable.Disk{}, mine)
	if err := errors.Join(os.Rename(mine, mine+"2"), os.Symlink(other, mine)); err != nil {
		t.Skip("not possible here: ", err)
	}
	if err := dir.Replace(durable.File{Name: "f", Perm: 0o600}, strings.NewReader("new")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(mine+"2", "f")); got != "new" {
		t.Errorf("the file holds %q", got)
	}
	if entries, _ := os.ReadDir(other); len(entries) != 0 {
		t.Errorf("in the other directory there is %v", entries)
	}
}
