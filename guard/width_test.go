package guard

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// widest is how many columns a line of a comment or a page has at most; a tab
// counts as four. The aim is 80.
const widest = 90

// wideByNature matches the lines that cannot be wrapped: tables, code, URLs.
var wideByNature = regexp.MustCompile(`^\s*//(go:|lint:|\t)|^\s*(\||#|!\[|<|    )|https?://`)

// TestWidth: comments and pages are wrapped.
func TestWidth(t *testing.T) {
	for _, name := range texts(t) {
		if name == "docs/performance-capacity.md" {
			continue // a command writes it
		}
		path := filepath.Join("..", filepath.FromSlash(name))
		files := []string{path}
		if filepath.Ext(path) != ".md" {
			files, _ = filepath.Glob(filepath.Join(path, "*.go"))
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for at, line := range prose(string(text), filepath.Ext(file)) {
				width := utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    "))
				if width > widest && !wideByNature.MatchString(line) {
					t.Errorf("%s:%d has %d columns", file, at+1, width)
				}
			}
		}
	}
}

// prose yields the lines of a page that are no code, or those of a source file that
// are comments, by their index.
func prose(text, ext string) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		code := false
		for at, line := range strings.Split(text, "\n") {
			switch {
			case ext == ".go":
				line := strings.TrimRight(line, " ")
				comment := strings.HasPrefix(strings.TrimSpace(line), "//")
				code = comment && (code || strings.HasSuffix(line, "// Output:")) // an example prints wide lines too
				if comment && !code && !yield(at, line) {
					return
				}
			case strings.HasPrefix(line, "```"), strings.HasPrefix(line, "<!-- begin "), strings.HasPrefix(line, "<!-- end "):
				code = !code // a part between marks is written by a command
			case !code && !yield(at, line):
				return
			}
		}
	}
}
