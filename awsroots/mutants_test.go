package awsroots

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: each rule of trust is missed by a test when it is taken away.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{Name: "a BEGIN line may be commented out", File: "bundle.go",
			Old: "if start > 0 && text[start-1] != '\\n' || ", New: "if ", Run: "TestSameBlocks|TestMutatedBundles"},
		{Name: "an END line may be annotated", File: "bundle.go",
			Old: "if after := body[stop+len(end):]; len(after) > 0 &&", New: "if after := body[stop+len(end):]; len(after) < 0 &&", Run: "TestSameBlocks|TestMutatedBundles"},
		{Name: "forced fallback roots are ignored", File: "bundle.go",
			Old: " || usesFallback()", New: "", Run: "TestForcedFallbackRoots"},
		{Name: "AWS_CA_BUNDLE is left to others", File: "awsroots.go",
			Old: "		trustOnly(transport, file)\n", New: "", Run: "TestOwnBundle"},
		{Name: "a bundle that cannot be used is forgotten", File: "awsroots.go",
			Old: "	config.RootCAs = certs\n", New: "	if err == nil {\n		config.RootCAs = certs\n	}\n	err = nil\n", Run: "TestOwnBundle"},
	})
}
