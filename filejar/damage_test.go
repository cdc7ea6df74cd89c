package filejar_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// TestHalfDone: a write that was stopped before the value was replaced is no
// part of the history, for every call that asks for it.
func TestHalfDone(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	mustSave(t, s, "old", awsjar.None)
	s.SetBefore(func(call, file string) error {
		if strings.HasSuffix(file, "temp") {
			return errFault
		}
		if call == "unlink" && strings.Contains(file, "next-") && exists(file) {
			return errFault
		}
		return nil
	})
	if _, err := s.Save(t.Context(), []byte("new"), awsjar.Any); !errors.Is(err, errFault) {
		t.Fatalf("Save: %v", err)
	}
	names := list(t, metaDir(path))
	i := slices.IndexFunc(names, isNext)
	if i < 0 {
		t.Fatalf("nothing is half done: %v", names)
	}
	id := strings.TrimLeft(strings.TrimPrefix(names[i], "next-"), "0")
	if _, _, err := s.LoadVersion(t.Context(), id); !errors.Is(err, awsjar.ErrNotFound) {
		t.Errorf("LoadVersion of what never was: %v; want ErrNotFound", err)
	}
	mustHaveHistory(t, s, "old")
	edit(t, path, "edited") // the half-done write now fits neither before nor after
	mustHaveHistory(t, s, "edited", "old")
	s.SetBefore(nil)
	mustSave(t, s, "next", awsjar.Any)
	mustHaveHistory(t, s, "next", "edited", "old")
	mustBeTidy(t, path, []string{"next", "edited", "old"})
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// TestDamage: after any damage to the directory of the history the value is
// there, and every call that can go on does.
func TestDamage(t *testing.T) {
	for name, c := range map[string]struct {
		damage  func(t *testing.T, meta string) error
		history []string // after another Save; nil if that must fail
	}{
		"history removed": {func(_ *testing.T, meta string) error { return os.RemoveAll(meta) }, []string{"next", "new"}},
		"newest removed":  {func(_ *testing.T, meta string) error { return removeMatches(meta, "000000000002-*") }, []string{"next", "new", "old"}},
		"oldest removed":  {func(_ *testing.T, meta string) error { return removeMatches(meta, "000000000001-*") }, []string{"next", "new"}},
		"lock removed":    {func(_ *testing.T, meta string) error { return os.Remove(filepath.Join(meta, "lock")) }, []string{"next", "new", "old"}},
		"other files": {func(_ *testing.T, meta string) error {
			return errors.Join(os.WriteFile(filepath.Join(meta, "zzz"), nil, 0o600),
				os.WriteFile(filepath.Join(meta, "next-"), nil, 0o600),
				os.WriteFile(filepath.Join(meta, "000000000003-0000000g-0000000000000000"), nil, 0o600))
		}, []string{"next", "new", "old"}},
		"several nexts": {func(_ *testing.T, meta string) error {
			return errors.Join(os.WriteFile(filepath.Join(meta, "next-000000000003-00000000-0000000000000000"), nil, 0o600),
				os.WriteFile(filepath.Join(meta, "next-000000000004-00000000.deleted"), nil, 0o600))
		}, []string{"next", "new", "old"}},
		"a next that cannot be removed": {func(_ *testing.T, meta string) error {
			return errors.Join(os.Remove(filepath.Join(meta, "head")),
				os.MkdirAll(filepath.Join(meta, "next-000000000003-00000000.deleted", "file"), 0o700))
		}, nil},
		"head removed": {func(_ *testing.T, meta string) error { return os.Remove(filepath.Join(meta, "head")) }, []string{"next", "new", "old"}},
		"a head of long ago": {func(_ *testing.T, meta string) error {
			names, err := filepath.Glob(filepath.Join(meta, "000000000001-*"))
			return errors.Join(err, os.WriteFile(filepath.Join(meta, "head"), []byte(filepath.Base(names[0])), 0o600))
		}, []string{"next", "new", "old"}},
		"a head of no version": {func(_ *testing.T, meta string) error {
			return os.WriteFile(filepath.Join(meta, "head"), []byte("000000000009-00000000-0000000000000000"), 0o600)
		}, []string{"next", "new", "old"}},
		"a head that is large": {func(_ *testing.T, meta string) error {
			return os.WriteFile(filepath.Join(meta, "head"), make([]byte, 1<<20), 0o600)
		}, []string{"next", "new", "old"}},
		"a head that is a link": {func(t *testing.T, meta string) error {
			return errors.Join(os.Remove(filepath.Join(meta, "head")), link(t, "lock", filepath.Join(meta, "head")))
		}, nil},
		"a file for the directory": {func(_ *testing.T, meta string) error {
			return errors.Join(os.RemoveAll(meta), os.WriteFile(meta, nil, 0o600))
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			path := memoryPath(t)
			s := filejar.New(path)
			mustSave(t, s, "old", awsjar.None)
			mustSave(t, s, "new", awsjar.Any)
			if err := c.damage(t, metaDir(path)); err != nil {
				t.Fatal(err)
			}
			_, err := s.Save(t.Context(), []byte("next"), awsjar.Any)
			if (err == nil) != (c.history != nil) {
				t.Fatalf("Save: %v", err)
			}
			if err == nil {
				mustHaveHistory(t, s, c.history...)
			} else if data, err := os.ReadFile(path); err != nil || string(data) != "new" {
				t.Errorf("the value is %q, %v", data, err)
			}
		})
	}
}

// TestHistoryLost: where the numbers begin again the revisions do not.
func TestHistoryLost(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	before := mustSave(t, s, "value", awsjar.None)
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if after := mustSave(t, s, "value", awsjar.None); after.Revision == before.Revision {
		t.Errorf("two writes have the revision %q", after.Revision)
	}
}

func removeMatches(dir, pattern string) error {
	names, err := filepath.Glob(filepath.Join(dir, pattern))
	for _, name := range names {
		err = errors.Join(err, os.Remove(name))
	}
	return err
}

// TestHalfWritten: the version's file was half written when its writer was
// killed, and then somebody else wrote just these bytes as the value.
func TestHalfWritten(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	mustSave(t, s, "old", awsjar.None)
	const sum = "1fb9f4097256db2d" // of "edited"
	edit(t, filepath.Join(metaDir(path), "next-000000000002-00000000-"+sum), "edi")
	edit(t, path, "edited")
	if meta := mustLoad(t, s, "edited"); !strings.HasSuffix(meta.VersionID, sum) {
		t.Fatalf("the sum is wrong: %s", meta.VersionID)
	}
	mustSave(t, s, "next", awsjar.Any)
	mustHaveHistory(t, s, "next", "edited", "old")
}

// TestChangedVersion: the file of a version that somebody changed is an error.
func TestChangedVersion(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	old := mustSave(t, s, "old", awsjar.None)
	mustSave(t, s, "new", awsjar.Any)
	names, err := filepath.Glob(filepath.Join(metaDir(path), "000000000001-*"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	edit(t, names[0], "changed")
	if _, _, err := s.LoadVersion(t.Context(), old.VersionID); !errors.Is(err, awsjar.ErrCorrupt) {
		t.Errorf("LoadVersion: %v; want ErrCorrupt", err)
	}
}
