// Package capacity measures how much state fits into a function's environment
// variables, packed by awsjar and by others.
package capacity

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Main is the command "capacity".
func Main(args []string) error {
	flags := flag.NewFlagSet("capacity", flag.ExitOnError)
	write := flags.String("write", "", "directory to write performance-capacity.md and capacity.svg to")
	python := flags.String("python", "", "Python interpreter that runs the original's pipeline; without it Go's zlib stands in")
	set := flags.String("set", "all", "states to measure: tuned, unseen or all")
	flags.Parse(args)

	var original func([]byte) (int, error)
	if *python != "" {
		size, stop, err := startPython(*python)
		if err != nil {
			return err
		}
		defer stop()
		original = size
	}
	var states []State
	if *set != "unseen" {
		states = append(states, Tuned()...)
	}
	if *set != "tuned" {
		states = append(states, Unseen()...)
	}
	pipelines := Pipelines(original)
	var results []Result
	for _, s := range states {
		r, err := Measure(s, pipelines)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%-10s %s\n", s.Name, strings.Trim(fmt.Sprintf("%6d", r.Bytes), "[]"))
		results = append(results, r)
	}
	spent, err := costs(states)
	if err != nil {
		return err
	}
	p := page{results: results, pipelines: pipelines, costs: spent, python: *python != ""}
	fmt.Print(p)
	if *write == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(*write, "capacity.svg"), []byte(p.plot()), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*write, "performance-capacity.md"), []byte(p.String()), 0o666)
}
