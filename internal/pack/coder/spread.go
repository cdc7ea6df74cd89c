package coder

import "math/bits"

// A spread is a histogram of the differences between the numbers of a column.
// Its bins grow with the size: eight to each power of two, one to each number
// below 16. Every difference also counts a little for the bins nearby.
type spread struct {
	counts [2][bins]uint16 // by sign: not negative, negative
	total  uint32
	seen   int
}

const (
	bins      = 8 * (64 - 4 + 2)
	countHere = 64
	countMost = 1 << 14
)

// kernel is what a difference counts for the bins one, two, ... away.
var kernel = [...]uint16{20, 12, 8, 5, 3, 2, 1, 1}

// bin is the bin of a size, and lowest the least size in a bin.
func bin(size uint64) int {
	if size < 16 {
		return int(size)
	}
	octave := bits.Len64(size)
	return (octave-4)<<3 + int(size>>(octave-4))
}

func lowest(bin int) (size uint64, width uint) {
	if bin < 16 {
		return uint64(bin), 0
	}
	width = uint(bin>>3 - 1)
	return uint64(bin&7|8) << width, width
}

func newSpread() *spread {
	s := new(spread)
	for sign := range s.counts {
		for i := range s.counts[sign] {
			s.counts[sign][i] = 1
		}
	}
	s.counts[1][0] = 0 // there is but one zero
	return s
}

func (s *spread) add(difference int64) {
	sign, size := 0, uint64(difference)
	if difference < 0 {
		sign, size = 1, uint64(-difference)
	}
	counts := &s.counts[sign]
	at := bin(size)
	counts[at] += countHere
	for i, n := range kernel {
		if below := at - 1 - i; below >= sign {
			counts[below] += n
		}
		if above := at + 1 + i; above < bins {
			counts[above] += n
		}
	}
	s.seen++
	if s.total += countHere; s.total > countMost {
		s.halve()
	}
}

func (s *spread) halve() {
	s.total /= 2
	for sign := range s.counts {
		for i, n := range s.counts[sign] {
			s.counts[sign][i] = n - n/2
		}
	}
	s.counts[1][0] = 0
}

// chances are the running sums of a spread, from which the chance of any range
// of differences is read.
type chances struct {
	below [2][bins + 1]uint64 // chance of the sizes below a bin
}

const scale = 24 // bits by which a count is raised, to be divided among the sizes of a bin

func (c *chances) sum(s *spread) {
	for sign := range s.counts {
		total := uint64(0)
		for i, n := range s.counts[sign] {
			c.below[sign][i] = total
			total += uint64(n) << scale
		}
		c.below[sign][bins] = total
	}
}

// under is the chance of the sizes below size.
func (c *chances) under(sign int, size uint64) uint64 {
	at := bin(size)
	start := c.below[sign][at]
	first, width := lowest(at)
	if width == 0 {
		return start
	}
	share := (c.below[sign][at+1] - start) >> scale
	if width > scale {
		return start + (size-first)>>(width-scale)*share
	}
	return start + (size-first)<<(scale-width)*share
}

// upTo is the chance of all differences up to one.
func (c *chances) upTo(difference int64) uint64 {
	negative := c.below[1][bins]
	if difference < 0 {
		return negative - c.under(1, uint64(-difference))
	}
	return negative + c.under(0, uint64(difference)+1)
}
