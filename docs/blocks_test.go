package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// block is a part of a page between fences.
type block struct {
	page string
	line int    // of the fence
	kind string // "go", "sh", "console" ...
	text string
	note string // the HTML comment on the line before the fence: "file: NAME" or "not run: REASON"
}

var note = regexp.MustCompile(`^<!-- ((?:file|not run): .+) -->$`)

// pages returns the README, CONTRIBUTING and the pages of docs/, by name.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("*.md")
	if err != nil || len(found) == 0 {
		t.Fatalf("%d pages, %v", len(found), err)
	}
	return append(found, "../README.md", "../CONTRIBUTING.md")
}

// blocksOf returns the blocks of a page, in order.
func blocksOf(t *testing.T, page string) (blocks []block) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var open *block
	before := ""
	for n, line := range strings.Split(string(text), "\n") {
		switch {
		case open == nil && strings.HasPrefix(line, "```"):
			open = &block{page: page, line: n + 1, kind: strings.TrimPrefix(line, "```")}
			if m := note.FindStringSubmatch(before); m != nil {
				open.note = m[1]
			}
		case open != nil && line == "```":
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
		before = line
	}
	if open != nil {
		t.Errorf("%s:%d: the block does not end", page, open.line)
	}
	return blocks
}
