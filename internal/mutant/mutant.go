// Package mutant runs the tests of a package over deliberately broken copies
// of its code. A test that guards a promise must fail for the code that breaks
// it; a list of mutants keeps that true.
//
// The code under test holds no switch for its mutants: each is a change of the
// source text, compiled in place of the file by the -overlay flag of the go
// command.
package mutant

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Mutant is one change that breaks a promise.
type Mutant struct {
	Name string
	File string // path from the directory of the test
	Old  string // text that occurs in the file exactly once
	New  string // text in its place
	Run  string // the tests, as for -run, of which one must fail; the test cases of the package by default
}

var wanted = flag.Bool("mutants", false, "run the tests over broken copies of the code")

// Check runs the tests of the package in the current directory over each
// mutant, and fails for each that they do not notice. args are further flags of
// the test binary. Without the flag -mutants it only finds the text of each mutant in
// the code, and skips the rest, which takes a run of the tests for each mutant.
func Check(t *testing.T, mutants []Mutant, args ...string) {
	t.Helper()
	for _, m := range mutants {
		m.changed(t) // a mutant of code that is no longer there guards nothing
	}
	if !*wanted {
		t.Skipf("a run of the tests for each mutant: go test -run '^%s$' -mutants", t.Name())
	}
	for _, m := range mutants {
		t.Run(m.Name, func(t *testing.T) {
			overlay := m.overlay(t)
			run := m.Run
			if run == "" {
				run = "."
			}
			cmd := exec.CommandContext(t.Context(), "go", append([]string{"test", "-overlay", overlay, "-run", run, "."}, args...)...)
			out, err := cmd.CombinedOutput()
			switch {
			case err == nil:
				t.Errorf("no test fails:\n%s", out)
			case strings.Contains(string(out), "[build failed]") || !strings.Contains(string(out), "--- FAIL"):
				t.Errorf("the mutant does not run:\n%s", out)
			default:
				t.Logf("noticed by %s", strings.Join(failed(string(out)), ", "))
			}
		})
	}
}

// changed returns the text of the file with the change.
func (m Mutant) changed(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile(m.File)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.Old); n != 1 {
		t.Fatalf("%s holds the text of the mutant %q %d times, want once: %q", m.File, m.Name, n, m.Old)
	}
	return strings.Replace(string(source), m.Old, m.New, 1)
}

// overlay writes the changed file and returns the path of a description for
// the go command.
func (m Mutant) overlay(t *testing.T) string {
	t.Helper()
	original, err := filepath.Abs(m.File)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	changed := filepath.Join(dir, filepath.Base(m.File))
	write(t, changed, []byte(m.changed(t)))
	description, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	write(t, path, description)
	return path
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// failed returns the names of the tests that failed.
func failed(output string) (names []string) {
	for line := range strings.Lines(output) {
		if name, ok := strings.CutPrefix(line, "--- FAIL: "); ok {
			name, _, _ = strings.Cut(name, " ")
			names = append(names, name)
		}
	}
	return names
}
