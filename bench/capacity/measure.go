package capacity

import (
	"fmt"
	"math"
	"sort"
)

// Result says how much of a state fits.
type Result struct {
	State State
	// Elements and Bytes of compact JSON that fit, by pipeline.
	Elements, Bytes []int
}

// Ratio is the capacity of pipeline i against that of the original.
func (r Result) Ratio(i int) float64 { return float64(r.Bytes[i]) / float64(r.Bytes[0]) }

// largest is the most compact JSON that is tried, in bytes: list(range(50000))
// and a little more.
const largest = 300000

// Measure grows a state in each pipeline until it no longer fits.
func Measure(s State, pipelines []Pipeline) (Result, error) {
	r := Result{State: s}
	for _, p := range pipelines {
		n, err := fit(s, p)
		if err != nil {
			return r, fmt.Errorf("%s, %s: %w", s.Name, p.Name, err)
		}
		r.Elements = append(r.Elements, n)
		r.Bytes = append(r.Bytes, len(s.JSON(n)))
	}
	return r, nil
}

// fit finds a number of elements that fits while one more does not. Each guess
// goes from the last one as far as the mean size of an element says.
func fit(s State, p Pipeline) (int, error) {
	most := sort.Search(largest/2, func(n int) bool { return len(s.JSON(n+1)) > largest })
	low, high := 0, most+1 // fits, does not fit
	for guess := 40; high-low > 1; {
		size, err := p.Size(s.JSON(guess))
		if err != nil {
			return 0, err
		}
		if size <= Limit {
			low = guess
		} else {
			high = guess
		}
		guess = max(low+1, min(guess+step(size, guess), high-1))
	}
	return low, nil
}

// step is the number of elements to add or to take away, never 0.
func step(size, elements int) int {
	n := (Limit - size) * elements / max(size, 1)
	switch {
	case size <= Limit:
		return min(max(n, 1), 3*elements)
	default:
		return min(n, -1)
	}
}

// Mean is the geometric mean of the ratios of pipeline i.
func Mean(results []Result, i int) float64 {
	sum := 0.0
	for _, r := range results {
		sum += math.Log(r.Ratio(i))
	}
	return math.Exp(sum / float64(len(results)))
}
