package main

import (
	"slices"
	"strings"
)

// The colours of a terminal, as ANSI escape sequences.
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	cyan   = "\x1b[36m"
	reset  = "\x1b[0m"
)

// colored reports whether stdout takes colours; see https://no-color.org.
func (w world) colored() bool {
	unwanted := slices.ContainsFunc(w.environ, func(line string) bool {
		return strings.HasPrefix(line, "NO_COLOR=") && line != "NO_COLOR=" || line == "TERM=dumb"
	})
	return w.watching && !unwanted
}
