package commit

import (
	"os"
	"strings"
	"testing"
)

// TestTable: every cell of the table is the one that docs/design.md prints.
func TestTable(t *testing.T) {
	printed := printedTable(t)
	for _, doubt := range []bool{false, true} {
		for o := range Outcome(outcomes) {
			for s := range Sight(sights) {
				want, ok := printed[cell{doubt, o, s}]
				if !ok {
					t.Errorf("doubt %v, %v, %v is not in docs/design.md", doubt, o, s)
				}
				if got := Decide(true, doubt, o, s); got != want {
					t.Errorf("doubt %v, %v, %v: %v; docs/design.md says %v", doubt, o, s, got, want)
				}
				if want == conflict { // which a write without a condition does not know
					want = printed[cell{doubt, o, Unchanged}]
				}
				if got := Decide(false, doubt, o, s); got != want {
					t.Errorf("without a condition, doubt %v, %v, %v: %v; docs/design.md says %v", doubt, o, s, got, want)
				}
			}
		}
	}
}

type cell struct {
	doubt   bool
	outcome Outcome
	sight   Sight
}

// printedTable reads the table of docs/design.md.
func printedTable(t *testing.T) map[cell]Next {
	t.Helper()
	text, err := os.ReadFile("../../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	const header = "| doubt | outcome | stored | unchanged | overtaken | unclear | unseen |"
	_, rows, found := strings.Cut(string(text), header+"\n|---|---|---|---|---|---|---|\n")
	if !found {
		t.Fatalf("docs/design.md has no table with the header %s", header)
	}
	columns := []Sight{Stored, Unchanged, Overtaken, Unclear, Unseen}
	printed := map[cell]Next{}
	for row := range strings.Lines(rows) {
		fields := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), "|")
		if len(fields) != 2+len(columns) {
			break
		}
		for outcome := range strings.SplitSeq(fields[1], ",") {
			for i, s := range columns {
				at := cell{strings.TrimSpace(fields[0]) == "yes", outcomeNamed(t, strings.TrimSpace(outcome)), s}
				if _, twice := printed[at]; twice {
					t.Errorf("docs/design.md has %v twice", at)
				}
				printed[at] = next(t, fields[2+i])
			}
		}
	}
	return printed
}

func outcomeNamed(t *testing.T, name string) Outcome {
	t.Helper()
	for o := range Outcome(outcomes) {
		if o.String() == name {
			return o
		}
	}
	t.Fatalf("docs/design.md names the outcome %q", name)
	return 0
}

// next reads "send / fail", or "done" for both.
func next(t *testing.T, text string) Next {
	t.Helper()
	steps := map[string]Step{
		"look": Look, "send": Send, "done": Done, "fail": Fail,
		"conflict": Conflict, "holds": Holds, "uncertain": Uncertain,
	}
	now, atLast, two := strings.Cut(text, "/")
	if !two {
		atLast = now
	}
	first, ok := steps[strings.TrimSpace(now)]
	last, okLast := steps[strings.TrimSpace(atLast)]
	if !ok || !okLast || last <= Send {
		t.Fatalf("docs/design.md has the cell %q", text)
	}
	return Next{first, last}
}
