package durable_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/durable"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "name")
	file := durable.File{Name: "name", Perm: 0o600}
	for _, want := range []string{"first", "second"} {
		if err := open(t, durable.Disk{}, dir).Replace(file, strings.NewReader(want)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); string(got) != want {
			t.Errorf("the file holds %q, %v; want %q", got, err, want)
		}
	}
	// Wherever it fails, the old content is there, or the new one if only the last
	// sync failed, and nothing is left over.
	broken := errors.New("broken")
	for call := range 6 {
		if err := open(t, durable.Disk{}, dir).Replace(file, strings.NewReader("second")); err != nil {
			t.Fatal(err)
		}
		n := 0
		disk := durable.Disk{Before: func(name, _ string) error {
			if n++; n == call+1 && name != "unlink" {
				return broken
			}
			return nil
		}}
		err := open(t, disk, dir).Replace(file, strings.NewReader("third"))
		got, _ := os.ReadFile(name)
		old := err != nil && call < 5
		if err != nil && !errors.Is(err, broken) || errors.Is(err, fs.ErrNotExist) || (string(got) == "second") != old {
			t.Errorf("stopped at call %d: %v, and the file holds %q", call, err, got)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			t.Errorf("stopped at call %d: there are %d files", call, len(entries))
		}
	}
}

func TestRemoveTemps(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{durable.TempPrefix + "A", durable.TempPrefix + "B", "kept"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := open(t, durable.Disk{}, dir).RemoveTemps(); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 || entries[0].Name() != "kept" {
		t.Errorf("there is %v; want only the kept file", entries)
	}
}
