package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
)

var (
	runJQ    = flag.Bool("run-jq", os.Getenv("CI") == "true", "compare with the jq of this machine, and not only with what is recorded of jq 1.6")
	jqSeed   = flag.Uint64("jq-seed", 1, "the seed of the random programs")
	jqCount  = flag.Int("jq-count", 400, "how many random programs")
	recordJQ = flag.Bool("record-jq", false, "write what jq 1.6 makes of testdata/jq/programs.txt into that file")
)

// realJQ returns the path of jq, or "" to go by the recorded results.
func realJQ(t *testing.T) string {
	if !*runJQ && !*recordJQ {
		return ""
	}
	path, err := exec.LookPath("jq")
	if err != nil {
		t.Fatalf("jq is missing (apt-get install jq): %v", err)
	}
	return path
}

// ofJQ returns the result of jq for a value: one result, "fails", "many" for no
// result or several, or "unknown" for a function that this jq does not have.
func ofJQ(t *testing.T, path, program, input string) string {
	cmd := exec.Command(path, "-c", program)
	cmd.Env = []string{} // of which env would print a copy
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.Output()
	ended, failed := errors.AsType[*exec.ExitError](err)
	switch {
	case failed && ended.ExitCode() == 3:
		return "unknown"
	case failed:
		return "fails"
	case err != nil:
		t.Fatal(err)
	case bytes.Count(out, []byte("\n")) != 1:
		return "many"
	}
	return string(bytes.TrimSuffix(out, []byte("\n")))
}

// ofUs returns the result of our jq for a value, or "refused".
func ofUs(t *testing.T, program, input string) string {
	e, err := compileJQ(program, nil, nil)
	if err != nil {
		return "refused"
	}
	result, err := e.apply(context.Background(), []byte(input))
	if err != nil {
		return "refused"
	}
	if result == nil {
		return "null"
	}
	return string(result)
}

// judge compares the results of a program: "same", "reordered" if only members
// stand in another order, "refused", "newer" for a function that only ours has,
// or "another".
func judge(t *testing.T, ours, theirs string) string {
	switch {
	case ours == "refused":
		return "refused"
	case theirs == "unknown":
		return "newer"
	case !json.Valid([]byte(theirs)) || canonical(t, ours) != canonical(t, theirs):
		return "another"
	case !slices.Equal(namesIn(t, ours), namesIn(t, theirs)):
		return "reordered"
	}
	return "same"
}

// namesIn returns the names of all members in the order of the text.
func namesIn(t *testing.T, text string) []string {
	o := newOrder()
	v, err := o.decode([]byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var names []string
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, element := range v {
				visit(element)
			}
		case map[string]any:
			own, _ := o.names(v)
			for _, name := range own {
				names = append(names, name)
				visit(v[name])
			}
		}
	}
	visit(v)
	return names
}

// canonical writes JSON with members sorted, for their order has no meaning,
// and numbers as the float64 that they are for jq.
func canonical(t *testing.T, text string) string {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	out, err := gojq.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestSameAsJQ: an expression gives the result that jq itself gives, or is
// refused. In testdata/jq/programs.txt a line that begins with # is an input,
// and the lines below are programs, whether they run, and the result of jq 1.6.
func TestSameAsJQ(t *testing.T) {
	const name = "testdata/jq/programs.txt"
	path := realJQ(t)
	table, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var record strings.Builder
	counts, input := map[string]int{}, ""
	for line := range strings.Lines(string(table)) {
		line = strings.TrimSuffix(line, "\n")
		if rest, isInput := strings.CutPrefix(line, "# "); isInput || line == "" {
			input = rest
			fmt.Fprintln(&record, line)
			continue
		}
		program, rest, _ := strings.Cut(line, "\t")
		want, theirs, _ := strings.Cut(rest, "\t")
		if path != "" {
			theirs = ofJQ(t, path, program, input)
		}
		ours := ofUs(t, program, input)
		got := judge(t, ours, theirs)
		counts[got]++
		fmt.Fprintf(&record, "%s\t%s\t%s\n", program, got, theirs)
		if got == "another" || got == "reordered" || got != want && !*recordJQ {
			t.Errorf("%s of %s is %s, want %s:\nours %s\njq   %s", program, input, got, want, ours, theirs)
		}
	}
	t.Logf("%v", counts)
	if *recordJQ {
		if err := os.WriteFile(name, []byte(record.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRandomProgramsAsJQ: the same for programs that nobody thought of.
func TestRandomProgramsAsJQ(t *testing.T) {
	path := realJQ(t)
	if path == "" {
		t.Skip("needs jq: go test -run-jq, as CI does")
	}
	random := rand.New(rand.NewPCG(*jqSeed, 2))
	counts := map[string]int{}
	for range *jqCount {
		input, program := randomValue(random, 3), randomPrelude+"["+randomProgram(random, 4)+"]"
		ours, theirs := ofUs(t, program, input), ofJQ(t, path, program, input)
		got := judge(t, ours, theirs)
		counts[got]++
		if got != "same" && got != "refused" {
			t.Errorf("%s of %s:\nours %s\njq   %s", program, input, ours, theirs)
		}
	}
	t.Logf("%v", counts)
	if counts["same"] < *jqCount*3/4 {
		t.Errorf("only %v: the programs prove too little", counts)
	}
}

// TestEveryBuiltinIsJudged: a function of gojq is one that an expression may
// call or one that it may not, also after an update of gojq.
func TestEveryBuiltinIsJudged(t *testing.T) {
	query, err := gojq.Parse("builtins")
	if err != nil {
		t.Fatal(err)
	}
	names, _ := query.Run(nil).Next()
	judged := slices.Concat(functions(), elsewhere(), []string{"env/0"})
	for _, name := range names.([]any) {
		if !slices.Contains(judged, name.(string)) {
			t.Errorf("%s of gojq is not judged: does its result depend on the order of members, or does it call a function whose result does?", name)
		}
	}
	for i, name := range judged {
		if slices.Contains(judged[:i], name) {
			t.Errorf("%s is judged twice", name)
		}
	}
}

// TestNotedObjectsAreBounded: where there is no room to note the order of an
// object, it is not known.
func TestNotedObjectsAreBounded(t *testing.T) {
	o := newOrder()
	o.left = 3
	first, second := map[string]any{"b": 1, "a": 2}, map[string]any{"b": 1, "a": 2}
	o.add(first, []string{"b", "a"})
	o.add(second, []string{"b", "a"})
	if names, ok := o.names(first); !ok || !slices.Equal(names, []string{"b", "a"}) {
		t.Errorf("the first: %v, %v", names, ok)
	}
	if _, ok := o.names(second); ok {
		t.Error("the second was noted")
	}
}
