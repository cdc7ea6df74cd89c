package perf

import (
	"fmt"
	"strings"
)

// warmTable is one operation; the others are compared with the
// first row.
func warmTable(rows []*warmRow) string {
	var b strings.Builder
	b.WriteString("| client | CPU https | middle half | CPU http | instructions | allocations | KB allocated | requests | bytes sent / read |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|\n")
	base := rows[0]
	for _, row := range rows {
		https, http := compare(row.cpu["https"], base.cpu["https"]), compare(row.cpu["http"], base.cpu["http"])
		if strings.Contains(row.client, "python") || row.client == "boto3" { // other rounds
			https = ratio{median: median(row.cpu["https"]) / median(base.cpu["https"])}
			http.median = median(row.cpu["http"]) / median(base.cpu["http"])
		}
		first := number("%.2f", https.median)
		if row == base {
			first = fmt.Sprintf("1.00 (%.0f µs)", median(row.cpu["https"]))
		}
		middle := "–"
		if https.low > 0 && row != base {
			middle = fmt.Sprintf("%.2f–%.2f", https.low, https.high)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %.0f | %.0f / %.0f |\n",
			clientNames[row.client], first, middle, number("%.2f", http.median), instructions(row.instructions, base.instructions),
			number("%.0f", row.allocs), number("%.0f", row.bytes/1024), row.requests, row.sent, row.read)
	}
	return b.String()
}

// coldTable is the whole runs.
func (r report) coldTable() string {
	var b strings.Builder
	b.WriteString("| program | MB | init allocations | init KB | CPU https | middle half | CPU http | wall https | wall, 7.24 % CPU | instructions | RSS MB |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|---|\n")
	base := r.baseline()
	for _, row := range r.cold {
		https, http := compare(row.cpu["https"], base.cpu["https"]), compare(row.cpu["http"], base.cpu["http"])
		first, second := number("%.2f", https.median), number("%.2f", http.median)
		if row == base {
			first = fmt.Sprintf("1.00 (%.1f ms)", median(row.cpu["https"]))
			second = fmt.Sprintf("1.00 (%.1f ms)", median(row.cpu["http"]))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %.2f–%.2f | %s | %s | %s | %s | %s |\n",
			row.program.title, number("%.2f", float64(row.size)/1e6), number("%.0f", row.initAllocs), number("%.0f", row.initBytes/1024),
			first, https.low, https.high, second,
			number("%.0f ms", median(row.wall["https"])), number("%.0f ms", median(row.quotaWall)),
			instructions(row.instructions, base.instructions), number("%.0f", row.rss/1024))
	}
	return b.String()
}

func (r report) baseline() *coldRow {
	for _, row := range r.cold {
		if row.program.name == baseline {
			return row
		}
	}
	return r.cold[0]
}

// number leaves out numbers that were not measured.
func number(format string, x float64) string {
	if x == 0 {
		return "–"
	}
	return fmt.Sprintf(format, x)
}

// instructions are a ratio, and for the base the count.
func instructions(n, base float64) string {
	switch {
	case n == 0 || base == 0:
		return "–"
	case n == base:
		return fmt.Sprintf("1.00 (%.2f M)", n/1e6)
	}
	return fmt.Sprintf("%.2f", n/base)
}
