package guard

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/awsjar/awsjar"

// needs are the things that the packages bring into a program that imports
// them: modules besides this one, the AWS SDK as one, and packages of the
// standard library that cost a program a megabyte or have no place in one.
// Every other package needs nothing of that. An import of a package of the
// standard library itself does not count, for every release of Go changes it.
var needs = map[string][]string{
	"awsdirect":    {"github.com/aws", "net/http", "regexp"},
	"awsfake":      {"github.com/aws", "golang.org/x/sys", "net/http", "regexp"},
	"awsroots":     {"github.com/aws", "net/http"},
	"codec/python": {"github.com/go-json-experiment/json", "regexp"},
	"filejar":      {"golang.org/x/sys"},
	"jarurl":       {"github.com/aws", "golang.org/x/sys", "net/http", "regexp"},
	"lambdaenv":    {"github.com/aws", "net/http"},
	"lambdajar":    {"github.com/aws", "net/http", "regexp"},
	"s3jar":        {"github.com/aws", "net/http", "regexp"},
	"storetest":    {"testing"},
}

// TestNeeds compares the needs of each package with the table.
func TestNeeds(t *testing.T) {
	packages := list(t)
	for path, p := range packages {
		if !isPublic(p) {
			continue // no user's program imports it
		}
		name := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		if diff := cmp.Diff(needs[name], brings(packages, p)); diff != "" {
			t.Errorf("package %q brings something else into a program; if it must be, change the table (-want +got)\n%s", name, diff)
		}
	}
	for name := range needs {
		if _, ok := packages[module+"/"+name]; !ok {
			t.Errorf("the table has %q, which is no package", name)
		}
	}
}

// isPublic reports whether programs import a package.
func isPublic(p pkg) bool {
	return p.Module.Path == module && p.Name != "main" && !strings.Contains(p.ImportPath, "/internal/") &&
		p.ImportPath != module+"/guard" && p.ImportPath != module+"/examples"
}

// brings returns the needs of a package, as the table has them.
func brings(packages map[string]pkg, p pkg) []string {
	var found []string
	for _, path := range append(p.Deps, p.ImportPath) {
		dep := packages[path]
		if dep.Standard {
			continue
		}
		switch {
		case strings.HasPrefix(path, "github.com/aws/"):
			found = append(found, "github.com/aws")
		case dep.Module.Path != module:
			found = append(found, dep.Module.Path)
		}
		for _, imported := range dep.Imports {
			if slices.Contains([]string{"net/http", "regexp", "testing"}, imported) {
				found = append(found, imported)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// TestApart: a program with one kind of store links nothing of the other, and
// neither links the loading of configuration files.
func TestApart(t *testing.T) {
	const sdk = "github.com/aws/aws-sdk-go-v2/"
	packages := list(t)
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
		p, ok := packages[module+pkg]
		if !ok {
			t.Errorf("there is no package %s%s", module, pkg)
		}
		for _, dep := range p.Deps {
			for _, r := range append(refused, "testing", "github.com/google/go-cmp", sdk+"service/sso", sdk+"service/sts") {
				if dep == r || strings.HasPrefix(dep, strings.TrimSuffix(r, "/")+"/") {
					t.Errorf("%s%s links %s", module, pkg, dep)
				}
			}
		}
	}
}

// pkg is a package as go list describes it.
type pkg struct {
	ImportPath, Name string
	Standard         bool
	Module           struct{ Path string }
	Imports, Deps    []string
}

// list returns the packages of the module and all that they link.
func list(t *testing.T) map[string]pkg {
	t.Helper()
	packages, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

// listed asks the go command, once for all tests.
var listed = sync.OnceValues(func() (map[string]pkg, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Name,Standard,Module,Imports,Deps", "./...")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=")
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	packages := map[string]pkg{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages[p.ImportPath] = p
	}
})
