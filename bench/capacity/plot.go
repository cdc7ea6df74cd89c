package capacity

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// The plot has a row for each state and a mark for each pipeline, by ratio on a
// logarithmic scale.
const (
	plotWidth  = 860
	rowHeight  = 19
	plotLeft   = 110
	plotTop    = 56
	leastRatio = 0.7
	mostRatio  = 8.0
)

// plotted are the pipelines drawn, with their colours.
var plotted = []struct{ name, colour string }{
	{"xz", "#b0b0b0"}, {"zstd", "#7fa7d6"}, {"brotli", "#2f6db5"}, {"flate", "#e0a030"}, {"awsjar", "#c0392b"},
}

func (p page) plot() string {
	rows := append(p.chosen(true), p.chosen(false)...)
	last := len(p.pipelines) - 1
	slices.SortStableFunc(rows, func(a, b Result) int {
		switch {
		case a.State.Unseen != b.State.Unseen && a.State.Unseen:
			return -1
		case a.State.Unseen != b.State.Unseen:
			return 1
		}
		return int(math.Copysign(1, b.Ratio(last)-a.Ratio(last)))
	})
	var out strings.Builder
	bottom := plotTop + rowHeight*len(rows)
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n",
		plotWidth, bottom+40)
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" fill="white"/>`+"\n")
	p.legend(&out)
	for _, ratio := range []float64{0.75, 1, 1.5, 2, 3, 4, 6, 8} {
		fmt.Fprintf(&out, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="%s"/><text x="%.1f" y="%d" text-anchor="middle">%g</text>`+"\n",
			across(ratio), plotTop-6, across(ratio), bottom, map[bool]string{true: "#555", false: "#ddd"}[ratio == 1], across(ratio), bottom+16, ratio)
	}
	for i, r := range rows {
		p.row(&out, r, plotTop+rowHeight*i+rowHeight/2)
	}
	fmt.Fprintf(&out, `<text x="%d" y="%d">capacity against Python awsjar with compression (1); * set aside while tuning</text>`+"\n", plotLeft, bottom+34)
	out.WriteString("</svg>\n")
	return out.String()
}

func (p page) legend(out *strings.Builder) {
	for i, s := range plotted {
		x := plotLeft + 110*i
		fmt.Fprintf(out, `<circle cx="%d" cy="22" r="5" fill="%s"/><text x="%d" y="26">%s</text>`+"\n", x, s.colour, x+10, s.name)
	}
}

func (p page) row(out *strings.Builder, r Result, y int) {
	name := r.State.Name
	if r.State.Unseen {
		name += " *"
	}
	fmt.Fprintf(out, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", plotLeft-14, y+4, name)
	for _, s := range plotted {
		i := slices.IndexFunc(p.pipelines, func(q Pipeline) bool { return q.Name == s.name })
		fmt.Fprintf(out, `<circle cx="%.1f" cy="%d" r="5" fill="%s"/>`+"\n", across(r.Ratio(i)), y, s.colour)
	}
}

// across is the place of a ratio on the scale.
func across(ratio float64) float64 {
	ratio = min(max(ratio, leastRatio), mostRatio)
	return plotLeft + (plotWidth-plotLeft-20)*math.Log(ratio/leastRatio)/math.Log(mostRatio/leastRatio)
}
