package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReferenceIsComplete: the reference has each command, each parameter of a URL
// and each sentinel of the root package.
func TestReferenceIsComplete(t *testing.T) {
	text, err := os.ReadFile("reference.md")
	if err != nil {
		t.Fatal(err)
	}
	help, err := exec.Command(filepath.Join(tools(t), "awsjar"), "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	needs := map[string][]string{
		"awsjar ":             names(string(help), `(?m)^  ([a-z]+)  +[A-Z]`, "help"),
		"the parameter ":      names(source(t, "../jarurl/doc.go"), `(?m)^//\t(?:lambda|env|s3|file) +([a-z-]+)`),
		"the error ":          names(source(t, "../errors.go"), `(?m)^\t(Err[A-Za-z]+) error`),
		"the lambdajar error": {"ErrUndone"},
	}
	for what, names := range needs {
		if len(names) == 0 {
			t.Errorf("%s: no names found", what)
		}
		for _, name := range names {
			want := regexp.MustCompile("`(awsjar |lambdajar\\.)?" + name + "[` ]")
			if !want.MatchString(string(text)) {
				t.Errorf("docs/reference.md does not have %s%s", what, name)
			}
		}
	}
}

// names returns the first group of each match, but for those left out.
func names(text, pattern string, without ...string) (found []string) {
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(strings.Join(without, " "), m[1]) {
			found = append(found, m[1])
		}
	}
	return found
}

func source(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
