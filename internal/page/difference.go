package page

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/diff"
)

const (
	maxRows = 2000 // of a difference
	maxLine = 1000 // characters of a line of it
)

// difference is the change between two versions, line by line.
type difference struct {
	Rows           []row
	Added, Removed int
	More           int    // rows that are not shown
	Why            string // the reason why there are no rows; "" if there are
}

// row is a line of a difference.
type row struct {
	Sign     string // "+", "-", " ", or "…" for lines that did not change
	From, To int    // numbers of the line, from 1; 0 where it is not
	Before   string // the part of the line that its partner has as well
	Marked   string // the part that differs
	After    string
}

// differ compares two values, of which nil is none.
func differ(before, after *document) difference {
	for _, d := range []*document{before, after} {
		if d != nil && (d.Size > maxShown || d.JSON && indentedSize(d.compact) > maxLaidOut || !d.JSON && d.binary) {
			return difference{Why: "One of the two is too long, or no text, to be compared here."}
		}
	}
	text := diff.Diff("from", linesOf(before), "to", linesOf(after))
	d := difference{}
	at := [2]int{} // the numbers of the next lines
	end := 0       // the last line of from that a hunk had
	for line := range bytes.Lines(text) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if bytes.HasPrefix(line, []byte("@@ ")) {
			from, to := hunk(string(line))
			d.gap(from - end - 1)
			at = [2]int{max(1, from), max(1, to)}
			continue
		}
		if at == [2]int{} || len(line) == 0 {
			continue // the names of the two
		}
		d.add(line, &at)
		end = at[0] - 1
	}
	if text != nil {
		d.gap(bytes.Count(linesOf(before), []byte("\n")) - end)
	}
	d.mark()
	return d
}

// hunk returns the numbers of the first lines of "@@ -3,5 +3,6 @@".
func hunk(header string) (from, to int) {
	_, left, _ := strings.Cut(header, "-")
	left, right, _ := strings.Cut(left, " +")
	fmt.Sscanf(left, "%d", &from)
	fmt.Sscanf(right, "%d", &to)
	return from, to
}

// linesOf returns the text of a value, with a line break at its end.
func linesOf(d *document) []byte {
	if d == nil {
		return nil
	}
	text := d.whole()
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text[:len(text):len(text)], '\n')
	}
	return text
}

func (d *difference) gap(lines int) {
	if lines > 0 {
		d.push(row{Sign: "…", From: lines})
	}
}

func (d *difference) push(r row) {
	if len(d.Rows) >= maxRows {
		d.More++
		return
	}
	d.Rows = append(d.Rows, r)
}

// add appends one line of a unified difference.
func (d *difference) add(line []byte, at *[2]int) {
	r := row{Sign: string(line[:1]), Before: shortened(string(line[1:]), maxLine)}
	switch r.Sign {
	case "-":
		r.From = at[0]
		at[0]++
		d.Removed++
	case "+":
		r.To = at[1]
		at[1]++
		d.Added++
	case " ":
		r.From, r.To = at[0], at[1]
		at[0]++
		at[1]++
	default:
		return // a note that a line has no end
	}
	d.push(r)
}

// mark marks, where one line took the place of another, the part that differs.
func (d *difference) mark() {
	sign := func(i int) string {
		if i < 0 || i >= len(d.Rows) {
			return ""
		}
		return d.Rows[i].Sign
	}
	for i := range d.Rows {
		if sign(i-1) != "-" && sign(i) == "-" && sign(i+1) == "+" && sign(i+2) != "+" {
			d.Rows[i].split(&d.Rows[i+1])
		}
	}
}

// split sets the marked parts of two lines.
func (r *row) split(other *row) {
	a, b := r.Before, other.Before
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	for head > 0 && (head < len(a) && !utf8.RuneStart(a[head]) || head < len(b) && !utf8.RuneStart(b[head])) {
		head--
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for tail > 0 && (!utf8.RuneStart(a[len(a)-tail]) || !utf8.RuneStart(b[len(b)-tail])) {
		tail--
	}
	r.Before, r.Marked, r.After = a[:head], a[head:len(a)-tail], a[len(a)-tail:]
	other.Before, other.Marked, other.After = b[:head], b[head:len(b)-tail], b[len(b)-tail:]
}
