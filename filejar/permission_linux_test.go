package filejar_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// asNobody lets this goroutine use files without root's powers, if it has
// them.
func asNobody(t *testing.T, do func(dir string)) {
	dir := t.TempDir()
	if os.Getuid() != 0 {
		do(dir)
		return
	}
	if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Chmod(dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread() // for ever: the thread ends with the goroutine
	if err := syscall.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setfsuid(0)
	do(dir)
}

func mustBeDenied(t *testing.T, what string, err error) {
	t.Helper()
	var e *awsjar.Error
	if !errors.Is(err, awsjar.ErrAccessDenied) || !errors.As(err, &e) || !strings.Contains(e.Hint, "ls -la") {
		t.Errorf("%s: %v; want ErrAccessDenied with a hint", what, err)
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	asNobody(t, func(dir string) {
		path := filepath.Join(dir, "state", "value.json")
		s := filejar.New(path)
		mustSave(t, s, "old", awsjar.None)
		for _, readOnly := range []string{filepath.Dir(path), metaDir(path)} {
			if err := os.Chmod(readOnly, 0o500); err != nil {
				t.Fatal(err)
			}
			defer os.Chmod(readOnly, 0o700)
			_, err := s.Save(t.Context(), []byte("new"), awsjar.Any)
			mustBeDenied(t, "Save", err)
			mustBeDenied(t, "Delete", s.Delete(t.Context(), awsjar.Any))
			mustHaveHistory(t, s, "old") // reading needs no more
		}
	})
}

func TestDenied(t *testing.T) {
	asNobody(t, func(dir string) {
		path := filepath.Join(dir, "state", "value.json")
		s := filejar.New(path)
		mustSave(t, s, "old", awsjar.None)
		for _, closed := range []string{path, metaDir(path), filepath.Dir(path)} {
			info, err := os.Stat(closed)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(closed, 0); err != nil {
				t.Fatal(err)
			}
			for method, err := range everyMethod(t.Context(), s) {
				needsHistory := method != "Load" || closed != metaDir(path)
				if needsHistory && (method != "LoadVersion" && method != "DeleteVersion" || closed != path) {
					mustBeDenied(t, method+" without "+filepath.Base(closed), err)
				}
			}
			if err := os.Chmod(closed, info.Mode().Perm()); err != nil {
				t.Fatal(err)
			}
			mustHaveHistory(t, s, "old")
		}
	})
}
