package filejar_test

import (
	"errors"
	"testing"
	"time"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/filejar"
)

// TestClock: on a file system of this machine each answer has the time, by the
// clock that the times of files are of; /proc is none.
func TestClock(t *testing.T) {
	s := filejar.New(memoryPath(t))
	begun := time.Now().Round(0)
	saved := mustSave(t, s, "1", awsjar.Any)
	_, loaded, err := s.Load(t.Context())
	_, version, failed := s.LoadVersion(t.Context(), saved.VersionID)
	deleted := s.Delete(t.Context(), awsjar.Any)
	_, gone, absent := s.Load(t.Context())
	if !errors.Is(absent, awsjar.ErrNotFound) || errors.Join(err, failed, deleted) != nil {
		t.Fatal(err, failed, deleted, absent)
	}
	for name, meta := range map[string]awsjar.Meta{"Save": saved, "Load": loaded, "LoadVersion": version, "Load of nothing": gone} {
		if meta.Now.Before(begun) || meta.Now.Before(meta.Modified) || time.Now().Round(0).Before(meta.Now) {
			t.Errorf("%s: Now is %v, Modified %v", name, meta.Now, meta.Modified)
		}
	}
	if _, elsewhere, err := filejar.New("/proc/version").Load(t.Context()); err != nil || !elsewhere.Now.IsZero() {
		t.Errorf("a value in /proc: %v, %v", elsewhere.Now, err)
	}
}
