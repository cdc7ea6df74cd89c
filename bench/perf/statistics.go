package perf

import "slices"

// median returns the middle of the numbers, 0 if there are none.
func median(x []float64) float64 { return quantile(x, 0.5) }

func quantile(x []float64, q float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(x))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// ratio is how a number compares with another, round by round: a disturbance of a
// round disturbs both.
type ratio struct {
	median, low, high float64 // low and high: the middle half of the rounds
}

func compare(x, with []float64) ratio {
	var r []float64
	for i := range min(len(x), len(with)) {
		if with[i] > 0 {
			r = append(r, x[i]/with[i])
		}
	}
	return ratio{median(r), quantile(r, 0.25), quantile(r, 0.75)}
}
