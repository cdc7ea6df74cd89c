//go:build !race

// Under the race detector a sync.Pool forgets at random, and encoding/json its
// buffers with it.

package awsjar_test

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
)

// TestUpdateOfALargeValue: an Update makes no copy of a value beside those of one
// json.Unmarshal and one json.Marshal: the bytes that are stored serve as the
// encoding of the value before its change.
func TestUpdateOfALargeValue(t *testing.T) {
	// The buffers that encoding/json shares between its calls are found again.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	type state struct {
		N     int      `json:"n"`
		Lines []string `json:"lines"`
	}
	line := strings.Repeat("x", 1000)
	text := []byte(`{"n":1,"lines":["` + strings.Repeat(line+`","`, 4000) + line + `"]}`)
	jar := awsjar.New[state](still{text})
	alone := func() error {
		var s state
		if err := json.Unmarshal(text, &s); err != nil {
			return err
		}
		_, err := json.Marshal(s)
		return err
	}
	update := func() error {
		_, err := jar.Update(t.Context(), func(s *state) error { s.N++; return nil })
		return err
	}
	allocated(t, update)
	want, got := allocated(t, alone), allocated(t, update)
	if got > want+len(text)/2 {
		t.Errorf("an Update of %d bytes allocated %d, encoding/json alone %d", len(text), got, want)
	}
}

// allocated returns how many bytes a call allocates.
func allocated(t *testing.T, call func() error) int {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := call(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}
