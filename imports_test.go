package awsjar_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The root package brings in the standard library and packages of this module,
// and nothing else: who holds a Jar links no AWS client that he does not use.
func TestStandardLibraryOnly(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if deps := strings.Fields(string(out)); slices.ContainsFunc(deps, func(dep string) bool { return !strings.HasPrefix(dep+"/", "github.com/awsjar/awsjar/") }) {
		t.Errorf("the root package depends on %v", deps)
	}
}
