// Command bench measures awsjar beside its peers. It is a module of its own, so
// that the peers are no dependency of the library.
//
//	go run . capacity           how much state fits into an environment variable
//	go run . capacity -h        its flags
package main

import (
	"fmt"
	"os"

	"github.com/awsjar/awsjar/bench/capacity"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	switch os.Args[1] {
	case "capacity":
		if err := capacity.Main(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
	default:
		usage()
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: go run . capacity [flags]")
	os.Exit(2)
}
