package main

import (
	"fmt"
	"time"
)

// progress says on the terminal of a person how far a long command is, in one
// line that it writes again and again, and removes at the end.
type progress struct {
	command *command
	doing   string
	of      int // 0: not known
	done    int
	next    time.Time // when to write again
}

// between is the shortest time between two lines, so that the terminal is no
// brake.
const between = 100 * time.Millisecond

// step notes that one more is done.
func (p *progress) step() {
	p.done++
	if now := time.Now(); p.command.attending && now.After(p.next) {
		p.next = now.Add(between)
		of := ""
		if p.of > 0 {
			of = fmt.Sprintf(" of %d", p.of)
		}
		fmt.Fprintf(p.command.stderr, "\rawsjar: %s %d%s", p.doing, p.done, of)
	}
}

// end removes the line.
func (p *progress) end() {
	if !p.next.IsZero() {
		fmt.Fprint(p.command.stderr, "\r\x1b[K")
	}
}
