package coder

import (
	"fmt"
	"math"
	"testing"
)

func TestLogistic(t *testing.T) {
	l := newLogistic()
	for logit := -maxLogit; logit <= maxLogit; logit++ {
		want := 65536 / (1 + math.Exp(-float64(logit)/256))
		if got := float64(l.squash(int32(logit))); math.Abs(got-want) > 1 {
			t.Fatalf("squash(%d) = %.0f, want %.2f", logit, got, want)
		}
	}
	for p := uint32(1); p < 1<<16; p++ {
		logit := l.stretch(p)
		if l.squash(logit) < int32(p) && logit < maxLogit || logit > -maxLogit && l.squash(logit-1) >= int32(p) {
			t.Fatalf("stretch(%d) = %d, whose probability is %d", p, logit, l.squash(logit))
		}
	}
}

func TestEstimateLearns(t *testing.T) {
	for _, bit := range []uint32{0, 1} {
		e := newEstimate(half, 0)
		for range 2000 {
			e.learn(bit)
		}
		if p := e.p(); bit == 1 && p < 65000 || bit == 0 && p > 536 {
			t.Errorf("after 2000 bits of %d the probability of a one is %d/65536", bit, p)
		}
	}
}

func TestHistories(t *testing.T) {
	h := newHistories()
	state := history(0)
	for n := range 30 {
		state = h.next[state][1]
		if state == 0 || int(h.total[state]) != min(n+1, mostSeen) {
			t.Fatalf("after %d ones: state %d with %d bits", n+1, state, h.total[state])
		}
	}
	sure := h.meaning[state].p()
	if state = h.next[state][0]; h.meaning[state].p() >= sure {
		t.Errorf("a zero after ones leaves the probability of a one at %d", h.meaning[state].p())
	}
}

func TestBins(t *testing.T) {
	for b := range bins {
		first, width := lowest(b)
		if last := first + 1<<width - 1; bin(first) != b || bin(last) != b {
			t.Errorf("bin %d begins at %d, which is in bin %d, and ends at %d, which is in bin %d", b, first, bin(first), last, bin(last))
		}
	}
	if got := bin(math.MaxUint64); got != bins-1 {
		t.Errorf("the last bin is %d", got)
	}
}

// TestChances checks that ranges next to each other share the chance of both,
// and that what was seen is likely.
func TestChances(t *testing.T) {
	s := newSpread()
	for range 50 {
		s.add(60)
		s.add(-7)
	}
	var c chances
	c.sum(s)
	for d := int64(-3000); d < 3000; d++ {
		if c.upTo(d) < c.upTo(d-1) {
			t.Fatalf("the chance up to %d is less than up to %d", d, d-1)
		}
	}
	of := func(d int64) uint64 { return c.upTo(d) - c.upTo(d-1) }
	if of(60) < 20*of(2000) || of(-7) < 20*of(-2000) || of(60) < 5*of(-60) {
		t.Errorf("chances: 60: %d, -7: %d, 2000: %d, -60: %d", of(60), of(-7), of(2000), of(-60))
	}
	if all := c.upTo(math.MaxInt64); c.upTo(math.MinInt64) > all/1000 {
		t.Errorf("the least difference has a chance of %d of %d", c.upTo(math.MinInt64), all)
	}
}

// TestChoicesHoldTheValue follows numbers and moments and checks that the
// character that comes is among the choices, and the value in its range.
func TestChoicesHoldTheValue(t *testing.T) {
	type follower interface {
		choices([]choice) []choice
		follow(byte) bool
	}
	for _, v := range []struct {
		text  string
		value int64
		by    follower
	}{
		{"1234,", 1234, &number{places: -1, width: 4, end: ','}},
		{"12345,", 12345, &number{places: -1, width: 4, end: ','}},
		{"123,", 123, &number{places: -1, width: 4, end: ','}},
		{"0,", 0, &number{places: -1, width: 2, end: ','}},
		{"007,", 7, &number{places: -1, width: 3, padded: true, end: ','}},
		{"12.5,", 1250, &number{places: -1, width: 2, scale: 2, point: true, end: ','}},
		{"12.55,", 1255, &number{places: -1, width: 2, scale: 2, end: ','}},
		{"12,", 1200, &number{places: -1, width: 2, scale: 2, end: ','}},
		{"2026-03-01", 2026*12*31 + 2*31, &moment{size: 10}},
		{"0001-12-31T23:59", ((1*12+11)*31+30)*24*60 + 23*60 + 59, &moment{size: 16}},
		{"0000-01-01 00:00:59", 59, &moment{size: 19}},
	} {
		for i := range v.text {
			choices := v.by.choices(nil)
			if m, ok := v.by.(*moment); ok && momentShape[m.at] != '0' {
				v.by.follow(v.text[i])
				continue
			}
			if problem := missing(choices, v.text[i], v.value); problem != "" {
				t.Errorf("%s, after %q: %s", v.text, v.text[:i], problem)
			}
			v.by.follow(v.text[i])
		}
	}
}

func missing(choices []choice, c byte, value int64) string {
	for _, choice := range choices {
		if choice.character == c && choice.low <= value && value <= choice.high {
			return ""
		}
	}
	return fmt.Sprintf("%q for %d is not among %v", c, value, choices)
}

func TestReadMoment(t *testing.T) {
	for _, v := range []struct {
		text string
		want int
	}{
		{"2026-03-01T08:00:00Z", 19}, {"2026-03-01 08:00", 16}, {"2026-03-01T08", 10}, {"2026-03-01\"", 10},
		{"2026-03-0", 0}, {"20260301", 0}, {"", 0},
	} {
		if got := readMoment([]byte(v.text)); got != v.want {
			t.Errorf("%q: a moment of %d characters, want %d", v.text, got, v.want)
		}
	}
}

func TestColumnFindsItsWayAgain(t *testing.T) {
	for _, v := range []struct {
		above, b string
		want     byte // expected after b
	}{
		{`"abc-12"`, `"abc`, '-'},
		{`"abc-12"`, `"abcdef-`, '1'}, // longer
		{`"abc-12"`, `"a-`, '1'},      // shorter
		{`"abc-12"`, `"xyz`, '-'},     // other characters
	} {
		text := []byte(" " + v.above + ",")
		c := newColumn(100)
		c.note(1<<20, 1)
		c.start(1<<20, len(text))
		for i := range v.b {
			c.next(text, v.b[i])
			text = append(text, v.b[i])
		}
		if got := c.expects(text, 0, 0); got != uint32(v.want)+1 {
			t.Errorf("%s after %s: expects %q, want %q", v.b, v.above, byte(got-1), v.want)
		}
	}
}
