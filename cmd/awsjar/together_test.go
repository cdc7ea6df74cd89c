//go:build unix

package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/awsjar/awsjar"
	"github.com/awsjar/awsjar/codec/python"
	"github.com/awsjar/awsjar/filejar"
)

// olderFeed and newerFeed are the state as two versions of a program know it.
type olderFeed struct {
	Older int `json:"older"`
	Last  struct {
		ID int `json:"id"`
	} `json:"last"`
}

type newerFeed struct {
	Newer int `json:"newer"`
	Last  struct {
		ID   int    `json:"id"`
		ETag string `json:"etag,omitempty"`
	} `json:"last"`
	Owner string `json:"owner"`
}

// besidePython are the members that a program knows of a state that Python keeps.
type besidePython struct {
	Python int `json:"python"`
}

// writersOf returns all that writes one state: the command with jq and with a
// program, two versions of a Go program, and one that keeps it with Python.
func writersOf(t *testing.T, file string) map[string]func() error {
	command := func(args ...string) func() error {
		return func() error {
			got := runIn(t, world{environ: os.Environ()}, append([]string{"update", "file:" + file, "--existing"}, args...)...)
			if got.Code != 0 {
				t.Errorf("%q: %+v", args, got)
			}
			return nil
		}
	}
	older, newer := awsjar.New[olderFeed](filejar.New(file)), awsjar.New[newerFeed](filejar.New(file))
	pythons := awsjar.New[besidePython](filejar.New(file), func(o *awsjar.Options) { o.Codec = python.Codec{} })
	return map[string]func() error{
		"jq": command("--jq", ".jq += 1"),
		"program": command("--", "awk", `{
			match($0, /"program": ?[0-9]+/) # Python's encoder writes a space
			n = substr($0, RSTART, RLENGTH)
			sub(/.*:/, "", n)
			sub(/"program": ?[0-9]+/, "\"program\":" n + 1)
			print
		}`),
		"older": func() error {
			_, err := older.Update(t.Context(), func(f *olderFeed) error { f.Older++; f.Last.ID++; return nil })
			return err
		},
		"newer": func() error {
			_, err := newer.Update(t.Context(), func(f *newerFeed) error { f.Newer++; f.Last.ETag, f.Owner = "tag", "me"; return nil })
			return err
		},
		"python": func() error {
			_, err := pythons.Update(t.Context(), func(b *besidePython) error { b.Python++; return nil })
			return err
		},
	}
}

const (
	stateOfAll = `{"since":{"_dt_":true,"repr":"datetime.datetime(2026, 1, 2, 3, 4)"},"ids":[1.0e2,"caf\u00e9"],"program":0}`
	sinceThen  = `{"since":{"_dt_":true,"repr":"datetime.datetime(2026, 1, 2, 3, 4)"},"ids":[1.0e2,"caf\u00e9"],"program":`
)

// mustHaveAll checks that each writer's turns count, and that the members that
// nobody changed stand where they were, with the same text.
func mustHaveAll(t *testing.T, file string, turns int) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err = compact(text)
	if err != nil {
		t.Fatal(err)
	}
	var got, want map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	n := strconv.Itoa(turns)
	members := strings.NewReplacer("N", n).Replace(`N,"jq":N,"older":N,"newer":N,"python":N,"owner":"me","last":{"id":N,"etag":"tag"}}`)
	if err := json.Unmarshal([]byte(sinceThen+members), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) || !strings.HasPrefix(string(text), sinceThen) {
		t.Errorf("after %d turns of each it is\n%s\nwant the members of\n%s", turns, text, sinceThen+members)
	}
}

// TestAllWritersByTurns: if all kinds of writers change a state by turns, no member
// of it and no turn is lost.
func TestAllWritersByTurns(t *testing.T) {
	file := t.TempDir() + "/state.json"
	runIn(t, world{}, "put", "file:"+file, stateOfAll)
	writers := writersOf(t, file)
	for turn := range 5 { // the order of a map is another one each time
		for name, write := range writers {
			if err := write(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		mustHaveAll(t, file, turn+1)
	}
}

// TestAllWritersAtOnce: nor is it where they write at once.
func TestAllWritersAtOnce(t *testing.T) {
	file := t.TempDir() + "/state.json"
	runIn(t, world{}, "put", "file:"+file, stateOfAll)
	const turns = 4
	var all sync.WaitGroup
	for name, write := range writersOf(t, file) {
		all.Go(func() {
			for range turns {
				if err := write(); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
	all.Wait()
	mustHaveAll(t, file, turns)
}
