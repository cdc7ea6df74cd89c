// Package executable compiles programs for tests.
package executable

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Copy is the command that compiles a main package and copies its executable to
// a path. Flags are those of "go build".
//
// It is "go run" with the program cp in front of the executable: the go command
// keeps the executables of "go run" in its cache, and links one of "go build" each
// time anew, which takes seconds.
func Copy(pkg, path string, flags ...string) *exec.Cmd {
	args := append([]string{"run", "-exec", "cp"}, flags...)
	cmd := exec.Command("go", append(args, pkg, path)...)
	cmd.Err = errors.Join(cmd.Err, openModule())
	return cmd
}

// openModule opens each directory of the module around the working directory. "go
// test" takes the result of an earlier run for as long as the imports of the test
// and all that it opened are the same, and knows nothing of the programs that the
// test compiles.
func openModule() error {
	root, err := os.Getwd()
	if err != nil {
		return err
	}
	for !isModule(root) {
		if root == filepath.Dir(root) {
			return errors.New("the working directory is in no module")
		}
		root = filepath.Dir(root)
	}
	return filepath.WalkDir(root, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && strings.HasPrefix(entry.Name(), ".") {
			return filepath.SkipDir
		}
		if errors.Is(err, fs.ErrNotExist) { // another test has removed it meanwhile
			return nil
		}
		return err
	})
}

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
