package lambdajar_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDependencies: a program that uses only this package links neither S3 nor
// the SDK's loading of configuration, and one that uses only envjar no SDK.
func TestDependencies(t *testing.T) {
	t.Parallel()
	const sdk = "github.com/aws/"
	for pkg, refused := range map[string][]string{
		".":         {sdk + "aws-sdk-go-v2/service/s3", sdk + "aws-sdk-go-v2/config", sdk + "aws-sdk-go-v2/credentials", "testing", "github.com/google/go-cmp"},
		"../envjar": {sdk, "net/http", "testing"},
	} {
		out, err := exec.Command("go", "list", "-deps", pkg).Output()
		if err != nil {
			t.Fatal(err)
		}
		for dep := range strings.Lines(string(out)) {
			for _, r := range refused {
				dep := strings.TrimSpace(dep)
				if dep == r || strings.HasPrefix(dep, strings.TrimSuffix(r, "/")+"/") && r != "testing" {
					t.Errorf("%s links %s", pkg, dep)
				}
			}
		}
	}
}
