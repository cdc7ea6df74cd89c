package guard

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestUserModule makes the module of a user of each package, and counts the
// requirements of its go.mod and the lines of its go.sum. Two lines for awsjar
// itself are not there, because this checkout takes its place. The sizes of
// programs are those of TestPrograms.
func TestUserModule(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	r := openRecord(t, "user.txt", "lines that a package adds to go.mod and go.sum of a user's module")
	for _, name := range []string{"s3jar", "lambdajar", "filejar", "jarurl", "awsfake"} {
		dir := t.TempDir()
		files := map[string]string{
			"main.go": "package main\n\nimport _ \"" + module + "/" + name + "\"\n\nfunc main() {}\n",
			"go.mod":  "module example.com/user\n\ngo 1.26.0\n\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + strconv.Quote(root) + "\n",
			"go.sum":  string(sums),
		}
		for file, text := range files {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command("go", "mod", "tidy")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		r.check(name+".requires", float64(lines(t, dir, "go.mod", " v")), 0)
		r.check(name+".sums", float64(lines(t, dir, "go.sum", " h1:")), 0)
	}
}

// lines counts the lines of a file that hold a text.
func lines(t *testing.T, dir, file, text string) (n int) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, text) && !strings.HasPrefix(line, "replace ") {
			n++
		}
	}
	return n
}
