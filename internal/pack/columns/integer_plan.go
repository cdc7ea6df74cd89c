package columns

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// planIntegers finds the cheapest plan of at least two integers, and the cost
// that it needs if that is a dictionary.
func (c *codec) planIntegers(v []int64, mayHaveDictionary bool) (best integerPlan, entries []int64, ids []uint32) {
	best, cost := c.bestIntegerPlan(v)
	const fewest = 9 // values, for which a dictionary can pay
	if !mayHaveDictionary || len(v) < fewest {
		return best, nil, nil
	}
	entries, ids, ok := integerDictionaryOf(v)
	if !ok {
		return best, nil, nil
	}
	dictionary := costParameter + c.symbolsCost(len(entries), ids)
	if dictionary < cost && dictionary+c.integersCost(entries, false) < cost {
		best.mode = integerDictionary
	}
	return best, entries, ids
}

// costParameter is the cost of a parameter, or nearly.
const costParameter = 6 * entropy.CostBit

// integersCost is the cost of codeIntegers.
func (c *codec) integersCost(v []int64, mayHaveDictionary bool) uint64 {
	if len(v) < 2 {
		return 2*costParameter + lengthCost(v)
	}
	best, cost := c.bestIntegerPlan(v)
	_ = best
	if !mayHaveDictionary || len(v) < 9 {
		return cost
	}
	if entries, ids, ok := integerDictionaryOf(v); ok {
		if dictionary := costParameter + c.symbolsCost(len(entries), ids); dictionary < cost {
			return min(cost, dictionary+c.integersCost(entries, false))
		}
	}
	return cost
}

func lengthCost(v []int64) (cost uint64) {
	for _, x := range v {
		cost += uint64(bits.Len64(uint64(max(x, -x)))) * entropy.CostBit
	}
	return cost
}

// integerDictionaryOf returns the integers that occur, in the order of their
// first appearance, and their numbers; false if there are too many to pay.
func integerDictionaryOf(v []int64) (entries []int64, ids []uint32, ok bool) {
	numbers := make(map[int64]uint32, len(v)/2)
	ids = make([]uint32, len(v))
	for i, x := range v {
		id, known := numbers[x]
		if !known {
			id = uint32(len(entries))
			numbers[x] = id
			if entries = append(entries, x); len(entries) > len(v)/2+1 {
				return nil, nil, false
			}
		}
		ids[i] = id
	}
	return entries, ids, true
}

// A guessedPlan is a plan with a quick guess of its cost.
type guessedPlan struct {
	integerPlan
	guess uint64
}

// bestIntegerPlan codes by the most promising plans and takes the cheapest.
func (c *codec) bestIntegerPlan(v []int64) (best integerPlan, cost uint64) {
	const promising, fewestChained = 3, 24
	plans := c.integerPlans(v)
	slices.SortStableFunc(plans, func(a, b guessedPlan) int { return cmp.Compare(a.guess, b.guess) })
	cost = 1 << 62
	for i := range plans[:min(promising, len(plans))] {
		p := plans[i].integerPlan
		for _, p.chained = range []bool{false, true} {
			if p.chained && len(v) < fewestChained {
				break
			}
			var counter entropy.Coder
			r := c.residuals(&p, v)
			c.codeResiduals(&counter, &p, r[p.leading(len(v)):])
			total := counter.Cost() + p.headCost(r[:p.leading(len(v))])
			if total < cost {
				best, cost = p, total
			}
		}
	}
	return best, cost
}

// headCost is the cost of the parameters of a plan, or nearly.
func (p *integerPlan) headCost(leading []int64) uint64 {
	cost := 2*costParameter + lengthCost(leading)
	if !p.signed {
		cost += costParameter + lengthCost([]int64{p.base})
	}
	if p.divisor > 1 {
		cost += costParameter + lengthCost([]int64{int64(p.divisor)})
	}
	if p.mode == integerLine {
		cost += 2*costParameter + lengthCost([]int64{p.slope, p.first})
	}
	return cost
}

// integerPlans returns the plans that could be the best.
func (c *codec) integerPlans(v []int64) (plans []guessedPlan) {
	n := len(v)
	modes := []integerPlan{{mode: integerRaw}, {mode: integerDelta}}
	if n > 2 {
		modes = append(modes, integerPlan{mode: integerDelta2},
			integerPlan{mode: integerLine, first: v[0], slope: (v[n-1] - v[0]) / int64(n-1)})
	}
	for k := range siblings {
		if _, ok := c.integers.of(n, k); !ok {
			break
		}
		modes = append(modes, integerPlan{mode: integerSibling, reference: uint32(k)})
	}
	for _, p := range modes {
		r := c.residuals(&p, v)[p.leading(n):]
		plans = append(plans, p.finished(r, false))
		if slices.Min(append([]int64{0}, r...)) < 0 {
			plans = append(plans, p.finished(r, true))
		}
	}
	return plans
}

// finished is the plan with all that follows from its residuals.
func (p integerPlan) finished(r []int64, signed bool) guessedPlan {
	p.signed, p.base, p.divisor = signed, 0, 1
	if !signed && len(r) > 0 {
		p.base = slices.Min(r)
	}
	divisor := uint64(0)
	for _, x := range r {
		_, distance := p.split(x)
		divisor = greatestDivisor(divisor, distance)
	}
	p.divisor = max(divisor, 1)
	most, guess := uint64(0), uint64(0)
	for _, x := range r {
		_, coded := p.split(x)
		most = max(most, coded)
		guess += uint64(bits.Len64(coded))
		if signed && coded != 0 {
			guess++
		}
	}
	p.depth = uint(bits.Len(uint(bits.Len64(most))))
	return guessedPlan{p, guess*entropy.CostBit + p.headCost(nil)}
}

func greatestDivisor(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
