package examples_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestCounterCountsOnALaptop runs the command that the README gives.
func TestCounterCountsOnALaptop(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "run", "./cmd/awsjar", "dev", "--function", "counter=go run ./examples/counter", "--",
		"go", "run", "./examples/invoke", "counter", `{"add": 2}`, `{"add": 3}`)
	cmd.Dir = ".."
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if want := "{\"sum\":2,\"calls\":1}\n{\"sum\":5,\"calls\":2}\n"; err != nil || string(out) != want {
		t.Errorf("%v: printed %q, want %q\n%s", err, out, want, &stderr)
	}
}
