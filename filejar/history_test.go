package filejar_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

func TestKeep(t *testing.T) {
	for _, c := range []struct{ keep, writes, want int }{
		{1, 5, 2}, {3, 3, 3}, {3, 4, 4}, {3, 5, 4}, {-1, 130, 130}, {0, 130, 101}, // 0: the default
	} {
		path := memoryPath(t)
		s := filejar.New(path, func(o *filejar.Options) { o.Keep = c.keep })
		var want []string
		for n := range c.writes {
			mustSave(t, s, fmt.Sprint(n), awsjar.Any)
			want = append([]string{fmt.Sprint(n)}, want...)
		}
		mustHaveHistory(t, s, want[:c.want]...)
		mustBeTidy(t, path, want[:c.want])
	}
}

// TestKeepFewer: an option that is lowered takes effect, also over delete
// markers and over more versions than are listed at once; but each write removes
// only so many that others need not wait long.
func TestKeepFewer(t *testing.T) {
	path := memoryPath(t)
	all := filejar.New(path, func(o *filejar.Options) { o.Keep = -1 })
	mustSave(t, all, "first", awsjar.None)
	for n := range 4500 {
		name := fmt.Sprintf("%012d-00000000.deleted", n+2)
		if n%2 == 0 {
			name = fmt.Sprintf("%012d-00000000-e3b0c44298fc1c14", n+2)
		}
		edit(t, filepath.Join(metaDir(path), name), "")
	}
	if err := os.Remove(filepath.Join(metaDir(path), "head")); err != nil { // which no writer of these would have left
		t.Fatal(err)
	}
	// A listing asks more than once whether its context has ended.
	counted := &interrupted{t.Context(), 1 << 30, nil}
	if _, _, err := all.Load(counted); err != nil {
		t.Fatal(err)
	}
	small := memoryPath(t)
	alone := filejar.New(small)
	mustSave(t, alone, "old", awsjar.None)
	edit(t, small, "first") // nor is the value of the other one in its history
	few := &interrupted{t.Context(), 1 << 30, nil}
	if _, _, err := alone.Load(few); err != nil || few.n-counted.n < 1 {
		t.Errorf("a Load that lists 4,501 versions looks %d times more at its context than one that lists one", few.n-counted.n)
	}
	history := slices.Collect(versionIDs(t, all))
	if len(history) != 4502 || !strings.HasPrefix(history[1], "4501-") || !strings.HasPrefix(history[4501], "1-") {
		t.Fatalf("there are %d versions, from %q to %q", len(history), history[0], history[len(history)-1])
	}
	if data, _, err := all.LoadVersion(t.Context(), history[4501]); err != nil || string(data) != "first" {
		t.Errorf("the oldest version: %q, %v", data, err)
	}
	shorter := filejar.New(path, func(o *filejar.Options) { o.Keep = 2 })
	mustSave(t, shorter, "more", awsjar.Any)
	if left := len(slices.Collect(versionIDs(t, shorter))); left < 3500 {
		t.Errorf("one write left %d versions", left)
	}
	for range 4 {
		mustSave(t, shorter, "more", awsjar.Any)
	}
	mustSave(t, shorter, "last", awsjar.Any)
	mustHaveHistory(t, shorter, "last", "more", "more")
}

// versionIDs yields the ids of the history, newest first.
func versionIDs(t *testing.T, s *filejar.Store) iter.Seq[string] {
	return func(yield func(string) bool) {
		for meta, err := range s.Versions(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if !yield(meta.VersionID) {
				return
			}
		}
	}
}

// TestLargeNumbers: a version may have a number beyond those of an int of 32 bits.
func TestLargeNumbers(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path, func(o *filejar.Options) { o.Keep, o.KeepBytes = -1, 5 })
	mustSave(t, s, "first", awsjar.None)
	edit(t, filepath.Join(metaDir(path), "003000000000-00000000-e3b0c44298fc1c14"), "")
	if err := os.Remove(filepath.Join(metaDir(path), "head")); err != nil { // which names another one
		t.Fatal(err)
	}
	mustSave(t, s, "more", awsjar.Any)
	mustSave(t, s, "last", awsjar.Any)
	mustHaveHistory(t, s, "last", "more")
}

func TestMaxSize(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path, func(o *filejar.Options) { o.MaxSize = 100 })
	fits, tooLarge := strings.Repeat("f", 100), strings.Repeat("t", 101)
	mustSave(t, s, fits, awsjar.None)
	mustLoad(t, s, fits)
	if _, err := s.Save(t.Context(), []byte(tooLarge), awsjar.Any); !errors.Is(err, awsjar.ErrTooLarge) {
		t.Errorf("Save of 101 bytes: %v; want ErrTooLarge", err)
	}
	mustHaveHistory(t, s, fits)

	edit(t, path, tooLarge)
	data, meta, err := s.Load(t.Context())
	var e *awsjar.Error
	if data != nil || !errors.Is(err, awsjar.ErrTooLarge) || !errors.Is(err, awsjar.ErrCorrupt) || !errors.As(err, &e) || e.Hint == "" {
		t.Fatalf("Load of 101 bytes: %q, %v; want ErrTooLarge and ErrCorrupt with a hint", data, err)
	}
	if meta.Revision == awsjar.None || meta.Size != 101 {
		t.Fatalf("Load of 101 bytes: %+v", meta)
	}
	mustSave(t, s, "replaced", meta.Revision)
	if _, _, err := s.LoadVersion(t.Context(), meta.VersionID); !errors.Is(err, awsjar.ErrTooLarge) {
		t.Errorf("LoadVersion of 101 bytes: %v; want ErrTooLarge", err)
	}
	mustHaveHistory(t, filejar.New(path), "replaced", tooLarge, fits)

	none := filejar.New(memoryPath(t), func(o *filejar.Options) { o.MaxSize = 0 })
	mustSave(t, none, "", awsjar.None)
	mustLoad(t, none, "")
}

// TestMaxSizeOfAnyNumber: no limit, however near the largest int or int64,
// overflows where a buffer is made for a value, on a 32-bit machine neither.
func TestMaxSizeOfAnyNumber(t *testing.T) {
	for _, size := range []int64{math.MaxInt64, math.MaxInt64 - 1, math.MaxInt32, math.MaxInt32 - 512, math.MaxInt32 + 1, 1 << 31, 1 << 32, 1<<32 + 5} {
		s := filejar.New(memoryPath(t), func(o *filejar.Options) { o.MaxSize = size })
		mustSave(t, s, "old", awsjar.None)
		mustSave(t, s, "a value", awsjar.Any)
		meta := mustLoad(t, s, "a value")
		if data, _, err := s.LoadVersion(t.Context(), meta.VersionID); err != nil || string(data) != "a value" {
			t.Errorf("MaxSize %d: LoadVersion: %q, %v", size, data, err)
		}
		mustHaveHistory(t, s, "a value", "old")
	}
}

// TestLargeOn32Bits: a file near the largest int is no reason to panic, with any
// MaxSize.
func TestLargeOn32Bits(t *testing.T) {
	if strconv.IntSize > 32 {
		t.Skip("of systems with 32 bits: GOARCH=386 go test ./filejar")
	}
	path := memoryPath(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	edit(t, path, "")
	if err := os.Truncate(path, math.MaxInt32); err != nil { // without using the space
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	s := filejar.New(path, func(o *filejar.Options) { o.MaxSize = 1 << 40 })
	if _, _, err := s.Load(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Load: %v; want context.DeadlineExceeded", err)
	}
}

// TestLargeEnds: the reading of a file without end ends with the context.
func TestLargeEnds(t *testing.T) {
	path := memoryPath(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	edit(t, path, "")
	if err := os.Truncate(path, 64<<30); err != nil { // without using the space
		t.Fatal(err)
	}
	begin := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, _, err := filejar.New(path).Load(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Load: %v; want context.DeadlineExceeded", err)
	}
	if _, err := filejar.New(path).Save(ctx, nil, awsjar.Any); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Save: %v; want context.DeadlineExceeded", err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("both took %v", took)
	}
}

// TestVersionMeta: the same is said of a version by all that speak of it.
func TestVersionMeta(t *testing.T) {
	s := filejar.New(memoryPath(t))
	saved := mustSave(t, s, "value", awsjar.None)
	loaded := mustLoad(t, s, "value")
	if !loaded.Modified.Equal(saved.Modified) {
		t.Errorf("Load says modified %v, Save %v", loaded.Modified, saved.Modified)
	}
	mustSave(t, s, "next", awsjar.Any)
	_, old, err := s.LoadVersion(t.Context(), saved.VersionID)
	if err != nil || !old.Modified.Equal(saved.Modified) || old.Latest || old.Revision != awsjar.None {
		t.Errorf("LoadVersion: %+v, %v", old, err)
	}
	for meta, err := range s.Versions(t.Context()) {
		if err != nil || meta.Modified.IsZero() || meta.Size == 0 {
			t.Errorf("Versions: %+v, %v", meta, err)
		}
		meta.Now = old.Now // a listing has none
		if meta.VersionID == saved.VersionID && meta != old {
			t.Errorf("Versions says %+v, LoadVersion %+v", meta, old)
		}
	}
	if err := s.Delete(t.Context(), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	for meta, err := range s.Versions(t.Context()) {
		if err != nil || !meta.Deleted || meta.Modified.IsZero() || meta.Revision != awsjar.None {
			t.Errorf("Versions begins with %+v, %v; want a delete marker", meta, err)
		}
		if err := s.DeleteVersion(t.Context(), meta.VersionID); !errors.Is(err, awsjar.ErrConflict) {
			t.Errorf("DeleteVersion of the newest delete marker: %v; want ErrConflict", err)
		}
		break
	}
}

func TestVersionIDs(t *testing.T) {
	s := filejar.New(memoryPath(t))
	mustSave(t, s, "value", awsjar.None)
	for _, id := range []string{
		"", "1", "01-00000000", "0-00000000", "-1-00000000", "1-0000000", "1-0000000G", "1-00000000-", "1-00000000-00",
		"1-00000000.deleted", "../../value.json", "1-00000000\n", "9999999999999-00000000", strings.Repeat("1", 1<<20),
	} {
		if _, _, err := s.LoadVersion(t.Context(), id); !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("LoadVersion(%.40q): %v; want ErrInvalid", id, err)
		}
		if err := s.DeleteVersion(t.Context(), id); !errors.Is(err, awsjar.ErrInvalid) {
			t.Errorf("DeleteVersion(%.40q): %v; want ErrInvalid", id, err)
		}
	}
	for _, id := range []string{"1-00000000", "1-00000000-0000000000000000", "999999999999-00000000-0000000000000000"} {
		if _, _, err := s.LoadVersion(t.Context(), id); !errors.Is(err, awsjar.ErrNotFound) {
			t.Errorf("LoadVersion(%q): %v; want ErrNotFound", id, err)
		}
		if err := s.DeleteVersion(t.Context(), id); err != nil {
			t.Errorf("DeleteVersion(%q): %v", id, err)
		}
	}
	mustHaveHistory(t, s, "value")
}

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

// TestEndsWhileFailing: that the context ended as well makes a failure no less
// certain.
func TestEndsWhileFailing(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	mustSave(t, s, "old", awsjar.None)
	ctx, cancel := context.WithCancel(t.Context())
	s.SetBefore(func(call, file string) error {
		if call == "rename" && file == path {
			cancel()
			return errFault
		}
		return nil
	})
	if _, err := s.Save(ctx, []byte("new"), awsjar.Any); !errors.Is(err, errFault) || errors.Is(err, awsjar.ErrUncertain) {
		t.Errorf("Save: %v; want the fault and no doubt", err)
	}
	mustHaveHistory(t, s, "old")
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

// TestFullDisk: old versions make room for the value. The disk is a fault's.
func TestFullDisk(t *testing.T) {
	for _, full := range fullErrors {
		path := memoryPath(t)
		s := filejar.New(path, func(o *filejar.Options) { o.Keep = 50 })
		const room = 10
		s.SetBefore(func(call, name string) error {
			if versions, _ := filepath.Glob(filepath.Join(metaDir(path), "0*")); call == "write" && len(versions) >= room {
				return &os.PathError{Op: call, Path: name, Err: full}
			}
			return nil
		})
		for n := range 3 * room {
			mustSave(t, s, fmt.Sprint(n), awsjar.Any)
		}
		if history := observe(t, s); len(history) != room || history[0] != fmt.Sprint(3*room-1) {
			t.Errorf("%v: the history is %q", full, history)
		}
		// Nothing can make room if the newest version is the only one.
		s.SetBefore(func(call, name string) error {
			if call == "write" {
				return &os.PathError{Op: call, Path: name, Err: full}
			}
			return nil
		})
		if _, err := s.Save(t.Context(), []byte("more"), awsjar.Any); !errors.Is(err, full) || errors.Is(err, awsjar.ErrUncertain) {
			t.Errorf("%v: Save on a disk that stays full: %v", full, err)
		}
		s.SetBefore(nil)
		mustHaveHistory(t, s, fmt.Sprint(3*room-1))
		mustBeTidy(t, path, []string{fmt.Sprint(3*room - 1)})
	}
}

// TestSystemErrors: an error of the system gets its sentinel and a hint,
// and the value stays.
func TestSystemErrors(t *testing.T) {
	for _, c := range []struct {
		err, want error
		hint      string
	}{
		{fullErrors[0], fullErrors[0], "df -h"},
		{fullErrors[1], fullErrors[1], "df -h"},
		{syscall.EROFS, awsjar.ErrAccessDenied, "/tmp"},
		{syscall.EACCES, awsjar.ErrAccessDenied, "ls -la"},
		{syscall.EPERM, awsjar.ErrAccessDenied, "ls -la"},
		{syscall.ENAMETOOLONG, awsjar.ErrInvalid, "shorter"},
		{syscall.EIO, syscall.EIO, ""},
	} {
		s := filejar.New(memoryPath(t))
		mustSave(t, s, "old", awsjar.None)
		for _, call := range []string{"open", "write", "rename"} {
			s.SetBefore(func(made, name string) error {
				if made == call {
					return &os.PathError{Op: made, Path: name, Err: c.err}
				}
				return nil
			})
			_, err := s.Save(t.Context(), []byte("the new value"), awsjar.Any)
			var e *awsjar.Error
			if !errors.Is(err, c.want) || !errors.Is(err, c.err) || !errors.As(err, &e) || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("%s fails with %v: %v with the hint %q", call, c.err, err, e.Hint)
			}
			if errors.Is(err, awsjar.ErrUncertain) || strings.Contains(err.Error(), "the new value") {
				t.Errorf("%s fails with %v: %v", call, c.err, err)
			}
		}
		s.SetBefore(nil)
		mustHaveHistory(t, s, "old")
	}
}
