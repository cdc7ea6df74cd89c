package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestVectors: a reader in Python that was written from the pages about the
// formats alone reads the vectors, and refuses those that it must.
func TestVectors(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("python3 is needed to read the vectors: ", err)
	}
	out, err := exec.Command(python, "-B", filepath.Join("testdata", "vectors", "check.py"), filepath.Join("..", "vectors"), filepath.Join("..", "internal", "pack", "testdata", "vectors")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
