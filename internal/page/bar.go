package page

import (
	"context"
	"fmt"
	"strings"

	"github.com/awsjar/awsjar/lambdajar"
)

// bar is the budget of a function, byte by byte. It has no name and no value of a
// variable that is no jar.
type bar struct {
	Used, Jar, IDs, Other int
	Segments              []segment
}

// segment is a variable, or the ids beside one, or the free bytes.
type segment struct {
	Kind  string // "jar", "ids", "other" or "free"
	Start int
	Size  int
}

// Limit is the whole.
func (b bar) Limit() int { return lambdajar.Limit }

// Free is the rest.
func (b bar) Free() int { return max(0, lambdajar.Limit-b.Used) }

// Sentence says the numbers, for who does not see the picture.
func (b bar) Sentence() string {
	return fmt.Sprintf("%s of %s bytes: jar %s, ids %s, other variables %s, free %s",
		thousands(b.Used), thousands(b.Limit()), thousands(b.Jar), thousands(b.IDs), thousands(b.Other), thousands(b.Free()))
}

// barOf draws the jars of one function.
func barOf(jars []jarRow) bar {
	b := bar{Used: jars[0].Found.Used, Other: jars[0].Found.Used}
	for _, row := range jars {
		j := row.Found
		b.Jar += j.State - j.IDs
		b.IDs += j.IDs
		b.Other -= j.State
		b.push("jar", j.State-j.IDs)
		b.push("ids", j.IDs)
	}
	b.others(jars[0].Found.OtherSizes)
	return b
}

// barOfUsage draws the budget around one jar.
func barOfUsage(u lambdajar.Usage) bar {
	b := bar{Used: u.Used, Jar: u.State - u.IDs, IDs: u.IDs, Other: u.Others}
	b.push("jar", b.Jar)
	b.push("ids", b.IDs)
	b.others(nil)
	return b
}

// others adds the other variables, each by itself where the sizes are known, and
// the free bytes.
func (b *bar) others(sizes []int) {
	left := b.Other
	for _, size := range sizes {
		size = min(size, left)
		b.push("other", size)
		left -= size
	}
	b.push("other", left)
	b.push("free", b.Free())
}

func (b *bar) push(kind string, size int) {
	if size <= 0 {
		return
	}
	start := 0
	if n := len(b.Segments); n > 0 {
		start = b.Segments[n-1].Start + b.Segments[n-1].Size
	}
	b.Segments = append(b.Segments, segment{kind, start, size})
}

// budgeted is a store that has a budget.
type budgeted interface {
	Usage(context.Context) (lambdajar.Usage, error)
}

// quote writes a word so that a shell reads it as one.
func quote(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
