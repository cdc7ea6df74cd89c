package perf

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// report is everything that was measured.
type report struct {
	made     time.Time
	settings settings
	warm     [][]*warmRow // in the order of operations
	cold     []*coldRow

	contention map[string]string // tables by name
}

// write puts the tables into the texts of performance.md and
// performance-contention.md, each between its marks, and the plots beside them.
func (r report) write(docs string) error {
	sections := map[string]string{"machine": r.machine(), "cold": r.coldTable(), "short": r.short()}
	for i, op := range operations {
		sections[op.name] = warmTable(r.warm[i])
	}
	if err := fill(filepath.Join(docs, "performance.md"), sections); err != nil {
		return err
	}
	if err := fill(filepath.Join(docs, "performance-contention.md"), r.contention); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(docs, "performance-warm.svg"), r.warmPlot(), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(docs, "performance-cold.svg"), r.coldPlot(), 0o666)
}

// fill puts sections into a page.
func fill(page string, sections map[string]string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	for name, section := range sections {
		if text, err = replace(text, name, section); err != nil {
			return fmt.Errorf("%s: %w", page, err)
		}
	}
	return os.WriteFile(page, text, 0o666)
}

// replace puts a table between the marks of that name.
func replace(text []byte, name, table string) ([]byte, error) {
	begin, end := []byte("<!-- begin "+name+" -->\n"), []byte("<!-- end "+name+" -->")
	before, rest, found := bytes.Cut(text, begin)
	_, after, closed := bytes.Cut(rest, end)
	if !found || !closed {
		return nil, fmt.Errorf("the marks of %s are missing", name)
	}
	return bytes.Join([][]byte{before, begin, []byte("\n" + table + "\n"), end, after}, nil), nil
}

func (r report) machine() string {
	return fmt.Sprintf("Measured on %s with %s on %s/%s, %d CPUs of type %s; load average at the end %s. %d rounds; %d warm calls in each.\n",
		r.made.UTC().Format("2 January 2006"), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), cpuModel(), loadAverage(),
		r.settings.rounds, r.settings.batch)
}

func cpuModel() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return "unknown"
}

func loadAverage() string {
	load, err := os.ReadFile("/proc/loadavg")
	if fields := strings.Fields(string(load)); err == nil && len(fields) > 0 {
		return fields[0]
	}
	return "unknown"
}
