//go:build unix

package filejar_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// promptly fails the test if a call with a context of 200 ms does not return.
func promptly(t *testing.T, name string, call func(context.Context) error) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- call(ctx) }()
	select {
	case err := <-ended:
		return err
	case <-time.After(20 * time.Second):
		t.Fatalf("%s does not end", name)
		return nil
	}
}

func load(s *filejar.Store) func(context.Context) error {
	return func(ctx context.Context) error { _, _, err := s.Load(ctx); return err }
}

// TestFIFO: no FIFO makes a call wait, whichever file it stands for.
func TestFIFO(t *testing.T) {
	path := newPath(t)
	s := filejar.New(path)
	first := mustSave(t, s, "first", awsjar.None)
	mustSave(t, s, "second", awsjar.Any)
	version, err := filepath.Glob(filepath.Join(metaDir(path), "000000000001-*"))
	if err != nil || len(version) != 1 {
		t.Fatal(version, err)
	}
	for _, c := range []struct {
		name string
		call string
		do   func(context.Context) error
		ok   bool
	}{
		{path, "Load", load(s), false},
		{filepath.Join(metaDir(path), "head"), "Load", load(s), true},
		{version[0], "LoadVersion", func(ctx context.Context) error { _, _, err := s.LoadVersion(ctx, first.VersionID); return err }, false},
		{filepath.Join(metaDir(path), "lock"), "Save", func(ctx context.Context) error { _, err := s.Save(ctx, []byte("x"), awsjar.Any); return err }, false},
	} {
		if err := errors.Join(os.Rename(c.name, c.name+".kept"), syscall.Mkfifo(c.name, 0o600)); err != nil {
			t.Fatal(err)
		}
		if err := promptly(t, c.call, c.do); (err == nil) != c.ok {
			t.Errorf("%s with a FIFO for %s: %v", c.call, filepath.Base(c.name), err)
		}
		if err := os.Rename(c.name+".kept", c.name); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSwappedWhileOpening: a file that becomes a link or a FIFO at any moment is
// neither followed nor waited for.
func TestSwappedWhileOpening(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	edit(t, victim, "the secret of another")
	path := filepath.Join(dir, "state", "value.json")
	s := filejar.New(path)
	mustSave(t, s, "mine", awsjar.None)
	stop := make(chan struct{})
	swapped := make(chan error, 1)
	go func() {
		fifo, link, file := path+".fifo", path+".link", path+".file"
		for n := 0; ; n++ {
			select {
			case <-stop:
				swapped <- nil
				return
			default:
			}
			err := errors.Join(syscall.Mkfifo(fifo, 0o600), os.Rename(fifo, path), os.Symlink(victim, link), os.Rename(link, path),
				os.WriteFile(file, []byte("mine"), 0o600), os.Rename(file, path))
			if err != nil {
				swapped <- err
				return
			}
		}
	}()
	for range 300 {
		err := promptly(t, "Load", func(ctx context.Context) error {
			data, _, err := s.Load(ctx)
			if strings.Contains(string(data), "secret") {
				t.Error("a link was followed")
			}
			return err
		})
		if err != nil && !errors.Is(err, awsjar.ErrInvalid) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Load: %v", err)
		}
	}
	close(stop)
	if err := <-swapped; err != nil {
		t.Fatal(err)
	}
}

// TestForgedBeforeTheRename: the file that is renamed into place is the one that
// was written.
func TestForgedBeforeTheRename(t *testing.T) {
	path := newPath(t)
	s := filejar.New(path)
	mustSave(t, s, "old", awsjar.None)
	s.SetBefore(func(call, name string) error {
		if call != "fsync" || filepath.Base(name) != "temp" {
			return nil
		}
		edit(t, name+".forged", "forged")
		return os.Rename(name+".forged", name)
	})
	if _, err := s.Save(t.Context(), []byte("new"), awsjar.Any); !errors.Is(err, awsjar.ErrAccessDenied) {
		t.Errorf("Save: %v; want ErrAccessDenied", err)
	}
	mustLoad(t, s, "old")
}

// TestTempIsRemoved: the value that could not be stored is not left in a file,
// any step that failed.
func TestTempIsRemoved(t *testing.T) {
	for _, fail := range []string{"write", "fsync", "rename"} {
		path := newPath(t)
		s := filejar.New(path)
		mustSave(t, s, "old", awsjar.None)
		s.SetBefore(func(call, name string) error {
			if call == fail && (filepath.Base(name) == "temp" || name == path) {
				return &os.PathError{Op: call, Path: name, Err: syscall.EBUSY}
			}
			return nil
		})
		_, err := s.Save(t.Context(), []byte("new"), awsjar.Any)
		e := new(awsjar.Error)
		if !errors.Is(err, syscall.EBUSY) || !errors.As(err, &e) || !strings.Contains(e.Hint, "mount the directory") {
			t.Errorf("%s: %v with the hint %q", fail, err, e.Hint)
		}
		s.SetBefore(nil)
		mustHaveHistory(t, s, "old")
		for _, name := range list(t, metaDir(path)) {
			if name == "temp" || isNext(name) {
				t.Errorf("%s: %s is left", fail, name)
			}
		}
	}
}

// TestLoadDoesNotList: neither the directory of the history nor its versions
// are read for the current value.
func TestLoadDoesNotList(t *testing.T) {
	path := newPath(t)
	s := filejar.New(path)
	saved := mustSave(t, s, "value", awsjar.None)
	names := list(t, metaDir(path))
	// A version that is newer than the head cannot be; a listing would show it.
	edit(t, filepath.Join(metaDir(path), "000000000009-00000000-"+names[0][len(names[0])-16:]), "value")
	if found := mustLoad(t, s, "value"); found.Revision != saved.Revision {
		t.Errorf("Load says %q; want %q, without a listing", found.Revision, saved.Revision)
	}
	if err := s.Delete(t.Context(), saved.Revision); err != nil {
		t.Fatal(err)
	}
}

// TestKeepBytes: the versions have no more bytes together than is allowed, and the
// newest ones stay, the current one of any size.
func TestKeepBytes(t *testing.T) {
	value := func(n int) string { return strings.Repeat(fmt.Sprint(n%10), 100) }
	for _, c := range []struct {
		keep  int
		bytes int64
		want  int
	}{{0, 350, 3}, {2, 350, 2}, {-1, 350, 3}, {0, 99, 1}, {0, 199, 1}, {0, 200, 2}, {0, -1, 12}, {-1, 0, 12}, {0, 0, 12}} {
		path := memoryPath(t)
		s := filejar.New(path, func(o *filejar.Options) { o.Keep, o.KeepBytes = c.keep, c.bytes })
		for n := range 12 {
			mustSave(t, s, value(n), awsjar.Any)
		}
		history := observe(t, s)
		if len(history) != c.want || history[0] != value(11) || history[len(history)-1] != value(12-c.want) {
			t.Errorf("keep %d and %d bytes: %d versions; want %d", c.keep, c.bytes, len(history), c.want)
		}
	}
}

// TestTrimEnds: a context that ends while old versions are removed ends that,
// and the value is stored.
func TestTrimEnds(t *testing.T) {
	path := memoryPath(t)
	all := filejar.New(path, func(o *filejar.Options) { o.Keep = -1 })
	for n := range 20 {
		mustSave(t, all, fmt.Sprint(n), awsjar.Any)
	}
	few := filejar.New(path, func(o *filejar.Options) { o.Keep = 1 })
	ctx, cancel := context.WithCancel(t.Context())
	few.SetBefore(func(call, name string) error {
		if call == "fsync" && name == metaDir(path) { // the new version is in the history
			cancel()
		}
		return nil
	})
	if _, err := few.Save(ctx, []byte("last"), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	if history := observe(t, all); len(history) != 21 || history[0] != "last" {
		t.Errorf("there are %d versions; want all", len(history))
	}
}
