package perf

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// contentionTests measure what many writers cost each other. Most of their time
// is virtual, and their numbers depend on chance more than on the machine.
const contentionTests = "github.com/awsjar/awsjar/internal/contention"

// waits are the constants of backOff to compare: the first and the last ceiling.
// The first of them are those of the library.
var waits = []struct{ first, last, jitter string }{
	{"20 ms", "2 s", ""}, {"50 ms", "2 s", ""}, {"100 ms", "2 s", ""}, {"20 ms", "1 s", ""}, {"20 ms", "4 s", ""}, {"50 ms", "10 s", ""},
	{"20 ms", "40 ms", ""}, {"20 ms", "2 s", ", no jitter"},
}

var headings = map[string]string{
	"writers": "| writers | place | requests for one update | slowest writer / median | time per update |\n|---|---|---|---|---|\n",
	"races":   "| | requests for one update | until all are done | slowest / median |\n|---|---|---|---|\n",
	"waits":   "| first ceiling | last ceiling | requests for one update with 2 / 8 / 64 / 1,000 writers | in the first second, 1,000 writers | most in a later second | until the last of 1,000 is done |\n|---|---|---|---|---|---|\n",
	"outage":  "| | requests in each second after it |\n|---|---|\n",
}

// contention returns the tables of performance-contention.md by name.
func (w *world) contention() (map[string]string, error) {
	tables := map[string]string{}
	for name, heading := range headings {
		tables[name] = heading
	}
	rows, err := contentionRows("-count", "5")
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.table != "waits" {
			tables[row.table] += "| " + strings.Join(row.cells, " | ") + " |\n"
		}
	}
	for i, wait := range waits {
		rows, err := w.waitRows(wait.first, wait.last, wait.jitter != "")
		if err != nil {
			return nil, err
		}
		first, last := wait.first+wait.jitter, wait.last
		if i == 0 {
			first, last = "**"+first+"**", "**"+last+"**"
		}
		for _, row := range rows {
			tables["waits"] += fmt.Sprintf("| %s | %s | %s |\n", first, last, strings.Join(row.cells, " | "))
		}
	}
	return tables, nil
}

// waitRows runs the test of the waits with other constants.
func (w *world) waitRows(first, last string, noJitter bool) ([]contentionRow, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/awsjar/awsjar").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	file := filepath.Join(strings.TrimSpace(string(out)), "backoff.go")
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	changed := string(source)
	for pattern, text := range map[string]string{
		`firstBackOff = .*`: "firstBackOff = " + duration(first), `maxBackOff   = .*`: "maxBackOff   = " + duration(last),
	} {
		re := regexp.MustCompile(pattern)
		if !re.MatchString(changed) {
			return nil, fmt.Errorf("%s does not have %s", file, pattern)
		}
		changed = re.ReplaceAllString(changed, text)
	}
	if noJitter {
		changed = strings.Replace(changed, "rand.N(ceiling)", "rand.N(time.Nanosecond)+ceiling", 1)
	}
	copied, overlay := w.path("backoff.go"), w.path("overlay.json")
	description, err := json.Marshal(map[string]any{"Replace": map[string]string{file: copied}})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(copied, []byte(changed), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(overlay, description, 0o600); err != nil {
		return nil, err
	}
	return contentionRows("-count", "1", "-run", "TestWaits", "-overlay", overlay)
}

// duration is the Go for a text such as "20 ms".
func duration(text string) string {
	number, unit, _ := strings.Cut(text, " ")
	return number + map[string]string{"ms": " * time.Millisecond", "s": " * time.Second"}[unit]
}

// contentionRow is a row that a test prints.
type contentionRow struct {
	table string
	cells []string
}

var rowLine = regexp.MustCompile(`(?m)row of (\w+): \| (.*) \|$`)

// contentionRows runs the tests and returns their rows. Those of several runs
// become one, with the lowest and the highest of each number.
func contentionRows(args ...string) (rows []contentionRow, err error) {
	out, err := exec.Command("go", append([]string{"test", "-v", contentionTests}, args...)...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", contentionTests, err, last(string(out), 600))
	}
	at := map[string]int{}
	for _, m := range rowLine.FindAllStringSubmatch(string(out), -1) {
		cells := strings.Split(m[2], " | ")
		key := m[1] + cells[0] + cells[1]
		if m[1] != "writers" {
			key = m[1] + cells[0]
		}
		n, again := at[key]
		if !again {
			at[key] = len(rows)
			rows = append(rows, contentionRow{m[1], cells})
			continue
		}
		for i, cell := range cells {
			rows[n].cells[i] = span(rows[n].cells[i], cell)
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s prints no rows", contentionTests)
	}
	return rows, nil
}

var quantity = regexp.MustCompile(`^([0-9.]+)(?: to ([0-9.]+))?( m?s)?$`)

// span is a cell of several runs: of a number the lowest and the highest. Other
// texts are those of the first run.
func span(before, next string) string {
	a, b := quantity.FindStringSubmatch(before), quantity.FindStringSubmatch(next)
	if a == nil || b == nil || a[3] != b[3] || a[1] == b[1] && a[2] == "" {
		return before
	}
	if a[2] == "" {
		a[2] = a[1]
	}
	value := func(text string) float64 {
		x, _ := strconv.ParseFloat(text, 64) // digits
		return x
	}
	if value(b[1]) < value(a[1]) {
		a[1] = b[1]
	}
	if value(b[1]) > value(a[2]) {
		a[2] = b[1]
	}
	return a[1] + " to " + a[2] + a[3]
}
