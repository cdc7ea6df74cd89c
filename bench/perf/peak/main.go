// Command peak runs a program and prints the most memory that it had, in
// kilobytes. A process starts with the peak of the one that starts it, so that
// a small one must.
//
//	peak PROGRAM [ARGUMENT...]
package main

import (
	"os"
	"strconv"
	"syscall"
)

func main() {
	child, err := os.StartProcess(os.Args[1], os.Args[1:], &os.ProcAttr{Files: []*os.File{nil, nil, os.Stderr}})
	if err != nil {
		panic(err)
	}
	state, err := child.Wait()
	if err != nil {
		panic(err)
	}
	if !state.Success() {
		os.Exit(1)
	}
	usage := state.SysUsage().(*syscall.Rusage)
	os.Stdout.WriteString(strconv.FormatInt(usage.Maxrss, 10))
}
