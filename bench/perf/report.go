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
}

// write puts the tables into the text of performance.md, each between its
// marks, and the plots beside it.
func (r report) write(docs string) error {
	path := filepath.Join(docs, "performance.md")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	sections := map[string]string{"machine": r.machine(), "cold": r.coldTable()}
	for i, op := range operations {
		sections[op.name] = warmTable(r.warm[i])
	}
	for name, table := range sections {
		if text, err = replace(text, name, table); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(docs, "performance-warm.svg"), r.warmPlot(), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(docs, "performance-cold.svg"), r.coldPlot(), 0o666)
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
