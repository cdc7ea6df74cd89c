// Package recipe compiles the programs of docs/recipes.md, as they stand there,
// for the tests that run them.
package recipe

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// program finds a program and its name.
var program = regexp.MustCompile("(?s)```go\n// recipe: (\\w+)\n(package main\n.*?)```")

// Build compiles all programs as packages of the module in a directory, and
// returns the directory of the commands, which are named as on the page.
func Build(t *testing.T, module string) string {
	t.Helper()
	module, err := filepath.Abs(module)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(module, "docs", "recipes.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	overlay := map[string]string{}
	args := []string{"build", "-o", dir + string(filepath.Separator), "-overlay", filepath.Join(dir, "overlay.json")}
	found := program.FindAllStringSubmatch(string(text), -1)
	for _, f := range found {
		name, source := f[1], filepath.Join(dir, f[1]+".go")
		write(t, source, []byte(f[2]))
		overlay[filepath.Join(module, "recipes", name, "main.go")] = source
		args = append(args, "./recipes/"+name)
	}
	if programs := strings.Count(string(text), "package main\n"); programs != len(found) || programs == 0 {
		t.Fatalf("%d of %d programs have a name", len(found), programs)
	}
	data, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "overlay.json"), data)
	cmd := exec.Command("go", args...)
	cmd.Dir = module
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
