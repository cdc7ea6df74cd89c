//go:build unix && !solaris && !aix

package durable_test

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: each protection against the others who can write a directory, and
// against a crash, is missed by a test when it is taken away.
func TestMutants(t *testing.T) {
	mutant.Check(t, []mutant.Mutant{
		{
			Name: "a link is followed",
			File: "disk_unix.go",
			Old:  "|unix.O_NOFOLLOW",
			New:  "",
			Run:  "TestLinks",
		},
		{
			Name: "a FIFO is waited for",
			File: "disk_unix.go",
			Old:  "|unix.O_NONBLOCK",
			New:  "",
			Run:  "TestReadFile",
		},
		{
			Name: "a directory that was opened is not compared",
			File: "durable.go",
			Old:  "err == nil && !os.SameFile(entry, is)",
			New:  "err == nil && is == nil",
			Run:  "TestOpenDirWhileSwapped",
		},
		{
			Name: "a rename goes by paths",
			File: "disk_unix.go",
			Old:  "unix.Renameat(int(d.handle.Fd()), from, int(to.handle.Fd()), name)",
			New:  "os.Rename(d.path(from), to.path(name))",
			Run:  "TestRenamedWhileOpen",
		},
		{
			Name: "a name leads elsewhere",
			File: "durable.go",
			Old:  `if name == "." || !filepath.IsLocal(name) || filepath.Base(name) != name {`,
			New:  "if false {",
			Run:  "TestNames",
		},
		{
			Name: "a file that has the name is written into",
			File: "write.go",
			Old:  "func() error { return d.Forget(f.Name) })\n	if err != nil",
			New:  "func() error { return nil })\n	if err != nil",
			Run:  "TestWriteReplaces|TestReplace",
		},
		{
			Name: "the owner and the mode are not taken over",
			File: "write.go",
			Old:  "	if f.Like != nil {",
			New:  "	if false {",
			Run:  "TestLiken",
		},
		{
			Name: "bits of a group go to another group",
			File: "disk_unix.go",
			Old:  "		mode = mode&^0o070 | mode&0o007<<3",
			New:  "		mode = mode &^ 0",
			Run:  "TestLikenAsMember",
		},
		{
			Name: "a content is not synced",
			File: "write.go",
			Old:  `d.disk.call("fsync", d.path(f.Name), file.Sync)`,
			New:  `d.disk.call("write", d.path(f.Name), file.Sync)`,
			Run:  "TestCalls",
		},
		{
			Name: "a rename is not synced",
			File: "durable.go",
			Old:  "	return to.sync()",
			New:  "	return nil",
			Run:  "TestCalls",
		},
		{
			Name: "a directory that cannot be synced fails every write",
			File: "disk_unix.go",
			Old:  "errors.Is(err, syscall.EINVAL) || ",
			New:  "",
			Run:  "TestNoSyncOfDirectory",
		},
	})
}
