package expiry_test

import (
	"flag"
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

var mutants = flag.Bool("mutants", false, "run the tests over broken copies of the code")

// TestMutants: the margins of a claim's age are each held by a test.
func TestMutants(t *testing.T) {
	if !*mutants {
		t.Skip("a run of the tests for each mutant: go test ./internal/expiry -run TestMutants -mutants")
	}
	mutant.Check(t, []mutant.Mutant{
		{Name: "whole seconds are exact", File: "expiry.go", Old: "wait+Rounding-", New: "wait-"},
		{Name: "a clock that stands before the claim is trusted", File: "expiry.go", Old: "left = min(left, ", New: "left = max(0, "},
		{Name: "an observer counts the longer of its clocks", File: "expiry.go", Old: "return min(i.Monotonic", New: "return max(i.Monotonic"},
		{Name: "a hostile time to live overflows", File: "expiry.go", Old: "min(max(ttl, 0), longestTTL)", New: "ttl"},
		{Name: "a renewed claim is watched from its first sight", File: "expiry.go", Old: "if o.revision != revision {", New: "if o.revision == \"\" {"},
	})
}
