package journal_test

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: each rule of the journal is missed by a test when it is taken
// away.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{Name: "a foreign value is not added", File: "write.go", Old: "written, err := s.add(ctx, entry{header: header{Digest: digest, Seen: true}, value: value})", New: "written, err := added{}, error(nil)"},
		{Name: "a write is not added", File: "write.go", Old: "written, err := s.add(ctx, entry{header: header{Digest: digest, Over: now.digest}, value: data})", New: "_ = now\n\twritten, err := added{}, error(nil)"},
		{Name: "a refused write stays", File: "versions.go", Old: "	if void {", New: "	if void && false {"},
		{Name: "every entry is confirmed", File: "versions.go", Old: "meta.Unconfirmed = !confirmed", New: "_ = confirmed"},
		{Name: "the history of another store is written", File: "entry.go", Old: "case e.Of != s.String():", New: "case false:"},
		{Name: "a value in the place of the history is overwritten", File: "entry.go", Old: "		if err != nil {\n\t\t\treturn err\n\t\t}\n\t\trefused", New: "\t\t_ = err\n\t\trefused"},
		{Name: "an uncertain history makes the write uncertain", File: "entry.go", Old: "return passes(target) && errors.Is(e.err, target)", New: "return errors.Is(e.err, target)"},
		{Name: "an uncertain write is void", File: "write.go", Old: "if errors.Is(err, awsjar.ErrUncertain) {", New: "if false {"},
		{Name: "a refused entry stands for a foreign value", File: "entry.go", Old: "if !refused {", New: "if true || !refused {"},
		{Name: "a removed entry stands for a foreign value", File: "versions.go", Old: "return version == id }) //", New: "return version == id && false }) //"},
		{Name: "a stale revision is written to the history", File: "write.go", Old: "if replaces != awsjar.Any && replaces != meta.Revision {", New: "if false {"},
	})
}
