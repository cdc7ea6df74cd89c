package filejar_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// TestNames: any file name will do, and its neighbours stay as they are.
func TestNames(t *testing.T) {
	dir := filepath.Dir(memoryPath(t))
	neighbour := filejar.New(filepath.Join(dir, "neighbour"))
	mustSave(t, neighbour, "untouched", awsjar.None)
	names := []string{
		"a", "state.json", ".hidden", "..two dots", "with space", "-", "-rf", "~", "'quote'", "100%", "%41", "a#b", "a+b&c=d",
		"é", "日本語", "lock", "temp", "next-000000000001-00000000.deleted", ".awsjar.json", strings.Repeat("n", 255),
	}
	beforeDrive := "" // of the path of a URL
	if runtime.GOOS == "windows" {
		beforeDrive = "/"
	} else {
		names = append(names, "a?b", "a:b", `back\slash`, "new\nline", `"*<>|`, "CON", "space at the end ")
	}
	if runtime.GOOS == "linux" { // elsewhere these are the é above, and no name
		names = append(names, "e\u0301", "\xff invalid UTF-8")
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		s := filejar.New(path)
		mustSave(t, s, "first of "+name, awsjar.None)
		mustSave(t, s, "second of "+name, awsjar.Any)
		mustHaveHistory(t, filejar.New(path), "second of "+name, "first of "+name)
		u, err := url.Parse(s.String())
		if err != nil || u.Scheme != "file" || u.Host != "" || filepath.FromSlash(strings.TrimPrefix(u.Path, beforeDrive)) != path {
			t.Errorf("the URL of %q is %q, which is %+v, %v", path, s.String(), u, err)
		}
		if err := s.Delete(t.Context(), awsjar.Any); err != nil {
			t.Errorf("Delete of %q: %v", path, err)
		}
	}
	mustHaveHistory(t, neighbour, "untouched")
}

// everyMethod returns the errors of all methods.
func everyMethod(ctx context.Context, s *filejar.Store) map[string]error {
	_, _, load := s.Load(ctx)
	_, save := s.Save(ctx, []byte("value"), awsjar.Any)
	_, _, loadVersion := s.LoadVersion(ctx, "1-00000000-0000000000000000")
	var versions error
	for _, err := range s.Versions(ctx) {
		versions = err
	}
	return map[string]error{
		"Load": load, "Save": save, "LoadVersion": loadVersion, "Versions": versions,
		"Delete":        s.Delete(ctx, awsjar.Any),
		"DeleteVersion": s.DeleteVersion(ctx, "1-00000000-0000000000000000"),
	}
}

// TestInvalid: a path that cannot be makes every method fail, with an error
// that names the place and makes nothing.
func TestInvalid(t *testing.T) {
	dir := t.TempDir()
	inDir := func(name string) *filejar.Store { return filejar.New(filepath.Join(dir, name)) }
	stores := map[string]*filejar.Store{
		"nil":              nil,
		"empty path":       filejar.New(""),
		"NUL":              inDir("a\x00b"),
		"trailing slash":   filejar.New(dir + "/state/"),
		"dot":              filejar.New("."),
		"two dots":         filejar.New(dir + "/.."),
		"root":             filejar.New("/"),
		"own directory":    inDir(".awsjar"),
		"in own directory": inDir(".awsjar/state.json"),
		"own, other case":  inDir(".AWSJar/x/y"),
		"zero":             {},
		"negative MaxSize": filejar.New(dir+"/x", func(o *filejar.Options) { o.MaxSize = -1 }),
	}
	for name, s := range stores {
		for method, err := range everyMethod(t.Context(), s) {
			var e *awsjar.Error
			if !errors.Is(err, awsjar.ErrInvalid) || !errors.As(err, &e) || e.Target != s.String() || e.Hint == "" {
				t.Errorf("%s: %s: %v; want ErrInvalid that names %s", name, method, err, s)
			}
		}
	}
	if names := list(t, dir); len(names) != 0 {
		t.Errorf("there are now %q", names)
	}
}

// TestRelativeToNothing: the current directory is gone.
func TestRelativeToNothing(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere it cannot be removed, or is still known")
	}
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("PWD", "")
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	for method, err := range everyMethod(t.Context(), filejar.New("state.json")) {
		if !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("%s: %v; want ErrInvalid", method, err)
		}
	}
}

// TestNoFile: a file that is not regular is refused and left alone.
func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	edit(t, filepath.Join(dir, "target"), "target")
	for name, err := range map[string]error{
		"dir":      os.Mkdir(filepath.Join(dir, "dir"), 0o700),
		"link":     link(t, "target", filepath.Join(dir, "link")),
		"dangling": link(t, "nothing", filepath.Join(dir, "dangling")),
	} {
		if err != nil {
			t.Fatal(err)
		}
		s := filejar.New(filepath.Join(dir, name))
		_, _, load := s.Load(t.Context())
		_, save := s.Save(t.Context(), []byte("value"), awsjar.Any)
		for _, err := range []error{load, save, s.Delete(t.Context(), awsjar.Any)} {
			var e *awsjar.Error
			if !errors.Is(err, awsjar.ErrInvalid) || !errors.As(err, &e) || e.Hint == "" {
				t.Errorf("%s: %v; want ErrInvalid with a hint", name, err)
			}
		}
	}
	if names := strings.Join(list(t, dir), " "); names != "dangling dir link target" {
		t.Errorf("there are now %s", names)
	}
}

// TestRelative: a relative path is taken from where New was called.
func TestRelative(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	s := filejar.New("sub/../state.json")
	t.Chdir(t.TempDir())
	mustSave(t, s, "value", awsjar.None)
	if got, err := os.ReadFile(filepath.Join(dir, "state.json")); err != nil || string(got) != "value" {
		t.Errorf("the file holds %q, %v", got, err)
	}
}

// TestNothingMade: calls that have nothing to do make no directory.
func TestNothingMade(t *testing.T) {
	path := newPath(t)
	s := filejar.New(path)
	_, _, load := s.Load(t.Context())
	_, _, loadVersion := s.LoadVersion(t.Context(), "1-00000000-0000000000000000")
	if !errors.Is(load, awsjar.ErrNotFound) || !errors.Is(loadVersion, awsjar.ErrNotFound) {
		t.Errorf("Load: %v, LoadVersion: %v; want ErrNotFound", load, loadVersion)
	}
	if err := errors.Join(s.Delete(t.Context(), awsjar.Any), s.DeleteVersion(t.Context(), "1-00000000")); err != nil {
		t.Error(err)
	}
	if err := s.Delete(t.Context(), "1-00000000-0000000000000000"); !errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Delete of a revision: %v; want ErrConflict", err)
	}
	mustHaveHistory(t, s)
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory was made: %v", err)
	}
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such modes")
	}
	path := newPath(t)
	s := filejar.New(path)
	mustSave(t, s, "value", awsjar.None)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	mustSave(t, s, "next", awsjar.Any)
	mustHaveModes(t, path, map[string]os.FileMode{
		path: 0o644, filepath.Dir(path): 0o700, filepath.Dir(metaDir(path)): 0o755, metaDir(path): 0o755,
		"000000000001": 0o600, "000000000002": 0o644, "lock": 0o600, "head": 0o600,
	})
	if err := s.Delete(t.Context(), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	mustSave(t, s, "back", awsjar.None)
	mustHaveModes(t, path, map[string]os.FileMode{path: 0o600, "000000000004": 0o600})
}

// mustHaveModes compares the modes of files, which are given by their paths or
// as the beginning of a name in the history.
func mustHaveModes(t *testing.T, path string, want map[string]os.FileMode) {
	t.Helper()
	for name, mode := range want {
		if !filepath.IsAbs(name) {
			found, err := filepath.Glob(filepath.Join(metaDir(path), name+"*"))
			if err != nil || len(found) != 1 {
				t.Fatalf("%s: %v, %v", name, found, err)
			}
			name = found[0]
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has the mode %v, %v; want %v", name, info.Mode(), err, mode)
		}
	}
}
