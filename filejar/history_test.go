package filejar_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

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

// TestPruneEdited: a value that somebody else wrote keeps its revision where the
// versions before it are removed, and so does its removal.
func TestPruneEdited(t *testing.T) {
	path := memoryPath(t)
	jar := awsjar.New[int](filejar.New(path))
	for n := range 2 {
		if err := jar.Put(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	edit(t, path, "3")
	edited, err := jar.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if removed, err := jar.Prune(t.Context(), 1); removed != 2 || err != nil {
		t.Errorf("Prune: %d, %v", removed, err)
	}
	if _, err := jar.At(t.Context(), edited.VersionID); err != nil {
		t.Errorf("the edited version after Prune: %v", err)
	}
	if _, err := jar.PutIf(t.Context(), 4, edited.Revision); err != nil {
		t.Errorf("PutIf at the revision before Prune: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	var newest []string
	for range 2 {
		for meta, err := range jar.Versions(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			newest = append(newest, meta.VersionID)
			break
		}
		if _, err := jar.Prune(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	}
	if len(newest) != 2 || newest[0] != newest[1] {
		t.Errorf("the newest version of a value removed by hand, before Prune and after it: %q", newest)
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
