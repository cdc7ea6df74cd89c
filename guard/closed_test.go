package guard

import (
	"encoding/json"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestErrorsAreClosed reads and writes every exported type of the standard
// library that reads or writes JSON by a method of its own, and finds no part
// of the value in an error: not the texts of their errors, and no map key. The
// types are those that this release of Go has.
func TestErrorsAreClosed(t *testing.T) {
	found := typesWithMethods(t)
	for _, known := range []string{"time.Time", "net/netip.Addr", "math/big.Int", "log/slog.Level"} {
		if pkg := known[:strings.LastIndexByte(known, '.')]; !slices.Contains(found[pkg], known[len(pkg)+1:]) {
			t.Errorf("%s was not found", known)
		}
	}
	out := runProbes(t, found)
	if out != "" {
		t.Errorf("errors show parts of values:\n%s", out)
	}
}

var methods = []string{
	"UnmarshalJSON", "UnmarshalText", "UnmarshalJSONFrom",
	"MarshalJSON", "MarshalText", "MarshalJSONTo", "AppendText",
}

// typesWithMethods returns the names of those types by their packages.
func typesWithMethods(t *testing.T) map[string][]string {
	t.Helper()
	exports := map[string]string{}
	for line := range strings.Lines(goCommand(t, "list", "-export", "-f", "{{.ImportPath}} {{.Export}}", "std")) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[path] = file
	}
	compiled := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	found := map[string][]string{}
	for path := range exports {
		if slices.ContainsFunc(strings.Split(path, "/"), func(part string) bool { return part == "internal" || part == "vendor" }) || path == "unsafe" {
			continue
		}
		pkg, err := compiled.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			if hasMethod(pkg.Scope().Lookup(name)) {
				found[path] = append(found[path], name)
			}
		}
	}
	return found
}

// hasMethod reports whether an object is an exported type with one of methods.
func hasMethod(object types.Object) bool {
	named, ok := object.Type().(*types.Named)
	if _, isType := object.(*types.TypeName); !isType || !object.Exported() || !ok || named.TypeParams().Len() > 0 || types.IsInterface(named) {
		return false
	}
	set := types.NewMethodSet(types.NewPointer(named))
	return slices.ContainsFunc(methods, func(name string) bool { return set.Lookup(nil, name) != nil })
}

// runProbes runs testdata/closed/main.go over the types and returns the text
// that it prints.
func runProbes(t *testing.T, found map[string][]string) string {
	t.Helper()
	probes, err := os.ReadFile(filepath.Join("testdata", "closed", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	var imports, calls strings.Builder
	n := 0
	for _, path := range slices.Sorted(maps.Keys(found)) {
		n++
		fmt.Fprintf(&imports, "import p%d %q\n", n, path)
		for _, name := range found[path] {
			fmt.Fprintf(&calls, "\t\treflect.TypeFor[p%d.%s](),\n", n, name)
		}
	}
	list := fmt.Sprintf("package main\n\nimport \"reflect\"\n%s\nfunc listed() []reflect.Type {\n\treturn []reflect.Type{\n%s\t}\n}\n", imports.String(), calls.String())

	// The program is built as if it stood in this module, which it imports.
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	replace := map[string]string{}
	for name, text := range map[string]string{"main.go": string(probes), "list.go": list} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[filepath.Join(root, "guard", "closed", name)] = file
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	return goCommand(t, "run", "-overlay", file, "./guard/closed")
}

// goCommand runs the go command in the root of the module.
func goCommand(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=") // without -race and the like
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.String())
	}
	return string(out)
}
