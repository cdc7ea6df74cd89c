package capacity

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/awsjar/awsjar/internal/pack"
)

// A cost is the time of a step, over all states.
type cost struct {
	name          string
	median, worst time.Duration // of one core
	worstState    string
	allocated     uint64 // bytes in all by the state that allocates most
}

// costSize is the size in bytes of the states that are measured.
const costSize = 12_000

// firstRead is by how much the first read of text in a process takes longer
// than the later ones: the model of text learns its priming. Only a process that
// has read nothing can tell, so this runs the command itself.
func firstRead() (fastest time.Duration, err error) {
	program, err := os.Executable()
	if err != nil {
		return 0, err
	}
	text, err := pack.Encode(context.Background(), []byte(`["The acorns are in the oak tree."]`), pack.FormDense, pack.Limits{})
	if err != nil {
		return 0, err
	}
	for run := range 5 {
		out, err := exec.Command(program, "capacity", "-first-read", text).Output()
		if err != nil {
			return 0, err
		}
		took, err := time.ParseDuration(strings.TrimSpace(string(out)))
		if err != nil {
			return 0, err
		}
		if run == 0 || took < fastest {
			fastest = took
		}
	}
	return fastest, nil
}

func printFirstRead(text string) error {
	var err error
	read := func() time.Duration {
		start := processTime()
		if _, e := pack.Decode(context.Background(), text); e != nil {
			err = e
		}
		return processTime() - start
	}
	first, again := read(), read()
	for range 20 {
		again = min(again, read())
	}
	fmt.Println(first - again)
	return err
}

// measureCosts measures each step at costSize, and the read of the values that
// fill a variable.
func measureCosts(states []State, results []Result) (costs []cost, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	ctx := context.Background()
	encode := func(json []byte, form pack.Form) string {
		text, e := pack.Encode(ctx, json, form, pack.Limits{})
		if e != nil {
			err = e
		}
		return text
	}
	decode := func(text string) func() {
		return func() {
			if _, e := pack.Decode(ctx, text); e != nil {
				err = e
			}
		}
	}
	for _, step := range []struct {
		name string
		do   func(json []byte) func()
	}{
		{"flate, write", func(json []byte) func() { return func() { encode(json, pack.FormFlate) } }},
		{"flate, read", func(json []byte) func() { return decode(encode(json, pack.FormFlate)) }},
		{"dense, write", func(json []byte) func() { return func() { encode(json, pack.FormDense) } }},
		{"dense, read", func(json []byte) func() { return decode(encode(json, pack.FormDense)) }},
	} {
		costs = append(costs, over(step.name, states, func(s State) []byte { return s.sized(costSize) }, step.do))
	}
	full := map[string]int{}
	for _, r := range results {
		full[r.State.Name] = r.Elements[len(r.Elements)-1]
	}
	costs = append(costs, over("dense, read of a full variable", states, func(s State) []byte { return s.JSON(full[s.Name]) },
		func(json []byte) func() { return decode(encode(json, pack.FormDense)) }))
	return costs, err
}

// sized returns the state with so many elements that it has at least size bytes.
func (s State) sized(size int) []byte {
	n := 1
	for len(s.JSON(n)) < size {
		n += n/16 + 1
	}
	return s.JSON(n)
}

// over measures a step for all states.
func over(name string, states []State, value func(State) []byte, prepare func(json []byte) func()) cost {
	c := cost{name: name}
	var times []time.Duration
	for _, s := range states {
		took, allocated := fastest(prepare(value(s)))
		times = append(times, took)
		c.allocated = max(c.allocated, allocated)
		if took > c.worst {
			c.worst, c.worstState = took, s.Name
		}
	}
	slices.Sort(times)
	c.median = times[len(times)/2]
	return c
}

// fastest takes the fastest of fifteen runs, and the allocations of the last one.
func fastest(do func()) (best time.Duration, allocated uint64) {
	for run := range 15 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := processTime()
		do()
		took := processTime() - start
		runtime.ReadMemStats(&after)
		if run == 0 || took < best {
			best = took
		}
		allocated = after.TotalAlloc - before.TotalAlloc
	}
	return best, allocated
}

// processTime is the processor time that this process has used.
func processTime() time.Duration {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func (p page) costTable(out *strings.Builder) {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1000) }
	fmt.Fprintf(out, "\n## Time and memory\n\nOver the states, grown to about %d bytes of JSON, or until they fill a variable; processor time of one core of %s/%s, the fastest of fifteen runs. A function with 128 MB of memory has a fourteenth of a core.\n\n",
		costSize, runtime.GOOS, runtime.GOARCH)
	out.WriteString("| step | median | slowest state | allocated, at most |\n|---|--:|--:|--:|\n")
	for _, c := range p.costs {
		fmt.Fprintf(out, "| %s | %s | %s (%s) | %.1f MiB |\n", c.name, ms(c.median), ms(c.worst), c.worstState, float64(c.allocated)/(1<<20))
	}
	fmt.Fprintf(out, "\nThe first read of text in a process takes %s more. Some values that fill a variable cost more to read than FormAuto allows, which is 10 ms by the count of the work: it stores no such value, unless FormDense is asked for.\n", ms(p.firstRead))
}
