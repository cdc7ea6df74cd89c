package filejar_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/internal/hasten"
)

// childEnv makes this test binary one of the child processes instead.
const childEnv = "FILEJAR_TEST_CHILD"

// children are the tasks of a child process, given a path. They return the
// error, if there was one.
var children = map[string]func(path string) error{
	"write": writeForEver,
	"count": countUp,
}

func TestMain(m *testing.M) {
	role, path, isChild := strings.Cut(os.Getenv(childEnv), " ")
	if !isChild {
		hasten.Tests()
		os.Exit(m.Run())
	}
	addRoles()
	if err := children[role](path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		if e := new(awsjar.Error); errors.As(err, &e) {
			fmt.Fprintln(os.Stderr, e.Hint)
		}
		os.Exit(1)
	}
}

func child(role, path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+role+" "+path)
	cmd.Stderr = os.Stderr
	return cmd
}

// newPath returns the path of a value in a directory that does not exist yet.
func newPath(t *testing.T) string { return filepath.Join(t.TempDir(), "state", "value.json") }

// memoryPath returns one in memory where the system has such a directory: for
// tests that write thousands of times, and not about the disk.
func memoryPath(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "filejar-")
	if err != nil || runtime.GOOS == "windows" { // wine shows that of Linux
		return newPath(t)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "state", "value.json")
}

// link makes a symbolic link, or skips the test where a link is not seen as one,
// as under wine, or may not be made.
func link(t *testing.T, target, name string) error {
	t.Helper()
	err := os.Symlink(target, name)
	if info, seen := os.Lstat(name); runtime.GOOS == "windows" && (seen != nil || info.Mode()&fs.ModeSymlink == 0) {
		t.Skip("there are no links here: ", errors.Join(err, seen))
	}
	return err
}
