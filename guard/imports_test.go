package guard

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/awsjar/awsjar"

// noted are the packages of the standard library that the lists tell of: what
// costs a program a megabyte, or has no place in one.
var noted = []string{"net/http", "regexp", "testing"}

// TestImports compares what each package brings into a program.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for pkg, deps := range dependencies(t) {
		file := strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/"), "/", "-") + ".txt"
		if pkg == module {
			file = "awsjar.txt"
		}
		seen[file] = true
		path := filepath.Join("testdata", "imports", file)
		got := strings.Join(deps, "\n") + "\n"
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Errorf("%s has no list: %v; go test ./guard -update", pkg, err)
			continue
		}
		if diff := cmp.Diff(strings.Fields(string(want)), strings.Fields(got)); diff != "" {
			t.Errorf("%s brings in other packages; if it must be: go test ./guard -update\n(-before +now)\n%s", pkg, diff)
		}
	}
	lists, err := os.ReadDir(filepath.Join("testdata", "imports"))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		if path := filepath.Join("testdata", "imports", list.Name()); !seen[list.Name()] {
			if !*update {
				t.Errorf("%s is of no package; go test ./guard -update", path)
			} else if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestApart: a program with one kind of store links nothing of the other, and
// neither links the loading of configuration files.
func TestApart(t *testing.T) {
	const sdk = "github.com/aws/aws-sdk-go-v2/"
	all := dependencies(t)
	for pkg, refused := range map[string][]string{
		"":                  {sdk, "github.com/aws/"},
		"/guard/s3only":     {sdk + "service/lambda", module + "/lambdajar", module + "/internal/pack"},
		"/guard/lambdaonly": {sdk + "service/s3", module + "/s3jar"},
		"/envjar":           {sdk, "github.com/aws/", "net/http"},
		"/filejar":          {sdk, "github.com/aws/", "net/http"},
		"/memjar":           {sdk, "github.com/aws/", "net/http"},
		"/s3jar":            {sdk + "config", sdk + "credentials"},
		"/lambdajar":        {sdk + "config", sdk + "credentials"},
		"/lambdaenv":        {sdk + "config", sdk + "credentials", sdk + "service/"},
		"/awsroots":         {sdk + "config", sdk + "service/"},
	} {
		deps, ok := all[module+pkg]
		if !ok {
			t.Errorf("there is no package %s%s", module, pkg)
		}
		for _, dep := range deps {
			for _, r := range append(refused, "testing", "github.com/google/go-cmp", sdk+"service/sso", sdk+"service/sts") {
				if dep == r || strings.HasPrefix(dep, strings.TrimSuffix(r, "/")+"/") {
					t.Errorf("%s%s links %s", module, pkg, dep)
				}
			}
		}
	}
}

// dependencies returns, for each package of the module, those that a program
// that imports it links: all outside the standard library, and the noted ones.
func dependencies(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Deps", "./...")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Deps       []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = slices.DeleteFunc(p.Deps, func(dep string) bool {
			first, _, _ := strings.Cut(dep, "/")
			return !strings.Contains(first, ".") && !slices.Contains(noted, dep)
		})
	}
}
