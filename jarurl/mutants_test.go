package jarurl

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: what a URL says of a file is missed by a test when it is taken away.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{
			Name: "the slash before a drive is part of the path",
			File: "open.go",
			Old:  "		path = path[1:]",
			New:  "		path = path[0:]",
			Run:  "TestPathOn",
		},
		{
			Name: "keep is not taken",
			File: "open.go",
			Old:  "o.Keep, o.KeepBytes, o.MaxSize = t.Keep, ",
			New:  "_, o.KeepBytes, o.MaxSize = t.Keep, ",
			Run:  "TestKeepParameters",
		},
		{
			Name: "keep-bytes is not taken",
			File: "open.go",
			Old:  "o.Keep, o.KeepBytes, o.MaxSize = ",
			New:  "o.Keep, _, o.MaxSize = ",
			Run:  "TestKeepParameters",
		},
	})
}
