package guard

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// plain are the packages and pages whose English is plain. The others are not
// counted yet; an entry stays when it is here.
var plain = []string{
	"CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/format.md", "docs/iam.md", "docs/testing.md",
	"awsdirect", "codec/python", "envjar", "lambdaenv", "memjar", "storetest",
	"internal/awserr", "internal/bounded", "internal/commit", "internal/contention", "internal/direct", "internal/exactjson",
	"internal/leak", "internal/linear", "internal/lineage",
}

// ceiling is how many headless words 1,000 words may have. The limit of a text is
// rounded up, so that a short one may have one.
const ceiling = 2

// headless are the words that stand in place of a noun ("what was stored" for
// "the stored value"), and phrases that a reader stumbles over.
var headless = regexp.MustCompile(`(?i)\b(what|whatever|whoever|is told|are told|belongs? into|harms? nothing|as well as it can|the sooner the|has it still)\b`)

// TestPlainEnglish counts the headless words of comments and pages.
func TestPlainEnglish(t *testing.T) {
	for _, name := range plain {
		prose := proseOf(t, filepath.Join("..", filepath.FromSlash(name)))
		words, found := 0, []string(nil)
		for _, line := range prose {
			words += len(strings.Fields(line))
			for range headless.FindAllString(line, -1) {
				found = append(found, strings.TrimSpace(line))
			}
		}
		if words == 0 {
			t.Errorf("%s has no text", name)
		}
		if len(found) > (ceiling*words+999)/1000 {
			t.Errorf("%s has %d headless words in %d, over %d in 1,000; put a noun in their place:\n\t%s",
				name, len(found), words, ceiling, strings.Join(found, "\n\t"))
		}
	}
}

// proseOf returns the lines of a page, or of the comments of a package and its
// tests.
func proseOf(t *testing.T, path string) []string {
	if strings.HasSuffix(path, ".md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(text), "\n")
	}
	files, err := filepath.Glob(filepath.Join(path, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range file.Comments {
			for _, comment := range group.List {
				lines = append(lines, strings.Split(comment.Text, "\n")...)
			}
		}
	}
	return lines
}
