package jarurl

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// TestDocHasEachParameter: the table of the package's comment has the parameters of
// each scheme, and no others.
func TestDocHasEachParameter(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string][]string{}
	for _, row := range regexp.MustCompile(`(?m)^//\t(lambda|env|s3|file) +([a-z-]+) `).FindAllStringSubmatch(string(text), -1) {
		documented[row[1]] = append(documented[row[1]], row[2])
	}
	for _, scheme := range []string{Lambda, Env, S3, File} {
		var known []string
		for _, p := range (&Target{Scheme: scheme}).parameters() {
			known = append(known, p.name)
		}
		got := documented[scheme]
		slices.Sort(got)
		slices.Sort(known)
		if len(known) == 0 || !slices.Equal(got, known) {
			t.Errorf("%s: the comment has %q, and the parameters are %q", scheme, got, known)
		}
	}
}
