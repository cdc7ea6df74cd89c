package columns

import (
	"maps"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// A choice is the cheapest plan of those tried.
type choice struct {
	plan plan
	cost uint64
}

func (best *choice) try(p plan, cost uint64) {
	if cost < best.cost {
		best.plan, best.cost = p, cost
	}
}

// costLetter guesses the cost of a byte of text, when there is little.
const costLetter = 4 * entropy.CostBit

// guessedCost guesses the cost of some strings as text.
func guessedCost(v []string) (cost uint64) {
	for _, s := range v {
		cost += uint64(len(s)+1) * costLetter
	}
	return cost
}

// choose returns the cheapest plan of some strings, whose cost as text is
// guessed, and its cost.
func (c *codec) choose(v []string, deep int, asText uint64) (plan, uint64) {
	const deepestSplit = 2
	best := choice{&textPlan{v}, asText}
	c.tryDictionary(&best, v, deep)
	if p := digitsOf(v); p != nil {
		best.try(p, 2*costParameter+c.integersCost(p.numbers, true))
		if p.length == 0 {
			return best.plan, best.cost
		}
	}
	if p, cost := randomOf(v); p != nil {
		best.try(p, cost+costParameter+c.integersCost(p.lengths, true))
	}
	if deep < deepestSplit && len(v) > 1 {
		c.trySplit(&best, splitOf(v, false), deep)
		c.trySplit(&best, splitOf(v, true), deep)
	}
	return best.plan, best.cost
}

func (c *codec) tryDictionary(best *choice, v []string, deep int) {
	entries, ids := numbered(v)
	if len(entries) > len(v)*7/8 || len(v) == 1 {
		return
	}
	cost := costParameter + symbolsCost(ids, len(entries))
	if cost >= best.cost {
		return
	}
	p, entriesCost := c.choose(entries, deep+1, guessedCost(entries))
	best.try(&dictionaryPlan{len(entries), p, ids}, cost+entriesCost)
}

// trySplit tries a plan whose pieces have no plans yet; nil is none.
func (c *codec) trySplit(best *choice, p *splitPlan, deep int) {
	if p == nil {
		return
	}
	integers := maps.Clone(c.integers)
	defer func() { c.integers = integers }()
	cost := costParameter + symbolsCost(p.ids, len(p.skeletons)) + guessedCost(p.skeletons)
	for id := range p.skeletons {
		for k := range p.pieces[id] {
			if cost >= best.cost {
				return
			}
			cost += costParameter + c.planPiece(&p.pieces[id][k], deep)
		}
	}
	best.try(p, cost)
}

// planPiece finds the plan of a piece and returns its cost.
func (c *codec) planPiece(x *piece, deep int) (cost uint64) {
	n := len(x.texts)
	x.plan, cost = c.choose(x.texts, deep+1, guessedCost(x.texts))
	if digits, ok := x.plan.(*digitsPlan); ok && n > 1 {
		c.integers[n] = digits.numbers // the next pieces may go by it
	}
	return cost
}
