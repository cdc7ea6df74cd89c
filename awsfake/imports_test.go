package awsfake_test

import (
	"os/exec"
	"strings"
	"testing"
)

// A program that serves the fake, such as awsjar dev, links neither the testing
// package nor a client of an AWS service, and the fake cannot agree with a mistake
// of the packages it is there to test: it shares only the writing of files, the
// compiling of regular expressions and the last step of a signature, which is held
// to the examples that AWS publishes.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		switch {
		case path == "testing", path == "net/http/httptest", strings.Contains(path, "/aws-sdk-go-v2/service/"):
			t.Errorf("awsfake depends on %s", path)
		case path == "github.com/awsjar/awsjar/internal/durable", path == "github.com/awsjar/awsjar/internal/lazyregexp",
			path == "github.com/awsjar/awsjar/internal/sigv4":
		case strings.HasPrefix(path, "github.com/awsjar/awsjar") && !strings.HasPrefix(path, "github.com/awsjar/awsjar/awsfake"):
			t.Errorf("awsfake depends on %s", path)
		}
	}
}
