// Package executable compiles programs for tests.
package executable

import "os/exec"

// Copy is the command that compiles a main package and copies its executable to
// a path. Flags are those of "go build".
//
// It is "go run" with the program cp in front of the executable: the go command
// keeps the executables of "go run" in its cache, and links one of "go build" each
// time anew, which takes seconds.
func Copy(pkg, path string, flags ...string) *exec.Cmd {
	args := append([]string{"run", "-exec", "cp"}, flags...)
	return exec.Command("go", append(args, pkg, path)...)
}
