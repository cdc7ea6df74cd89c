package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/awsjar/awsjar"
)

// TestPageExplains: an error names the subcommand that does the same.
func TestPageExplains(t *testing.T) {
	const url = "s3://acorns/a.json"
	for op, want := range map[string]string{
		"get": "get s3://acorns/a.json: access denied",
		"put": "put s3://acorns/a.json: access denied",
	} {
		text, _ := (&command{}).explain(url, &awsjar.Error{Op: op, Target: url, Err: awsjar.ErrAccessDenied})
		if text != want {
			t.Errorf("%s: %q, want %q", op, text, want)
		}
	}
}

// TestPageOfADirectory: a directory stands for the states below it, as for copy,
// however it is written.
func TestPageOfADirectory(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"a.json", "sub/b c.json", ".awsjar/a.json/1"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("12"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for url, want := range map[string][]string{
		"file:./":         {"file:./a.json", "file:./sub/b%20c.json"},
		"file:sub/":       {"file:sub/b%20c.json"},
		"file:./?keep=3":  {"file:./a.json?keep=3", "file:./sub/b%20c.json?keep=3"},
		"file:sub/../sub": {"file:sub/../sub"},
	} {
		c := &command{}
		place, err := c.place(url)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for state, err := range place.List(t.Context()) {
			if err != nil {
				t.Errorf("%s: %v", url, err)
			}
			if state.Listed && (state.Size != 2 || state.Modified.IsZero()) {
				t.Errorf("%s: %+v", state.URL, state)
			}
			got = append(got, state.URL)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", url, got, want)
		}
	}
	place, err := (&command{}).place("file:none/")
	if err != nil {
		t.Fatal(err)
	}
	for state, err := range place.List(t.Context()) {
		if err == nil {
			t.Errorf("a directory that is not there has %s", state.URL)
		}
	}
}
