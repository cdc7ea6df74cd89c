// Package hasten shortens the time that the tests of a package take, where they
// wait more than they compute: for a lease to end, or for the next attempt.
package hasten

import (
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

// Tests lets eight times as many parallel tests run at once as there are
// processors, and the collector run seldom. A value that the user gave with
// -parallel, or in GOGC, is kept. It is called in TestMain, before the tests.
func Tests() {
	flag.Parse()
	processors := runtime.GOMAXPROCS(0)
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == strconv.Itoa(processors) { // the default
		flag.Set("test.parallel", strconv.Itoa(8*processors))
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}
