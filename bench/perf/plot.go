package perf

import (
	"bytes"
	"fmt"
	"html"
	"strings"
)

// bar is one line of a plot.
type bar struct {
	label string
	value float64
	text  string // behind the bar
	ours  bool
}

// warmPlot shows the instructions, or else the CPU time, of each client.
func (r report) warmPlot() []byte {
	var bars []bar
	for i, op := range operations {
		rows := r.warm[i]
		bars = append(bars, bar{label: op.title})
		for _, row := range rows {
			value := compare(row.cpu["https"], rows[0].cpu["https"]).median
			if row.instructions > 0 {
				value = row.instructions / rows[0].instructions
			} else if r.settings.valgrind {
				continue // Python is off the scale
			}
			bars = append(bars, bar{plain(clientNames[row.client]), value, fmt.Sprintf("%.2f", value), row.client == "awsjar" || row.client == "direct"})
		}
	}
	what := "CPU time"
	if r.settings.valgrind {
		what = "user instructions"
	}
	return plot("Warm call over https: "+what+", aws-sdk-go-v2 = 1", bars)
}

// coldPlot shows the CPU time of whole runs.
func (r report) coldPlot() []byte {
	var bars []bar
	base := r.baseline()
	for _, row := range r.cold {
		if row.program.pkg == "" {
			continue // off the scale
		}
		value := compare(row.cpu["https"], base.cpu["https"]).median
		text := fmt.Sprintf("%.2f", value)
		if wall := median(row.quotaWall); wall > 0 {
			text += fmt.Sprintf("   (%.0f ms with 7.24 %% of a CPU)", wall)
		}
		bars = append(bars, bar{plain(row.program.title), value, text, strings.Contains(row.program.title, "awsjar")})
	}
	return plot("Cold start over https: CPU time from start to exit, SDK as people write it = 1", bars)
}

func plain(markdown string) string { return strings.ReplaceAll(markdown, "*", "") }

// plot draws horizontal bars; one without a value is a heading.
func plot(title string, bars []bar) []byte {
	const line, left, width = 20, 390, 330
	longest := 0.0
	for _, b := range bars {
		longest = max(longest, b.value)
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="960" height="%d" font-family="sans-serif" font-size="13">`+"\n", (len(bars)+3)*line)
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" fill="#fff"/><text x="10" y="22" font-weight="bold">%s</text>`+"\n", html.EscapeString(title))
	for i, b := range bars {
		y := (i+2)*line + 14
		if b.text == "" {
			fmt.Fprintf(&out, `<text x="10" y="%d" font-weight="bold">%s</text>`+"\n", y, html.EscapeString(b.label))
			continue
		}
		color := "#9aa5b1"
		if b.ours {
			color = "#d9822b"
		}
		w := b.value / longest * width
		fmt.Fprintf(&out, `<text x="%d" y="%d" text-anchor="end">%s</text><rect x="%d" y="%d" width="%.1f" height="14" fill="%s"/><text x="%.1f" y="%d">%s</text>`+"\n",
			left-8, y, html.EscapeString(b.label), left, y-12, w, color, left+w+6, y, html.EscapeString(b.text))
	}
	out.WriteString("</svg>\n")
	return out.Bytes()
}
