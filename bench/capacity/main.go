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
	real := flags.String("real", "", "directory of JSON files that programs keep their state in")
	set := flags.String("set", "all", "states to measure: tuned, unseen or all")
	text := flags.String("first-read", "", "a packed text: print by how much its first read takes longer than the later ones, and end")
	flags.Parse(args)
	if *text != "" {
		return printFirstRead(*text)
	}

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
	p := page{results: results, pipelines: pipelines, python: *python != ""}
	var err error
	if p.costs, err = measureCosts(states, results); err != nil {
		return err
	}
	if p.firstRead, err = firstRead(); err != nil {
		return err
	}
	if p.real, err = measureReal(*real, pipelines[0]); err != nil {
		return err
	}
	fmt.Print(p)
	if *write == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(*write, "capacity.svg"), []byte(p.plot()), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*write, "performance-capacity.md"), []byte(p.String()), 0o666)
}
