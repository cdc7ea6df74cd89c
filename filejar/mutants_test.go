package filejar_test

import (
	"testing"

	"github.com/awsjar/awsjar/internal/mutant"
)

// TestMutants: each protection of the value, of its users and of its history is
// missed by a test when it is taken away.
func TestMutants(t *testing.T) {
	t.Run("trust", func(t *testing.T) { mutant.Check(t, ofTrust) })
	t.Run("rights", func(t *testing.T) { mutant.Check(t, ofRights) })
	t.Run("history", func(t *testing.T) { mutant.Check(t, ofHistory) })
	t.Run("writes", func(t *testing.T) { mutant.Check(t, ofWrites) })
}

var ofTrust = []mutant.Mutant{
	{
		Name: "a history is used no matter whose it is",
		File: "trust.go",
		Old:  "	case !trusted:",
		New:  "	case false:",
		Run:  "TestHistoryOfAnother",
	},
	{
		Name: "a history is used that every user can write",
		File: "trust.go",
		Old:  "	case mode&0o002 != 0:",
		New:  "	case false:",
		Run:  "TestHistoryOfAnother",
	},
	{
		Name: "a history is used that another group can write",
		File: "trust.go",
		Old:  "	case mode&0o020 != 0 && !sameGroup:",
		New:  "	case false:",
		Run:  "TestHistoryOfAnother",
	},
	{
		Name: "all users of a sticky directory have one history",
		File: "trust.go",
		Old:  "	if at.Mode()&fs.ModeSticky == 0 {",
		New:  "	if true {",
		Run:  "TestSticky",
	},
	{
		Name: "the file that is renamed into place is not compared",
		File: "write.go",
		Old:  "err != nil || !os.SameFile(is, written)",
		New:  "err != nil || os.SameFile(is, is) && written == nil",
		Run:  "TestForgedBeforeTheRename",
	},
	{
		Name: "a file that was opened is not looked at",
		File: "value.go",
		Old:  "	if err == nil {\n		err = mustBeFile(info)\n	}",
		New:  "",
		Run:  "TestFIFO",
	},
}

var ofRights = []mutant.Mutant{
	{
		Name: "a new value has the owner and the mode of its writer",
		File: "write.go",
		Old:  "temp := durable.File{Name: tempName, Perm: filePerm, Modified: modified, Like: o.like}",
		New:  "temp := durable.File{Name: tempName, Perm: filePerm, Modified: modified}",
		Run:  "TestRootLeavesTheServiceItsState",
	},
	{
		Name: "a mode does not outlive a save",
		File: "write.go",
		Old:  "temp := durable.File{Name: tempName, Perm: filePerm, Modified: modified, Like: o.like}",
		New:  "temp := durable.File{Name: tempName, Perm: filePerm, Modified: modified}",
		Run:  "TestModes|TestReaders",
	},
	{
		Name: "a version has the owner and the mode of its writer",
		File: "write.go",
		Old:  "next := durable.File{Name: e.next(), Perm: filePerm, Modified: e.modified, Like: o.like}",
		New:  "next := durable.File{Name: e.next(), Perm: filePerm, Modified: e.modified}",
		Run:  "TestRootLeavesTheServiceItsState",
	},
	{
		Name: "the directory of a history stays root's",
		File: "trust.go",
		Old:  "	return dir.Liken(like, mode)",
		New:  "	return nil",
		Run:  "TestRootFirst",
	},
	{
		Name: "the value is not read without the right to its history",
		File: "opened.go",
		Old:  "errors.As(err, &untrusted) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENOTDIR)",
		New:  "errors.As(err, &untrusted) || errors.Is(err, syscall.ENOTDIR)",
		Run:  "TestReaders",
	},
}

var ofHistory = []mutant.Mutant{
	{
		Name: "old versions make no room on a full disk",
		File: "write.go",
		Old:  "		case durable.Full(err) && ",
		New:  "		case false && durable.Full(err) && ",
		Run:  "TestFullDisk|TestSmallDisk",
	},
	{
		Name: "a quota is no full disk",
		File: "../internal/durable/disk_unix.go",
		Old:  " || errors.Is(err, syscall.EDQUOT)",
		New:  "",
		Run:  "TestFullDisk",
	},
	{
		Name: "a history has no bound in bytes",
		File: "trim.go",
		Old:  "		if o.opts.KeepBytes >= 0 {",
		New:  "		if false {",
		Run:  "TestKeepBytes",
	},
	{
		Name: "the removal of old versions does not end with its context",
		File: "trim.go",
		Old:  "		if err := ctx.Err(); err != nil {\n			return removed, err",
		New:  "		if err := error(nil); err != nil {\n			return removed, err",
		Run:  "TestTrimEnds",
	},
	{
		Name: "one write removes all old versions",
		File: "trim.go",
		Old:  "const maxRemovals = 1000",
		New:  "const maxRemovals = 1 << 30",
		Run:  "TestKeepFewer",
	},
	{
		Name: "a listing does not end with its context",
		File: "state.go",
		Old:  "			return ctx.Err()\n		}\n		return nil\n	})",
		New:  "			return nil\n		}\n		return nil\n	})",
		Run:  "TestKeepFewer",
	},
	{
		Name: "each Load lists the history",
		File: "state.go",
		Old:  "		if head, ok := o.readHead(); ok && head",
		New:  "		if head, ok := o.readHead(); false && ok && head",
		Run:  "TestLoadDoesNotList",
	},
}

var ofWrites = []mutant.Mutant{
	{
		Name: "a lock that was removed is as good as another",
		File: "lock.go",
		Old:  "err == nil && os.SameFile(is, named)",
		New:  "err != nil || named != is",
		Run:  "TestLockRemoved",
	},
	{
		Name: "a value that was not stored is left in a file",
		File: "write.go",
		Old:  "			o.history.Forget(tempName)",
		New:  "			_ = tempName",
		Run:  "TestTempIsRemoved",
	},
	{
		Name: "no hint for a file that is mounted by itself",
		File: "errors.go",
		Old:  "	case is(syscall.EBUSY):",
		New:  "	case false:",
		Run:  "TestMountedFile|TestTempIsRemoved",
	},
	{
		Name: "an editor's change is not seen before the value is replaced",
		File: "write.go",
		Old:  "	case !seen.present, !info.Mode().IsRegular(), info.Size() != seen.size, !info.ModTime().Equal(seen.modified):",
		New:  "	case info == nil:",
		Run:  "TestEditDuringSave",
	},
	{
		Name: "a link is replaced instead of its target",
		File: "value.go",
		Old:  "	case info.Mode()&fs.ModeSymlink != 0:\n		return errLink",
		New:  "	case info.Mode()&fs.ModeSymlink != 0:\n		return nil",
		Run:  "TestNoFile",
	},
}
