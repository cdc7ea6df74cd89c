package capacity

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// sequence is the state whose ratio says nothing about other states: a list of
// consecutive numbers takes next to no room. It is left out of the means.
const sequence = "range"

// page is the report.
type page struct {
	results   []Result
	pipelines []Pipeline
	costs     []cost
	firstRead time.Duration
	real      []realResult
	python    bool
}

func (p page) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, intro, p.originalBy())
	p.means(&out)
	out.WriteString("\n![capacity by state](capacity.svg)\n")
	for _, unseen := range []bool{true, false} {
		if results := p.chosen(unseen); len(results) > 0 {
			p.table(&out, unseen, results)
		}
	}
	p.sequence(&out)
	p.realTable(&out)
	p.costTable(&out)
	return out.String()
}

const intro = `# How much state fits

A function's variables take at most 4,096 bytes, names included; beside the name ` + "`jar`" + ` that leaves 4,086
for the value. Each state below was grown, one element at a time, until it no longer fitted. Capacity is the number of
bytes of compact JSON that fit; the ratio is the capacity against that of the original, Python awsjar with
compression=True (json.dumps, zlib level 9, base64%s). "plain" is compact JSON as it is; zstd, xz (LZMA) and brotli are
at their best level, written in the same base 87 as ours, but without the mark and checksums that ours carries;
"flate" and "awsjar" are the two packed forms of this project.

All states are generated, from fixed seeds. The states set aside were not used to make the coder before this one. They were
looked at, as sums over all of them, while this one was made smaller and its constants were set; the real states below
too.

Random bytes leave little to gain: 4,086 characters of base 87 hold 26,267 bits, which is 1.16 times what the original
keeps of random base64 ("keys"), and 1.30 times what it keeps of random hexadecimal digits ("hashes").

` + "```" + `
cd bench && go run . capacity -python python3 -real DIRECTORY -write ../docs
` + "```" + `

`

func (p page) originalBy() string {
	if p.python {
		return ""
	}
	return ", here with Go's zlib"
}

// chosen are the results of one set, without the sequence.
func (p page) chosen(unseen bool) (results []Result) {
	for _, r := range p.results {
		if r.State.Unseen == unseen && r.State.Name != sequence {
			results = append(results, r)
		}
	}
	return results
}

func (p page) means(out *strings.Builder) {
	fmt.Fprintf(out, "| geometric mean of the ratio |")
	for _, q := range p.pipelines {
		fmt.Fprintf(out, " %s |", q.Name)
	}
	fmt.Fprintf(out, "\n|---|%s\n", strings.Repeat("--:|", len(p.pipelines)))
	for _, row := range []struct {
		name    string
		results []Result
	}{
		{"states set aside", p.chosen(true)},
		{"states tuned on", p.chosen(false)},
		{"all", slices.Concat(p.chosen(true), p.chosen(false))},
	} {
		if len(row.results) == 0 {
			continue
		}
		fmt.Fprintf(out, "| %s (%d) |", row.name, len(row.results))
		for i := range p.pipelines {
			fmt.Fprintf(out, " %.2f |", Mean(row.results, i))
		}
		out.WriteString("\n")
	}
}

func (p page) table(out *strings.Builder, unseen bool, results []Result) {
	title := "States tuned on"
	if unseen {
		title = "States set aside"
	}
	last := len(p.pipelines) - 1
	fmt.Fprintf(out, "\n## %s\n\n| state | an element | original: bytes | awsjar: bytes |", title)
	for _, q := range p.pipelines[1:] {
		fmt.Fprintf(out, " %s |", q.Name)
	}
	fmt.Fprintf(out, "\n|---|---|--:|--:|%s\n", strings.Repeat("--:|", last))
	for _, r := range results {
		fmt.Fprintf(out, "| %s | %s | %d | %d |", r.State.Name, r.State.Says, r.Bytes[0], r.Bytes[last])
		for i := range p.pipelines[1:] {
			fmt.Fprintf(out, " %.2f |", r.Ratio(i+1))
		}
		out.WriteString("\n")
	}
}

func (p page) sequence(out *strings.Builder) {
	for _, r := range p.results {
		if r.State.Name != sequence {
			continue
		}
		fmt.Fprintf(out, "\n## Consecutive numbers\n\nThe largest n for which list(range(n)) fits (tried up to %d bytes of JSON):", largest)
		for i, q := range p.pipelines {
			fmt.Fprintf(out, " %s %d,", q.Name, r.Elements[i])
		}
		text := strings.TrimSuffix(out.String(), ",")
		out.Reset()
		out.WriteString(text + ".\n")
	}
}
