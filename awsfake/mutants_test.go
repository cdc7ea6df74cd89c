package awsfake

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: each protection of other people's files, and of the machine that
// serves, is missed by a test when it is taken away.
func TestMutants(t *testing.T) {
	t.Run("directory", func(t *testing.T) { mutant.Check(t, ofDirectory) })
	t.Run("perimeter", func(t *testing.T) { mutant.Check(t, ofPerimeter) })
}

var ofDirectory = []mutant.Mutant{
	{
		Name: "a directory of others is taken",
		File: "dir.go",
		Old:  `		return fmt.Errorf("%s holds %q and is not a directory of awsfake: take an empty one", path, name)`,
		New:  "		return nil",
		Run:  "TestDirectoryOfOthers",
	},
	{
		Name: "a marker of any text will do",
		File: "dir.go",
		Old:  "if err == nil && string(content) == marker {",
		New:  "if err == nil && content != nil {",
		Run:  "TestDirectoryOfOthers",
	},
	{
		Name: "a bucket is made over files of others",
		File: "internal/s3fake/disk.go",
		Old:  "	if err := d.mustBeEmpty(name); err != nil {",
		New:  "	if err := d.mustBeEmpty(name); false {",
		Run:  "TestFilesOfOthersStay",
	},
	{
		Name: "a bucket that is deleted takes files of others along",
		File: "internal/s3fake/disk.go",
		Old:  "		d.in(left[:len(left)-1], func(above *durable.Dir) error { return above.Forget(left[len(left)-1]) })",
		New:  "		os.RemoveAll(filepath.Join(append([]string{d.dir}, left...)...))",
		Run:  "TestFilesOfOthersStay",
	},
	{
		Name: "an object need not have the name of its file",
		File: "internal/s3fake/load.go",
		Old:  "fileOf(v) != name || !ok && v.ID != nullID || len(v.Key) > maxKeyBytes",
		New:  "!ok && v.ID == \"\" || len(v.Key) > maxKeyBytes",
		Run:  "TestCraftedDirectory",
	},
	{
		Name: "a version may have any id",
		File: "internal/s3fake/load.go",
		Old:  "!ok && v.ID != nullID ||",
		New:  "!ok && v.ID == \"\" ||",
		Run:  "TestCraftedDirectory",
	},
	{
		Name: "a function need not have the name of its file",
		File: "internal/lambdafake/disk.go",
		Old:  "ref.name != f.Name || fileOf(f.Name) != name {",
		New:  "ref.name != f.Name {",
		Run:  "TestCraftedDirectory",
	},
	{
		Name: "links to directories of buckets are followed",
		File: "internal/s3fake/disk.go",
		Old:  "		next, err = dir.OpenDir(name)",
		New:  "		next, err = durable.Disk{}.Open(filepath.Join(d.dir, filepath.Join(names...), name[:0]))",
		Run:  "TestCraftedDirectory",
	},
	{
		Name: "a link to the directory of functions is followed",
		File: "internal/lambdafake/disk.go",
		Old:  "	dir, err := above.OpenDir(filepath.Base(d.dir))",
		New:  "	dir, err := durable.Disk{}.Open(d.dir)",
		Run:  "TestCraftedDirectory",
	},
}

var ofPerimeter = []mutant.Mutant{
	{
		Name: "every host name is answered",
		File: "perimeter.go",
		Old:  "	if s.options.Hosts != nil && ",
		New:  "	if false && ",
		Run:  "TestHosts",
	},
	{
		Name: "a host that ends like one of AWS is answered",
		File: "perimeter.go",
		Old:  `strings.HasSuffix(host, "."+domain)`,
		New:  `strings.HasSuffix(host, domain)`,
		Run:  "TestHosts",
	},
	{
		Name: "pages of other sites are answered",
		File: "perimeter.go",
		Old:  "	if isCrossSite(r) {",
		New:  "	if false {",
		Run:  "TestPagesOfOtherSites",
	},
	{
		Name: "the body of a stranger is kept",
		File: "perimeter.go",
		Old:  "	io.Copy(io.Discard, io.LimitReader(r.Body, s.maxBody))",
		New:  "	io.ReadAll(io.LimitReader(r.Body, s.maxBody))",
		Run:  "TestUnsignedBodiesCostNoMemory",
	},
	{
		Name: "a body may take any time",
		File: "perimeter.go",
		Old:  "setDeadline(w, time.Now().Add(s.bodyTime)) }",
		New:  "}",
		Run:  "TestSlowBodies",
	},
}
