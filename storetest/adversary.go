package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
)

// Place is where a store of files keeps its value, for [RunAdversary].
type Place struct {
	Store awsjar.Store

	// Dir is the directory of the value's file. Others can write it.
	Dir string

	// File is the path of the value's file, in Dir.
	File string

	// SetBefore sets a function that the store calls before each system call
	// that changes something.
	SetBefore func(func(call, name string) error)
}

// RunAdversary checks a store of files in a directory that another user can
// write. That user makes links, FIFOs and hard links and swaps files and
// directories, before each of the store's system calls. The value may be lost; but
// nothing outside the directory is changed or read, and no call hangs.
//
// newPlace returns a store in a new directory, below the one that it is given,
// in which there is no value. On Linux, as root, the adversary acts as a user
// without rights of its own; elsewhere as the user of the test.
func RunAdversary(t *testing.T, newPlace func(t *testing.T, below string) Place) {
	for _, move := range moves {
		t.Run(move.name, func(t *testing.T) {
			if _, err := act(t, newPlace, move, -1); errors.Is(err, errors.ErrUnsupported) {
				t.Skip("NOT TESTED: the adversary cannot do this here: ", err)
			}
			for at := 0; ; at++ {
				calls, _ := act(t, newPlace, move, at)
				if at >= calls {
					return
				}
			}
		})
	}
}

// move is something that the adversary does. An error that says that it may not
// is good for the store.
type move struct {
	name string
	do   func(p Place, outside string) error
}

const secret = "the secret of another directory"

var moves = []move{
	{"link to a file", func(p Place, outside string) error { return swapIn(p.File, linkTo(filepath.Join(outside, "victim"))) }},
	{"link to nothing", func(p Place, outside string) error { return swapIn(p.File, linkTo(filepath.Join(outside, "new"))) }},
	{"hard link", func(p Place, outside string) error {
		if os.Geteuid() != 0 {
			return errors.ErrUnsupported // it would be the user's own file under another name
		}
		return swapIn(p.File, func(name string) error { return os.Link(filepath.Join(outside, "victim"), name) })
	}},
	{"FIFO", func(p Place, _ string) error { return swapIn(p.File, makeFIFO) }},
	{"directory", func(p Place, _ string) error {
		return swapIn(p.File, func(name string) error { return os.Mkdir(name, 0o777) })
	}},
	{"links for the directories beside", func(p Place, outside string) error {
		return swapDirs(p.Dir, linkTo(outside))
	}},
	{"own directories for those beside", func(p Place, outside string) error {
		return swapDirs(p.Dir, func(name string) error {
			inner := filepath.Join(name, filepath.Base(p.File))
			return errors.Join(os.MkdirAll(inner, 0o777), os.Chmod(name, 0o777), os.Chmod(inner, 0o777),
				os.Symlink(filepath.Join(outside, "victim"), filepath.Join(inner, "temp")),
				os.Symlink(filepath.Join(outside, "new"), filepath.Join(inner, "lock")))
		})
	}},
	{"links for the files beside", func(p Place, outside string) error {
		return eachBeside(p.Dir, func(name string) error { return swapIn(name, linkTo(filepath.Join(outside, "victim"))) })
	}},
	{"FIFOs for the files beside", func(p Place, _ string) error {
		return eachBeside(p.Dir, func(name string) error { return swapIn(name, makeFIFO) })
	}},
}

func linkTo(target string) func(string) error {
	return func(name string) error { return os.Symlink(target, name) }
}

// swapIn puts a new file in the place of one.
func swapIn(name string, make func(name string) error) error {
	os.Rename(name, name+fmt.Sprint(".", time.Now().UnixNano()))
	return make(name)
}

// swapDirs does so with every directory in a directory.
func swapDirs(dir string, make func(name string) error) error {
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		if entry.IsDir() {
			err = errors.Join(err, swapIn(filepath.Join(dir, entry.Name()), make))
		}
	}
	return err
}

// eachBeside calls do with every file below a directory of the directory.
func eachBeside(dir string, do func(name string) error) error {
	return filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Dir(name) == dir {
			return nil
		}
		return ignoreMissing(do(name))
	})
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// act saves, loads and deletes a value while the adversary moves before the
// system call with that number. It returns how many there were, and the
// error of the adversary where it may not move.
func act(t *testing.T, newPlace func(*testing.T, string) Place, m move, at int) (calls int, refused error) {
	t.Helper()
	below, outside := publicDir(t), publicDir(t)
	if err := os.WriteFile(filepath.Join(outside, "victim"), []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	p := newPlace(t, below)
	p.SetBefore(func(string, string) error {
		if calls++; calls-1 == at {
			refused = asAnother(func() error { return m.do(p, outside) })
		}
		return nil
	})
	promptly(t, func(ctx context.Context) { p.Store.Save(ctx, []byte("one"), awsjar.Any) })
	if at < 0 { // only between two calls
		refused = asAnother(func() error { return m.do(p, outside) })
	}
	promptly(t, func(ctx context.Context) { p.Store.Save(ctx, []byte("two"), awsjar.Any) })
	promptly(t, func(ctx context.Context) {
		data, _, _ := p.Store.Load(ctx)
		if string(data) == secret {
			t.Errorf("%s at call %d: Load read a file outside", m.name, at)
		}
	})
	promptly(t, func(ctx context.Context) { p.Store.Delete(ctx, awsjar.Any) })
	if content, err := os.ReadFile(filepath.Join(outside, "victim")); err != nil || string(content) != secret {
		t.Errorf("%s at call %d: the file outside holds %q, %v", m.name, at, content, err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("%s at call %d: outside there is %v, %v", m.name, at, entries, err)
	}
	return calls, refused
}

// promptly calls do with a context of 200 ms, and fails if it takes much longer.
func promptly(t *testing.T, do func(context.Context)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	ended := make(chan struct{})
	go func() { defer close(ended); do(ctx) }()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("a call does not end with its context")
	}
}

// publicDir returns a directory that every user reaches.
func publicDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "storetest-") // in memory, where there is such a directory
	if err != nil {
		dir, err = os.MkdirTemp("", "storetest-")
	}
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}
