package awsjar_test

import (
	"os/exec"
	"strings"
	"testing"
)

// The root package imports the standard library only: whoever holds a Jar
// links no AWS client that he does not use.
func TestStandardLibraryOnly(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	if deps := strings.Fields(string(out)); len(deps) != 1 || deps[0] != "github.com/awsjar/awsjar" {
		t.Errorf("the root package depends on %v", deps)
	}
}
