package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/executable"
)

// TestPages: each subcommand has a page with one line about it, whose lines cannot be
// taken for requests of roff, and whose characters are those to type.
func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("the command is compiled")
	}
	binary := filepath.Join(t.TempDir(), "awsjar")
	if out, err := executable.Copy("../../cmd/awsjar", binary).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	dir := t.TempDir()
	if err := write(binary, dir, "2026-11-26"); err != nil {
		t.Fatal(err)
	}
	for name, wants := range map[string][]string{
		"awsjar": {
			`.TH AWSJAR 1 "2026-11-26" awsjar` + "\n", `awsjar \- reads and changes small application state where Lambda functions keep it` + "\n",
			".SH EXAMPLES\n", `.BR awsjar\-update (1),` + "\n", `\-\-jq \(aq.num_acorns += 1\(aq`,
		},
		"awsjar-lock":   {`awsjar\-lock \- run a program while no other one holds the lock` + "\n.SH SYNOPSIS\n.nf\n  awsjar lock URL", ".SH SEE ALSO\n.BR awsjar (1)\n"},
		"awsjar-update": {`\-\-jq`},
		"awsjar-dev":    {".SH OPTIONS\n", ".SH GLOBAL OPTIONS\n"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, name+".1"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s has no %q:\n%s", name, want, text)
			}
		}
		if strings.Contains(string(text), "--help") || strings.Contains(string(text), `Use "`) {
			t.Errorf("%s names the help:\n%s", name, text)
		}
	}
	if got := (manual{name: "x", help: ".hidden\n'too\na\\b\n"}).page(); !strings.Contains(got, "\n\\&.hidden\n\\(aqtoo\na\\eb\n") {
		t.Errorf("the page is\n%s", got)
	}
}
