package lineage_test

import (
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/lineage"
	"github.com/google/go-cmp/cmp"
)

const a, b, c, d = lineage.ID("aaaaaaaa"), lineage.ID("bbbbbbbb"), lineage.ID("cccccccc"), lineage.ID("dddddddd")

func TestJudge(t *testing.T) {
	for _, test := range []struct {
		name           string
		line           string
		mine, replaced lineage.ID
		want           lineage.Verdict
	}{
		{"newest", "aaaaaaaa,bbbbbbbb", a, b, lineage.Stored},
		{"followed by others", "cccccccc,aaaaaaaa,bbbbbbbb", a, b, lineage.Stored},
		{"followed by so many that what it replaced is gone", "cccccccc,aaaaaaaa", a, b, lineage.Stored},
		{"not there", "bbbbbbbb", a, b, lineage.Unchanged},
		{"others were first", "cccccccc,bbbbbbbb", a, b, lineage.Overtaken},
		{"neither is there", "cccccccc,dddddddd", a, b, lineage.Unknown},
		{"nothing is there", "", a, b, lineage.Unknown},
		{"replaced what had no id", "cccccccc", a, "", lineage.Unknown},
		{"replaced what had no id, and nothing is there", "", a, "", lineage.Unknown},
		{"replaced what had no id, and is there", "aaaaaaaa", a, "", lineage.Stored},
	} {
		if got := lineage.Parse(test.line).Judge(test.mine, test.replaced); got != test.want {
			t.Errorf("%s: verdict %d; want %d", test.name, got, test.want)
		}
	}
}

func TestExtend(t *testing.T) {
	var line lineage.Line
	for _, id := range []lineage.ID{a, b, c, d} {
		before := line.String()
		next := line.Extend(lineage.Entry{ID: id}, 3)
		if line.String() != before {
			t.Errorf("Extend changed its receiver from %q to %q", before, line)
		}
		line = next
	}
	if got, want := line.String(), "dddddddd,cccccccc,bbbbbbbb"; got != want {
		t.Errorf("the lineage is %q; want %q", got, want)
	}
	if line.Newest().ID != d || line.Has(a) || !line.Has(b) || line.Has("") {
		t.Error("Newest or Has is wrong")
	}
}

func TestSum(t *testing.T) {
	line := lineage.Line{{ID: a, Sum: lineage.Sum([]byte("one"))}, {ID: b, Sum: lineage.Sum([]byte("two"))}}
	if line[0].Sum == line[1].Sum {
		t.Error("different values have one Sum")
	}
	if diff := cmp.Diff(line, lineage.Parse(line.String())); diff != "" {
		t.Error(diff)
	}
}

// TestLongestLine: a lineage that is as long as it can be, with all sums, is
// read again.
func TestLongestLine(t *testing.T) {
	var line lineage.Line
	for range 64 {
		line = line.Extend(lineage.Entry{ID: lineage.NewID(), Sum: lineage.Sum([]byte("1"))}, 64)
	}
	if diff := cmp.Diff(line, lineage.Parse(line.String())); diff != "" {
		t.Error(diff)
	}
}

func TestIDsDiffer(t *testing.T) {
	seen := map[lineage.ID]bool{}
	for range 1000 {
		id := lineage.NewID()
		if seen[id] || len(lineage.Parse(string(id))) != 1 {
			t.Fatalf("bad id %q", id)
		}
		seen[id] = true
	}
}

func TestForeignTextIsNoLineage(t *testing.T) {
	for _, text := range []string{"", ",", "aaaaaaaa,", "aaaaaaa", "aaaaaaaa bbbbbbbb", "aaaaaaaa.x", "aaaaaaa\xff", strings.Repeat("aaaaaaaa,", 64) + "aaaaaaaa", strings.Repeat("x", 1<<20)} {
		if line := lineage.Parse(text); line != nil {
			t.Errorf("Parse(%.20q) returned %d entries", text, len(line))
		}
	}
}

// FuzzParse: a text from outside is bounded, and is written back as it
// was read.
func FuzzParse(f *testing.F) {
	f.Add("aaaaaaaa.bbbbbb,cccccccc")
	f.Fuzz(func(t *testing.T, text string) {
		line := lineage.Parse(text)
		if line != nil && line.String() != text {
			t.Errorf("%q was written back as %q", text, line)
		}
		if len(line) > 64 {
			t.Errorf("%d entries", len(line))
		}
	})
}
