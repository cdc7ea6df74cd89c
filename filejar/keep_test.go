package filejar_test

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

func TestKeep(t *testing.T) {
	for _, c := range []struct{ keep, writes, want int }{
		{1, 5, 1}, {2, 5, 2}, {3, 2, 2}, {3, 3, 3}, {3, 4, 3}, {-1, 130, 130}, {0, 130, 100}, // 0: the default
	} {
		path := memoryPath(t)
		s := filejar.New(path, func(o *filejar.Options) { o.Keep = c.keep })
		var want []string
		for n := range c.writes {
			mustSave(t, s, fmt.Sprint(n), awsjar.Any)
			want = append([]string{fmt.Sprint(n)}, want...)
		}
		mustHaveHistory(t, s, want[:c.want]...)
		mustBeTidy(t, path, want[:c.want])
	}
}

// TestKeepFewer: an option that is lowered takes effect, also over delete
// markers and over more versions than are listed at once; but each write removes
// only so many that others need not wait long.
func TestKeepFewer(t *testing.T) {
	path := memoryPath(t)
	all := filejar.New(path, func(o *filejar.Options) { o.Keep = -1 })
	mustSave(t, all, "first", awsjar.None)
	for n := range 4500 {
		name := fmt.Sprintf("%012d-00000000.deleted", n+2)
		if n%2 == 0 {
			name = fmt.Sprintf("%012d-00000000-e3b0c44298fc1c14", n+2)
		}
		edit(t, filepath.Join(metaDir(path), name), "")
	}
	if err := os.Remove(filepath.Join(metaDir(path), "head")); err != nil { // which no writer of these would have left
		t.Fatal(err)
	}
	// A listing asks more than once whether its context has ended.
	counted := &interrupted{t.Context(), 1 << 30, nil}
	if _, _, err := all.Load(counted); err != nil {
		t.Fatal(err)
	}
	small := memoryPath(t)
	alone := filejar.New(small)
	mustSave(t, alone, "old", awsjar.None)
	edit(t, small, "first") // nor is the value of the other one in its history
	few := &interrupted{t.Context(), 1 << 30, nil}
	if _, _, err := alone.Load(few); err != nil || few.n-counted.n < 1 {
		t.Errorf("a Load that lists 4,501 versions looks %d times more at its context than one that lists one", few.n-counted.n)
	}
	history := slices.Collect(versionIDs(t, all))
	if len(history) != 4502 || !strings.HasPrefix(history[1], "4501-") || !strings.HasPrefix(history[4501], "1-") {
		t.Fatalf("there are %d versions, from %q to %q", len(history), history[0], history[len(history)-1])
	}
	if data, _, err := all.LoadVersion(t.Context(), history[4501]); err != nil || string(data) != "first" {
		t.Errorf("the oldest version: %q, %v", data, err)
	}
	shorter := filejar.New(path, func(o *filejar.Options) { o.Keep = 3 })
	mustSave(t, shorter, "more", awsjar.Any)
	if left := len(slices.Collect(versionIDs(t, shorter))); left < 3500 {
		t.Errorf("one write left %d versions", left)
	}
	for range 4 {
		mustSave(t, shorter, "more", awsjar.Any)
	}
	mustSave(t, shorter, "last", awsjar.Any)
	mustHaveHistory(t, shorter, "last", "more", "more")
}

// versionIDs yields the ids of the history, newest first.
func versionIDs(t *testing.T, s *filejar.Store) iter.Seq[string] {
	return func(yield func(string) bool) {
		for meta, err := range s.Versions(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if !yield(meta.VersionID) {
				return
			}
		}
	}
}

// TestLargeNumbers: a version may have a number beyond those of an int of 32 bits.
func TestLargeNumbers(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path, func(o *filejar.Options) { o.Keep, o.KeepBytes = -1, 9 })
	mustSave(t, s, "first", awsjar.None)
	edit(t, filepath.Join(metaDir(path), "003000000000-00000000-e3b0c44298fc1c14"), "")
	if err := os.Remove(filepath.Join(metaDir(path), "head")); err != nil { // which names another one
		t.Fatal(err)
	}
	mustSave(t, s, "more", awsjar.Any)
	mustSave(t, s, "last", awsjar.Any)
	mustHaveHistory(t, s, "last", "more")
}
