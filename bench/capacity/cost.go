package capacity

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/awsjar/awsjar/internal/pack"
)

// cost is what a step takes for one state of about costSize bytes.
type cost struct {
	name      string
	bytes     int
	time      time.Duration // of one core
	allocated uint64        // bytes in all, an upper bound of what is held at once
}

const costSize = 40_000

// costs measures both steps, both ways, and takes the slowest state for each.
func costs(states []State) ([]cost, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	slowest := make([]cost, 4)
	for _, s := range states {
		n := 1
		for len(s.JSON(n)) < costSize {
			n += n/8 + 1
		}
		json := s.JSON(n)
		var flate, coded string
		var failed error
		ctx := context.Background()
		for i, step := range []struct {
			name string
			do   func() error
		}{
			{"flate, write", func() (err error) { flate, err = pack.Encode(ctx, json, pack.FormFlate, pack.Limits{}); return }},
			{"flate, read", func() (err error) { _, err = pack.Decode(ctx, flate); return }},
			{"dense, write", func() (err error) { coded, err = pack.Encode(ctx, json, pack.FormDense, pack.Limits{}); return }},
			{"dense, read", func() (err error) { _, err = pack.Decode(ctx, coded); return }},
		} {
			c := measureCost(func() { failed = step.do() })
			if failed != nil {
				return nil, failed
			}
			if c.name, c.bytes = step.name+" ("+s.Name+")", len(json); c.time > slowest[i].time {
				slowest[i] = c
			}
		}
	}
	return slowest, nil
}

// measureCost takes the fastest of three runs.
func measureCost(do func()) (best cost) {
	for run := range 3 {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := processTime()
		do()
		took := processTime() - start
		runtime.ReadMemStats(&after)
		if run == 0 || took < best.time {
			best.time = took
		}
		best.allocated = after.TotalAlloc - before.TotalAlloc
	}
	return best
}

// processTime is the processor time that this process has used.
func processTime() time.Duration {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func (p page) costTable(out *strings.Builder) {
	fmt.Fprintf(out, "\n## Time and memory\n\nFor states of about %d bytes of JSON, the slowest state for each step (named); one core of %s/%s.\n\n",
		costSize, runtime.GOOS, runtime.GOARCH)
	out.WriteString("| step | JSON bytes | processor time | allocated |\n|---|--:|--:|--:|\n")
	for _, c := range p.costs {
		fmt.Fprintf(out, "| %s | %d | %.1f ms | %.1f MiB |\n", c.name, c.bytes, c.time.Seconds()*1000, float64(c.allocated)/(1<<20))
	}
}
