package filejar_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

func mustLoad(t *testing.T, s *filejar.Store, want string) awsjar.Meta {
	t.Helper()
	data, meta, err := s.Load(t.Context())
	if err != nil || string(data) != want {
		t.Fatalf("Load: %.40q, %v; want %.40q", data, err, want)
	}
	return meta
}

func mustSave(t *testing.T, s *filejar.Store, data string, replaces awsjar.Revision) awsjar.Meta {
	t.Helper()
	meta, err := s.Save(t.Context(), []byte(data), replaces)
	if err != nil {
		t.Fatalf("Save: %v", err)
	}
	return meta
}

func mustHaveHistory(t *testing.T, s *filejar.Store, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, observe(t, s)); diff != "" {
		t.Fatalf("history (-want +got):\n%s", diff)
	}
}

// TestPlain: the file holds the value and nothing else.
func TestPlain(t *testing.T) {
	path := newPath(t)
	mustSave(t, filejar.New(path), `{"a":1}`, awsjar.None)
	if data, err := os.ReadFile(path); err != nil || string(data) != `{"a":1}` {
		t.Errorf("the file holds %q, %v", data, err)
	}
}

// TestEdits: each way of changing the file by other means is noticed, in
// place and by a rename; a conditional write that has not seen it is refused,
// and an unconditional one keeps it in the history.
func TestEdits(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, path string){
		"in place": func(t *testing.T, path string) { edit(t, path, "edited") },
		"in place, same size and time": func(t *testing.T, path string) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			edit(t, path, "edited")
			if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
		},
		"by a rename": func(t *testing.T, path string) {
			edit(t, path+"~", "edited")
			if err := os.Rename(path+"~", path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := memoryPath(t)
			s := filejar.New(path)
			saved := mustSave(t, s, "stored", awsjar.None)
			change(t, path)
			if _, err := s.Save(t.Context(), []byte("late"), saved.Revision); !errors.Is(err, awsjar.ErrConflict) {
				t.Fatalf("Save over an edit: %v; want ErrConflict", err)
			}
			if err := s.Delete(t.Context(), saved.Revision); !errors.Is(err, awsjar.ErrConflict) {
				t.Fatalf("Delete over an edit: %v; want ErrConflict", err)
			}
			mustHaveHistory(t, s, "edited", "stored")
			found := mustLoad(t, s, "edited")
			mustSave(t, s, "next", found.Revision)
			mustHaveHistory(t, s, "next", "edited", "stored")
			data, meta, err := s.LoadVersion(t.Context(), found.VersionID)
			if err != nil || string(data) != "edited" || !meta.Modified.Equal(found.Modified) {
				t.Fatalf("LoadVersion by the id from before the capture: %q, %v, %v", data, meta, err)
			}
		})
	}
}

// TestEditOverwritten: a Put, which asks for no revision, loses no edit.
func TestEditOverwritten(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	mustSave(t, s, "1", awsjar.None)
	edit(t, path, "2")
	mustSave(t, s, "3", awsjar.Any)
	edit(t, path, "4")
	edit(t, path, "1")
	if err := s.Delete(t.Context(), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	edit(t, path, "by hand")
	mustSave(t, s, "5", awsjar.Any)
	mustHaveHistory(t, s, "5", "by hand", gone, "1", "3", "2", "1")
}

// TestEditRevisions: a state that comes again by hand has another revision
// after a write, and the same one for as long as nothing is changed.
func TestEditRevisions(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	first := mustSave(t, s, "a", awsjar.None)
	edit(t, path, "b")
	b := mustLoad(t, s, "b")
	if again := mustLoad(t, s, "b"); again.Revision != b.Revision || b.Revision == first.Revision {
		t.Errorf("revisions of an edit: %q, %q, before it %q", b.Revision, again.Revision, first.Revision)
	}
	later := b.Modified.Add(time.Second)
	if err := os.Chtimes(path, later, later); err != nil { // written again
		t.Fatal(err)
	}
	if again := mustLoad(t, s, "b"); again.Revision == b.Revision {
		t.Errorf("two edits have the revision %q", again.Revision)
	}
	mustSave(t, s, "c", awsjar.Any)
	edit(t, path, "a")
	if again := mustLoad(t, s, "a"); again.Revision == first.Revision {
		t.Errorf("a value that came back by hand has its first revision %q", again.Revision)
	}
}

// TestTouched: that the file was copied or touched changes nothing.
func TestTouched(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	saved := mustSave(t, s, "value", awsjar.None)
	edit(t, path+".copy", "value")
	if err := os.Rename(path+".copy", path); err != nil {
		t.Fatal(err)
	}
	if found := mustLoad(t, s, "value"); found.Revision != saved.Revision {
		t.Errorf("the revision was %q and is %q", saved.Revision, found.Revision)
	}
	mustSave(t, s, "next", saved.Revision)
	mustHaveHistory(t, s, "next", "value")
}

// TestRemovedByHand: a value that somebody removed is a delete marker in the
// history, and can be brought back.
func TestRemovedByHand(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	meta := mustSave(t, s, `"value"`, awsjar.None)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	mustHaveHistory(t, s, gone, `"value"`)
	if _, err := s.Save(t.Context(), []byte("late"), meta.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Save over a removed value: %v; want ErrConflict", err)
	}
	if err := s.Delete(t.Context(), meta.Revision); !errors.Is(err, awsjar.ErrConflict) {
		t.Errorf("Delete of a removed value: %v; want ErrConflict", err)
	}
	if err := s.Delete(t.Context(), awsjar.Any); err != nil {
		t.Error(err)
	}
	if _, err := awsjar.New[string](s).Undelete(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustHaveHistory(t, s, `"value"`, gone, `"value"`)
}

// TestFoundByHand: a file that was there before the store.
func TestFoundByHand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.json")
	edit(t, path, "by hand")
	s := filejar.New(path)
	meta := mustLoad(t, s, "by hand")
	mustHaveHistory(t, s, "by hand")
	if names := list(t, filepath.Dir(path)); len(names) != 1 {
		t.Errorf("reading made %v", names)
	}
	if _, err := s.Save(t.Context(), []byte("new"), awsjar.None); !errors.Is(err, awsjar.ErrExists) {
		t.Errorf("Save of None: %v; want ErrExists", err)
	}
	mustSave(t, s, "new", meta.Revision)
	mustHaveHistory(t, s, "new", "by hand")
}

// TestEditDuringSave: an editor takes no lock. A value that it writes while a
// Save is on its way is seen just before the file would be replaced.
func TestEditDuringSave(t *testing.T) {
	type attempt struct {
		replaces awsjar.Revision
		edits    int
		want     error
		history  string
	}
	for name, a := range map[string]func(awsjar.Revision) attempt{
		"conditional": func(r awsjar.Revision) attempt {
			return attempt{r, 1, awsjar.ErrConflict, "edit 1, stored"}
		},
		"unconditional": func(awsjar.Revision) attempt {
			return attempt{awsjar.Any, 1, nil, "saved, edit 1, stored"}
		},
		"without end": func(awsjar.Revision) attempt {
			return attempt{awsjar.Any, 1000, awsjar.ErrConflict, "edit 3, edit 2, edit 1, stored"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := memoryPath(t)
			s := filejar.New(path)
			a := a(mustSave(t, s, "stored", awsjar.None).Revision)
			edits := 0
			s.SetBefore(func(call, file string) error {
				if call == "fsync" && strings.HasSuffix(file, "temp") && edits < a.edits {
					edits++
					edit(t, path, "edit "+string(rune('0'+edits)))
				}
				return nil
			})
			if _, err := s.Save(t.Context(), []byte("saved"), a.replaces); !errors.Is(err, a.want) || (err == nil) != (a.want == nil) {
				t.Fatalf("Save: %v; want %v", err, a.want)
			}
			mustHaveHistory(t, s, strings.Split(a.history, ", ")...)
		})
	}
}

// TestEditDuringCapture: the edit that is being copied is edited again, or
// removed.
func TestEditDuringCapture(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(path string) error
		history []string
	}{
		"edited":  {func(path string) error { return os.WriteFile(path, []byte("edited again"), 0o600) }, []string{"saved", "edited again", "stored"}},
		"removed": {os.Remove, []string{"saved", gone, "stored"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := memoryPath(t)
			s := filejar.New(path)
			mustSave(t, s, "stored", awsjar.None)
			edit(t, path, "edited")
			done, lasts := false, false
			s.SetBefore(func(call, file string) error {
				if call != "fsync" || done {
					return nil
				}
				done = true
				err := c.change(path)
				data, _ := os.ReadFile(path)
				lasts = string(data) == "edited"
				return err
			})
			mustSave(t, s, "saved", awsjar.Any)
			if lasts { // a system that removes a file once nobody has it open: then the copy was made before
				c.history = []string{"saved", gone, "edited", "stored"}
			}
			mustHaveHistory(t, s, c.history...)
		})
	}
}

// TestEndsAfterCapture: a context that ends meanwhile ends the Save between
// its two versions.
func TestEndsAfterCapture(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	mustSave(t, s, "stored", awsjar.None)
	edit(t, path, "edited")
	ctx, cancel := context.WithCancel(t.Context())
	s.SetBefore(func(call, file string) error {
		if call == "rename" {
			cancel()
		}
		return nil
	})
	if _, err := s.Save(ctx, []byte("saved"), awsjar.Any); !errors.Is(err, context.Canceled) {
		t.Errorf("Save: %v; want context.Canceled", err)
	}
	mustHaveHistory(t, s, "edited", "stored")
	mustBeTidy(t, path, []string{"edited", "stored"})
}

// TestRestless: a file that is changed all the time is still read.
func TestRestless(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	mustSave(t, s, "stored", awsjar.None)
	writes := 0
	ctx := &interrupted{t.Context(), 1, nil}
	ctx.do = func() {
		ctx.n, writes = 1, writes+1
		edit(t, path, fmt.Sprint("restless ", writes))
	}
	data, _, err := s.Load(ctx)
	if err != nil || !strings.HasPrefix(string(data), "restless") || writes > 200 {
		t.Errorf("after %d changes Load returned %q, %v", writes, data, err)
	}
}

// TestSameEdit: while a Save is on its way somebody writes the same bytes.
// They are theirs.
func TestSameEdit(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	before := mustSave(t, s, "stored", awsjar.None)
	s.SetBefore(func(call, file string) error {
		if call == "fsync" && strings.HasSuffix(file, "temp") {
			edit(t, path, "same")
		}
		return nil
	})
	if _, err := s.Save(t.Context(), []byte("same"), before.Revision); !errors.Is(err, awsjar.ErrConflict) || errors.Is(err, awsjar.ErrUncertain) {
		t.Errorf("Save: %v; want ErrConflict and no doubt", err)
	}
	mustHaveHistory(t, s, "same", "stored")
}
