package lineage_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/awsjar/awsjar/internal/lineage"
)

// TestDeepReachesBack: a deep lineage names the last 96 writes and knows their
// values, in at most 769 bytes.
func TestDeepReachesBack(t *testing.T) {
	var d lineage.Deep
	var ids []lineage.ID
	for n := range 140 {
		id := lineage.NewDeepID()
		before := d.String()
		next := d.Extend(id, lineage.DeepSum(fmt.Append(nil, n)))
		if d.String() != before {
			t.Fatal("Extend changed its receiver")
		}
		d, ids = next, append(ids, id)
		if d.Newest() != id || d.Full() != (n >= 95) {
			t.Fatalf("after %d writes the newest is %s, full %v", n+1, d.Newest(), d.Full())
		}
		if read := lineage.ParseDeep(d.String()); read != d {
			t.Fatalf("%q was read as %q", d, read)
		}
	}
	for n, id := range ids {
		if d.Has(id) != (n >= 140-lineage.DeepWrites) {
			t.Errorf("write %d of 140 is named: %v", n, d.Has(id))
		}
	}
	missed := 0
	for n := range 140 {
		known := d.HasSum(lineage.DeepSum(fmt.Append(nil, n)))
		switch {
		case n >= 44 && !known:
			t.Errorf("the value of write %d of 140 is not known", n)
		case n < 44 && !known:
			missed++
		}
	}
	if missed < 34 {
		t.Errorf("of 44 older values %d are said to be there", 44-missed)
	}
	if most := 769; len(d.String()) > most {
		t.Errorf("it takes %d bytes; want at most %d", len(d.String()), most)
	}
}

func TestDeepJudge(t *testing.T) {
	const mine, replaced, other = lineage.ID("mmmmmm"), lineage.ID("rrrrrr"), lineage.ID("oooooo")
	var none lineage.Deep
	after := func(d lineage.Deep, ids ...lineage.ID) lineage.Deep {
		for _, id := range ids {
			d = d.Extend(id, "AA")
		}
		return d
	}
	for name, c := range map[string]struct {
		line     lineage.Deep
		replaced lineage.ID
		want     lineage.Verdict
	}{
		"newest":            {after(none, replaced, mine), replaced, lineage.Stored},
		"followed":          {after(none, replaced, mine, other), replaced, lineage.Stored},
		"unchanged":         {after(none, replaced), replaced, lineage.Unchanged},
		"overtaken":         {after(none, replaced, other), replaced, lineage.Overtaken},
		"neither":           {after(none, other), replaced, lineage.Unknown},
		"nothing":           {none, replaced, lineage.Unknown},
		"replaced nothing":  {after(none, other), "", lineage.Unknown},
		"across two ids":    {after(none, "rrrmmm", "mmmrrr"), replaced, lineage.Unknown},
		"an id of a Line":   {after(none, other), "oooooooo", lineage.Unknown},
		"created and there": {after(none, mine), "", lineage.Stored},
	} {
		if got := c.line.Judge(mine, c.replaced); got != c.want {
			t.Errorf("%s: verdict %d; want %d", name, got, c.want)
		}
	}
}

// deepText returns the text of a lineage of so many writes.
func deepText(writes int) string {
	return strings.Repeat("m", writes*6) + "." + strings.Repeat("A", writes*2)
}

// FuzzParseDeep: a text from outside is bounded, and is written back as it was
// read, or is no lineage.
func FuzzParseDeep(f *testing.F) {
	f.Add("mmmmmm.AA")
	f.Add("mmmmmmrrrrrr.AABB")
	f.Add(deepText(96))
	for _, text := range []string{"", ".", "mmmmmm", "mmmmmm.", "mmmmm.AA", "mmmmmm.AABB", "mmmmm\xff.AA", "mmmmmm.\xffA", deepText(97)} {
		f.Add(text)
		if d := lineage.ParseDeep(text); d != (lineage.Deep{}) {
			f.Errorf("%q was read as a lineage", text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := lineage.ParseDeep(text)
		if d.String() != "" && d.String() != text {
			t.Errorf("%q was written back as %q", text, d)
		}
		if len(d.Extend("mmmmmm", "AA").String()) > 769 {
			t.Errorf("%q grows to %d bytes", text, len(d.Extend("mmmmmm", "AA").String()))
		}
	})
}
