package once

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: each rule of a claim is missed by a test when it is taken away.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{
			Name: "a completion without a condition",
			File: "claim.go",
			Old:  "_, err := r.jar.PutIf(ctx, ended, r.revision)",
			New:  "_, err := r.jar.PutIf(ctx, ended, awsjar.Any)",
			Run:  "TestSimulation",
		},
		{
			Name: "an uncertain creation is returned",
			File: "claim.go",
			Old:  "if !errors.Is(err, awsjar.ErrConflict) && !errors.Is(err, awsjar.ErrUncertain) {\n\t\t\treturn nil, err",
			New:  "if !errors.Is(err, awsjar.ErrConflict) {\n\t\t\treturn nil, err",
		},
		{
			Name: "an uncertain creation runs",
			File: "claim.go",
			Old:  "		if err == nil {\n\t\t\tr.revision",
			New:  "		if err == nil || errors.Is(err, awsjar.ErrUncertain) {\n\t\t\tr.revision",
			Run:  "TestSimulation",
		},
		{
			Name: "at most once runs again",
			File: "claim.go",
			Old:  "case r.opts.Mode == AtMostOnce:",
			New:  "case false:",
		},
		{
			Name: "a run in progress is free",
			File: "claim.go",
			Old:  "case left > 0:",
			New:  "case false:",
			Run:  "TestSimulation",
		},
		{
			Name: "another input gets the result",
			File: "claim.go",
			Old:  "if earlier.Input != r.claim.Input {",
			New:  "if false {",
		},
		{
			Name: "an error in doubt frees the id",
			File: "once.go",
			Old:  "if !r.doubtful(err, during) {",
			New:  "if true {",
		},
		{
			Name: "a result that is not kept fails the run",
			File: "claim.go",
			Old:  "if len(result) <= r.opts.MaxResult {",
			New:  "if true {",
		},
		{
			Name: "the first result is as the function returned it",
			File: "result.go",
			Old:  "return page.data, back",
			New:  "_ = back\n\treturn page.data, result",
			Run:  "TestSameResult",
		},
		{
			Name: "a type of which nothing can come back runs",
			File: "once.go",
			Old:  "if err := refused[R](); err != nil {",
			New:  "if err := refused[R](); err != nil && false {",
			Run:  "TestTypeThatCannotComeBack",
		},
		{
			Name: "a result that the store refuses fails the run",
			File: "claim.go",
			Old:  "if ended.Result != nil && (",
			New:  "if false && (",
		},
		{
			Name: "the end of a context leaves the claim in progress",
			File: "once.go",
			Old:  "context.WithTimeout(context.WithoutCancel(ctx), margin)",
			New:  "context.WithTimeout(ctx, margin)",
		},
	})
}
