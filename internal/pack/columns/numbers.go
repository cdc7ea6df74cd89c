package columns

import (
	"strconv"
	"strings"
)

// A numberColumn is a column of numbers, which keep their spelling: decimals, or
// strings by a plan.
type numberColumn struct {
	texts []string // the writer's
	at    int
	decimals
	plan plan // nil if they are decimals
}

// decimals are integers in units of a decimal place. Each number has at least
// and at most so many places; beyond the least none ends with a zero.
type decimals struct {
	least, most int
	units       []int64
}

// mostPlaces is the largest number of digits of a decimal.
const mostPlaces = 18

// codeNumbers codes a column of n numbers.
func (c *codec) codeNumbers(n int, x *numberColumn, name int) {
	x.at = 0
	if c.pricing {
		return
	}
	isDecimal := false
	if !c.Reading() {
		x.decimals, isDecimal = decimalsOf(x.texts)
	}
	if c.isDecimal.Code(c.Coder, 1, bit(isDecimal)) == 0 {
		if !c.Reading() {
			x.plan, _ = c.choose(x.texts, 1, guessedCost(x.texts))
		}
		x.plan = c.codePlan(x.plan, n, name, 1)
		return
	}
	x.least = int(c.least.Code(c.Coder, 5, uint32(x.least)))
	x.most = int(c.most.Code(c.Coder, 5, uint32(x.most)))
	ensure(x.most <= mostPlaces)
	x.units = c.codeIntegers(n, x.units)
}

// append appends number i.
func (x *numberColumn) append(out []byte, i int) []byte {
	if x.plan != nil {
		return x.plan.append(out, i)
	}
	units, places := x.units[i], x.most
	for ; places > x.least && units%10 == 0; places-- {
		units /= 10
	}
	return appendDecimal(out, units, places)
}

// appendDecimal appends a number of units of a place after the point.
func appendDecimal(out []byte, units int64, places int) []byte {
	if units < 0 {
		out = append(out, '-')
	}
	size := uint64(max(units, -units))
	one := powerOf10(places)
	if out = strconv.AppendUint(out, size/one, 10); places == 0 {
		return out
	}
	end := len(out)
	out = strconv.AppendUint(out, one+size%one, 10) // a one stands where the point is
	out[end] = '.'
	return out
}

func powerOf10(n int) uint64 {
	power := uint64(1)
	for range n {
		power *= 10
	}
	return power
}

// readDecimal reads a number of at most 18 digits that appendDecimal writes in
// the same way: not one with an exponent, -0 or needless zeros at the front.
func readDecimal(s string) (units int64, places int, ok bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if len(whole)+len(fraction) > mostPlaces {
		return 0, 0, false
	}
	units, err := strconv.ParseInt(whole+fraction, 10, 64)
	var written [mostPlaces + 3]byte
	ok = err == nil && string(appendDecimal(written[:0], units, len(fraction))) == s
	return units, len(fraction), ok
}

// decimalsOf returns numbers as decimals, or false if some are not.
func decimalsOf(texts []string) (d decimals, ok bool) {
	d.least = mostPlaces
	for _, s := range texts {
		_, places, ok := readDecimal(s)
		if !ok {
			return d, false
		}
		d.least, d.most = min(d.least, places), max(d.most, places)
	}
	for _, s := range texts {
		units, places, _ := readDecimal(s)
		missing := d.most - places
		if len(s)+missing > mostPlaces || places > d.least && units%10 == 0 {
			return d, false
		}
		d.units = append(d.units, units*int64(powerOf10(missing)))
	}
	return d, true
}
