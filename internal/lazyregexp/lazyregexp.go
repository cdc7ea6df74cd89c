// Package lazyregexp compiles regular expressions when they are first used, for
// a program that needs few of those that its packages have should not compile
// all when it starts.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that compiles an expression, which must be a correct
// one, in its first call.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
