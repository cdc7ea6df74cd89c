package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/executable"
)

// TestPages: each subcommand has a page, whose lines cannot be taken for requests
// of roff.
func TestPages(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "awsjar")
	if out, err := executable.Copy("../../cmd/awsjar", binary).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir := t.TempDir()
	if err := write(binary, dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"awsjar":        `.SH EXAMPLES`,
		"awsjar-update": `\-\-jq`,
		"awsjar-dev":    `.SH FLAGS`,
	} {
		text, err := os.ReadFile(filepath.Join(dir, name+".1"))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v, without %s:\n%s", name, err, want, text)
		}
	}
	if got := page("x", ".hidden\n'too\na\\b\n"); !strings.Contains(got, "\n\\&.hidden\n\\&'too\na\\eb\n") {
		t.Errorf("the page is\n%s", got)
	}
}
