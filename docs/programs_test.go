package docs_test

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoParses: each piece of Go on a page is valid Go. TestCommands runs the
// programs that are files, and examples/recipes_test.go those of the recipes.
func TestGoParses(t *testing.T) {
	for _, page := range pages(t) {
		for _, b := range blocksOf(t, page) {
			if b.kind != "go" {
				continue
			}
			if strings.HasPrefix(b.text, "package main\n") && !strings.HasPrefix(b.note, "file: ") {
				t.Errorf("%s:%d: nothing runs this program; give it a name: <!-- file: main.go -->", page, b.line)
			}
			if err := parses(b.text); err != nil {
				t.Errorf("%s:%d: %v", page, b.line, err)
			}
		}
	}
}

// parses returns nil for a file, for declarations and for statements.
func parses(text string) error {
	text = strings.ReplaceAll(text, "\t...\n", "")
	var first error
	for _, form := range []string{text, "package p\n" + text, "package p\nfunc f() {\n" + text + "}\n"} {
		_, err := parser.ParseFile(token.NewFileSet(), "", form, parser.SkipObjectResolution)
		if err == nil {
			return nil
		}
		first = err
	}
	return first
}

// TestTutorialShowsTheExample: the files of the tutorial's function are those of
// examples/acorns, whose template is linted in e2e.
func TestTutorialShowsTheExample(t *testing.T) {
	shown := map[string]string{}
	for _, b := range blocksOf(t, "tutorial.md") {
		if name, ok := strings.CutPrefix(b.note, "file: "); ok {
			shown[name] = b.text // the last of a name
		}
	}
	for _, name := range []string{"main.go", "main_test.go", "template.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "examples", "acorns", name))
		if err != nil {
			t.Fatal(err)
		}
		want := string(text)
		if name == "main.go" { // without the comment of the package
			_, want, _ = strings.Cut(want, "package main\n")
			want = "package main\n" + want
		}
		if shown[name] != want {
			t.Errorf("the tutorial shows another %s", name)
		}
	}
}
