// Command bench measures awsjar beside its peers. It is a module of its own, so
// that the peers are no dependency of the library.
//
//	go run . capacity           how much state fits into an environment variable
//	go run . perf               time, allocations and bytes of calls and cold starts;
//	                            writes the tables of docs/performance.md
//	go run . perf -h            the flags; the same for capacity
package main

import (
	"fmt"
	"os"

	"github.com/awsjar/awsjar/bench/capacity"
	"github.com/awsjar/awsjar/bench/perf"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	run, ok := map[string]func([]string) error{"capacity": capacity.Main, "perf": perf.Main}[os.Args[1]]
	if !ok {
		usage()
	}
	if err := run(os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: go run . capacity|perf [flags]")
	os.Exit(2)
}
