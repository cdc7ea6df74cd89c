// Package recipe compiles the programs of docs/recipes.md for the tests that run
// them.
package recipe

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/executable"
)

// program finds a program and its name.
var program = regexp.MustCompile("(?s)```go\n// recipe: (\\w+)\n(package main\n.*?)```")

// Build compiles all programs within the module in a directory, and returns the
// directory of the commands, which are named as on the page.
//
// To link one program takes as long as to run all of them. So each becomes a
// package, by other words in its package clause and for the name of its main, and
// one command runs the program by whose name it is called.
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
	found := program.FindAllStringSubmatch(string(text), -1)
	if programs := strings.Count(string(text), "package main\n"); programs != len(found) || programs == 0 {
		t.Fatalf("%d of %d programs have a name", len(found), programs)
	}
	s := sources{t: t, module: module, dir: t.TempDir(), overlay: map[string]string{}}
	var imports, calls strings.Builder
	for _, f := range found {
		name, text := f[1], f[2]
		text = strings.Replace(text, "package main\n", "package "+name+"\n", 1)
		text = strings.Replace(text, "\nfunc main() {\n", "\nfunc Main() {\n", 1)
		s.add("recipes/"+name, text)
		fmt.Fprintf(&imports, "\trecipe_%s %q\n", name, "github.com/awsjar/awsjar/recipes/"+name)
		fmt.Fprintf(&calls, "\tcase %q:\n\t\trecipe_%s.Main()\n", name, name)
	}
	s.add("recipes", "package main\n\nimport (\n\t\"os\"\n\t\"path/filepath\"\n\n"+imports.String()+
		")\n\nfunc main() {\n\tswitch filepath.Base(os.Args[0]) {\n"+calls.String()+"\t}\n}\n")
	command := s.build("./recipes")
	for _, f := range found {
		if err := os.Link(command, filepath.Join(s.dir, f[1])); err != nil {
			t.Fatal(err)
		}
	}
	return s.dir
}

// sources are files that the go command takes for files of the module.
type sources struct {
	t           *testing.T
	module, dir string
	overlay     map[string]string
}

// add adds the only file of a package.
func (s *sources) add(pkg, text string) {
	s.t.Helper()
	file := filepath.Join(s.dir, strings.ReplaceAll(pkg, "/", "_")+".go")
	s.write(file, []byte(text))
	s.overlay[filepath.Join(s.module, filepath.FromSlash(pkg), "main.go")] = file
}

// build compiles a command and returns its path.
func (s *sources) build(pkg string) string {
	s.t.Helper()
	data, err := json.Marshal(map[string]any{"Replace": s.overlay})
	if err != nil {
		s.t.Fatal(err)
	}
	overlay, command := filepath.Join(s.dir, "overlay.json"), filepath.Join(s.dir, "all")
	s.write(overlay, data)
	cmd := executable.Copy(pkg, command, "-overlay", overlay)
	cmd.Dir = s.module
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("go run: %v\n%s", err, out)
	}
	return command
}

func (s *sources) write(path string, data []byte) {
	s.t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		s.t.Fatal(err)
	}
}
