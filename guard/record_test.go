package guard

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is measured into testdata")

// record is a file of checked-in numbers: a name and a number on each line,
// "#" for comments.
type record struct {
	t        *testing.T
	path     string
	about    string
	want     map[string]float64
	measured map[string]float64
}

// openRecord reads a record. With -update the test ends by writing it.
func openRecord(t *testing.T, file, about string) *record {
	t.Helper()
	r := &record{t, filepath.Join("testdata", file), about, map[string]float64{}, map[string]float64{}}
	if *update {
		t.Cleanup(r.write)
		return r
	}
	data, err := os.ReadFile(r.path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var name string
		var number float64
		if _, err := fmt.Sscan(line, &name, &number); err != nil {
			t.Fatalf("%s: %q: %v", r.path, line, err)
		}
		r.want[name] = number
	}
	return r
}

// check compares a number with the one in the file. Up to the tolerance, which
// is a part of that, it may be larger.
func (r *record) check(name string, got, tolerance float64) {
	r.t.Helper()
	r.measured[name] = got
	if *update {
		return
	}
	want, ok := r.want[name]
	switch {
	case !ok:
		r.t.Errorf("%s: %s is %.0f, and %s does not have it: go test ./guard -update", r.about, name, got, r.path)
	case got > want*(1+tolerance):
		r.t.Errorf("%s: %s is %.0f, over the %.0f of %s by %.1f %%; if it must be: go test ./guard -update",
			r.about, name, got, want, r.path, 100*(got/want-1))
	}
}

func (r *record) write() {
	names := make([]string, 0, len(r.measured))
	width := 0
	for name := range r.measured {
		names = append(names, name)
		width = max(width, len(name))
	}
	slices.Sort(names)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s, with %s; written by: go test ./guard -update\n", r.about, runtime.Version())
	for _, name := range names {
		fmt.Fprintf(&b, "%-*s %.0f\n", width, name, r.measured[name])
	}
	if err := os.WriteFile(r.path, []byte(b.String()), 0o666); err != nil {
		r.t.Error(err)
	}
}

// release is the Go that the numbers were measured with. Another one compiles
// other programs, so that its numbers say nothing about a change here.
const release = "go1.26"

func needRelease(t *testing.T) {
	if v := runtime.Version(); v != release && !strings.HasPrefix(v, release+".") {
		t.Skipf("the numbers are those of %s, this is %s", release, v)
	}
}
