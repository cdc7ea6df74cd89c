//go:build !race

// Under the race detector a sync.Pool forgets at random, and encoding/json its
// buffers with it.

package awsjar_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/awsjar/awsjar"
)

// TestUpdateOfALargeValue: an Update makes no copy of a value besides those of one
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

// TestUpdateKeepsMembersOfALargeValue: to keep the members that a type does not
// have takes the merged text, a second json.Unmarshal, which proves it, and a list
// of the objects and arrays of each text.
func TestUpdateKeepsMembersOfALargeValue(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	element := `{"id":"id-00007919","at":"2026-11-26T12:00:00Z","other":1,"n":1}`
	entries := make([]string, 20_000)
	for i := range entries {
		entries[i] = fmt.Sprintf(`"key-%08d":%s`, i, element)
	}
	type entry struct {
		ID string `json:"id"`
		At string `json:"at"`
		N  int    `json:"n"`
	}
	sparing(t, 13, "["+strings.Repeat(element+",", 20_000)+element+"]", func(s *[]entry) { (*s)[0].N++ })
	sparing(t, 17, "{"+strings.Join(entries, ",")+"}", func(s *map[string]entry) { (*s)["key-new"] = entry{} })
}

// sparing checks how many times the size of a text an Update of it allocates.
func sparing[T any](t *testing.T, most float64, text string, change func(*T)) {
	jar := awsjar.New[T](still{[]byte(text)})
	update := func() error {
		_, err := jar.Update(t.Context(), func(s *T) error { change(s); return nil })
		return err
	}
	allocated(t, update) // makes the buffers of encoding/json
	if times := float64(allocated(t, update)) / float64(len(text)); times > most {
		t.Errorf("an Update of %T allocated %.1f times the size; want at most %.0f", *new(T), times, most)
	} else {
		t.Logf("%.1f times the size of %T", times, *new(T))
	}
}
