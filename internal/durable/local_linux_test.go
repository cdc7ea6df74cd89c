package durable

import "testing"

// TestLocal: memory is of this machine, and /proc is no disk.
func TestLocal(t *testing.T) {
	for path, want := range map[string]bool{"/dev/shm": true, "/proc": false} {
		dir, err := Disk{}.Open(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := dir.Local(); got != want {
			t.Errorf("%s: %v", path, got)
		}
		dir.Close()
	}
}
