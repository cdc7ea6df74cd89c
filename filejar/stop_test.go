package filejar_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// gone stands for a delete marker among values.
const gone = "(gone)"

// observe returns the values of the history, newest first, and fails the test
// where Load and the history disagree.
func observe(t *testing.T, s *filejar.Store) []string {
	t.Helper()
	ctx := t.Context()
	data, meta, loadErr := s.Load(ctx)
	if loadErr != nil && !errors.Is(loadErr, awsjar.ErrNotFound) {
		t.Fatalf("Load: %v", loadErr)
	}
	var values []string
	for version, err := range s.Versions(ctx) {
		if err != nil {
			t.Fatalf("Versions: %v", err)
		}
		if version.Latest != (len(values) == 0) {
			t.Fatalf("version %d has Latest %v", len(values), version.Latest)
		}
		if version.Deleted {
			values = append(values, gone)
			continue
		}
		old, _, err := s.LoadVersion(ctx, version.VersionID)
		if err != nil {
			t.Fatalf("LoadVersion(%s): %v", version.VersionID, err)
		}
		if version.Latest && version.VersionID != meta.VersionID {
			t.Fatalf("the newest version is %s, Load returned %s", version.VersionID, meta.VersionID)
		}
		values = append(values, string(old))
	}
	switch {
	case loadErr != nil && len(values) > 0 && values[0] != gone,
		loadErr == nil && (len(values) == 0 || values[0] != string(data)):
		t.Fatalf("Load returned %.20q, %v; the history is %.20q", data, loadErr, values)
	}
	return values
}

// mustBeTidy checks that the files are those of a history and no others.
func mustBeTidy(t *testing.T, path string, history []string) {
	t.Helper()
	dir, key := filepath.Split(path)
	values := []string{".awsjar", key}
	if history[0] == gone {
		values = values[:1]
	}
	if diff := cmp.Diff(values, list(t, dir)); diff != "" {
		t.Fatalf("files beside the value (-want +got):\n%s", diff)
	}
	names := list(t, metaDir(path))
	if len(names) != len(history)+2 || !slices.Equal(names[len(names)-2:], []string{"head", "lock"}) {
		t.Fatalf("the files %v are kept for the history %.20q", names, history)
	}
}

// metaDir returns the directory of a value's history.
func metaDir(path string) string {
	return filepath.Join(filepath.Dir(path), ".awsjar", filepath.Base(path))
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func listIfAny(t *testing.T, dir string) []string {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return list(t, dir)
}

// isNext reports whether a name is that of a version being added.
func isNext(name string) bool { return strings.HasPrefix(name, "next-") }

type scenario struct {
	name          string
	setUp         func(t *testing.T, path string, s *filejar.Store)
	write         func(context.Context, *filejar.Store) error
	before, after []string // the history, newest first
}

func save(value string) func(context.Context, *filejar.Store) error {
	return func(ctx context.Context, s *filejar.Store) error {
		_, err := s.Save(ctx, []byte(value), awsjar.Any)
		return err
	}
}

func remove(ctx context.Context, s *filejar.Store) error { return s.Delete(ctx, awsjar.Any) }

func saved(values ...string) func(*testing.T, string, *filejar.Store) {
	return func(t *testing.T, path string, s *filejar.Store) {
		for _, value := range values {
			write := save(value)
			if value == gone {
				write = remove
			}
			if err := write(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func edited(value string) func(*testing.T, string, *filejar.Store) {
	return func(t *testing.T, path string, s *filejar.Store) {
		saved("old")(t, path, s)
		edit(t, path, value)
	}
}

func edit(t *testing.T, path, value string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
		t.Fatal(err)
	}
}

func removed(t *testing.T, path string, s *filejar.Store) {
	saved("old")(t, path, s)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

var scenarios = []scenario{
	{"Create", saved(), save("new"), nil, []string{"new"}},
	{"Replace", saved("old"), save("new"), []string{"old"}, []string{"new", "old"}},
	{"ReplaceByEqual", saved("old"), save("old"), []string{"old"}, []string{"old", "old"}},
	{"Delete", saved("old"), remove, []string{"old"}, []string{gone, "old"}},
	{"CreateAgain", saved("old", gone), save("new"), []string{gone, "old"}, []string{"new", gone, "old"}},
	{"ReplaceEdited", edited("edited"), save("new"), []string{"edited", "old"}, []string{"new", "edited", "old"}},
	{"DeleteEdited", edited("edited"), remove, []string{"edited", "old"}, []string{gone, "edited", "old"}},
	{"CreateAfterRemoval", removed, save("new"), []string{gone, "old"}, []string{"new", gone, "old"}},
}

// countCalls returns how many system calls a scenario's write makes.
func countCalls(t *testing.T, c scenario) int {
	path := memoryPath(t)
	s := filejar.New(path)
	c.setUp(t, path, s)
	calls := 0
	s.SetBefore(func(string, string) error { calls++; return nil })
	if err := c.write(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.after, observe(t, s)); diff != "" {
		t.Fatalf("history (-want +got):\n%s", diff)
	}
	mustBeTidy(t, path, c.after)
	return calls
}

// TestOrder holds the order of the system calls: each step is synced before
// the next one begins.
func TestOrder(t *testing.T) {
	path := memoryPath(t)
	s := filejar.New(path)
	mustSave(t, s, "old", awsjar.None)
	var calls []string
	s.SetBefore(func(call, name string) error {
		rel, err := filepath.Rel(filepath.Dir(path), name)
		calls = append(calls, call+" "+anyVersion.ReplaceAllString(filepath.ToSlash(rel), "VERSION"))
		return err
	})
	next := []string{
		"unlink .awsjar/value.json/next-VERSION", "open .awsjar/value.json/next-VERSION",
		"write .awsjar/value.json/next-VERSION", "fsync .awsjar/value.json/next-VERSION",
	}
	accept := []string{"rename .awsjar/value.json/VERSION", "fsync .awsjar/value.json"}
	mustSave(t, s, "new", awsjar.Any)
	want := slices.Concat(next, []string{
		"unlink .awsjar/value.json/temp", "open .awsjar/value.json/temp", "write .awsjar/value.json/temp", "fsync .awsjar/value.json/temp",
		"rename value.json", "fsync .",
	}, accept)
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("Save (-want +got):\n%s", diff)
	}
	edit(t, path, "edited")
	calls = nil
	if err := s.Delete(t.Context(), awsjar.Any); err != nil {
		t.Fatal(err)
	}
	want = slices.Concat(next, accept, next, []string{"unlink value.json", "fsync ."}, accept)
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("Delete of an edit (-want +got):\n%s", diff)
	}
}

var anyVersion = regexp.MustCompile(`[0-9]{12}-[0-9a-f]{8}(-[0-9a-f]{16}|\.deleted)`)

// TestStops stops a write before each of its system calls, as a kill does:
// none of the later ones is made. The value is then the old one or the new
// one, the history is true, and the next write works and leaves nothing.
func TestStops(t *testing.T) {
	for _, c := range scenarios {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for at := range countCalls(t, c) {
				path := memoryPath(t)
				c.setUp(t, path, filejar.New(path))
				stop(t, path, c.write, at)
				found := observe(t, filejar.New(path))
				if !slices.Equal(found, c.before) && !slices.Equal(found, c.after) {
					t.Fatalf("stopped before call %d the history is %q; want %q or %q", at, found, c.before, c.after)
				}
				goOn(t, path, found)
			}
		})
	}
}

// TestStopsTwice stops a second writer while it clears up after the first.
func TestStopsTwice(t *testing.T) {
	c := scenarios[1]
	calls := countCalls(t, c)
	for first := range calls {
		t.Run(fmt.Sprint(first), func(t *testing.T) {
			t.Parallel()
			for second := 0; ; second++ {
				path := memoryPath(t)
				c.setUp(t, path, filejar.New(path))
				stop(t, path, c.write, first)
				found := observe(t, filejar.New(path))
				finished := stop(t, path, save("newer"), second)
				then := observe(t, filejar.New(path))
				if more := append([]string{"newer"}, found...); !slices.Equal(then, found) && !slices.Equal(then, more) {
					t.Fatalf("stopped before calls %d and %d the history is %q; want %q or %q", first, second, then, found, more)
				}
				if finished {
					return
				}
				goOn(t, path, then)
			}
		})
	}
}

// stop runs a write of which only the first calls are made, and reports
// whether that was all of it.
func stop(t *testing.T, path string, write func(context.Context, *filejar.Store) error, calls int) bool {
	t.Helper()
	s := filejar.New(path)
	made := 0
	s.SetBefore(func(string, string) error {
		if made++; made > calls {
			return errFault
		}
		return nil
	})
	err := write(t.Context(), s)
	if (err == nil) != (made <= calls) {
		t.Fatalf("stopped before call %d of %d: %v", calls, made, err)
	}
	return err == nil
}

// goOn checks that the place works as if nothing had happened.
func goOn(t *testing.T, path string, found []string) {
	t.Helper()
	s := filejar.New(path)
	if err := save("next")(t.Context(), s); err != nil {
		t.Fatalf("the next Save: %v", err)
	}
	want := append([]string{"next"}, found...)
	if diff := cmp.Diff(want, observe(t, s)); diff != "" {
		t.Fatalf("history after the next Save (-want +got):\n%s", diff)
	}
	mustBeTidy(t, path, want)
}

// TestFailures lets each system call of a write fail alone. A plain error
// means that nothing changed; only a step after the change may be uncertain.
func TestFailures(t *testing.T) {
	for _, c := range scenarios {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			uncertain := 0
			for at := range countCalls(t, c) {
				path := memoryPath(t)
				s := filejar.New(path)
				c.setUp(t, path, s)
				made := 0
				s.SetBefore(func(string, string) error {
					if made++; made == at+1 {
						return errFault
					}
					return nil
				})
				err := c.write(t.Context(), s)
				found := observe(t, s)
				switch {
				case !errors.Is(err, errFault):
					t.Fatalf("call %d failed: %v", at, err)
				case errors.Is(err, awsjar.ErrUncertain):
					uncertain++
				case !slices.Equal(found, c.before):
					t.Fatalf("call %d failed, %v, but the history is %q; want %q", at, err, found, c.before)
				case slices.ContainsFunc(listIfAny(t, metaDir(path)), isNext):
					t.Fatalf("call %d failed, %v, and left %q", at, err, list(t, metaDir(path)))
				}
				goOn(t, path, found)
			}
			if uncertain > 3 {
				t.Errorf("%d of the failures are uncertain; want the last sync of the value and the two calls after it", uncertain)
			}
		})
	}
}
