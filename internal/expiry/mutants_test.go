package expiry_test

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: the margins of a claim's age are each held by a test.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{Name: "whole seconds are exact", File: "expiry.go", Old: "wait+Rounding-", New: "wait-"},
		{Name: "a clock that stands before the claim is trusted", File: "expiry.go", Old: "left = min(left, ", New: "left = max(0, "},
		{Name: "an observer counts the longer of its clocks", File: "expiry.go", Old: "return min(i.Monotonic", New: "return max(i.Monotonic"},
		{Name: "a hostile time to live overflows", File: "expiry.go", Old: "min(max(ttl, 0), longestTTL)", New: "ttl"},
		{Name: "a renewed claim is watched from its first sight", File: "expiry.go", Old: "if o.revision != revision {", New: "if o.revision == \"\" {"},
	})
}
