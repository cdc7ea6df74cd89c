package columns

import (
	"bytes"
	"slices"

	"github.com/awsjar/awsjar/internal/pack/entropy"
)

// costPlan is the cost of the head of a plan, or nearly.
const costPlan = 3 * entropy.CostBit

// A choice is the cheapest plan of those tried. No plan is text.
type choice struct {
	plan plan
	cost uint64
}

func (best *choice) try(p plan, cost uint64) {
	if cost += costPlan; cost < best.cost {
		best.plan, best.cost = p, cost
	}
}

// chooseColumnPlan returns the cheapest plan of a whole column, whose cost as
// text is known.
func (c *codec) chooseColumnPlan(x *stringColumn) plan {
	for k := range mostTwins {
		twin, ok := c.strings.of(len(x.texts), k)
		if !ok {
			break
		}
		if len(x.texts) > 1 && slices.EqualFunc(twin.texts, x.texts, bytes.Equal) {
			return &twinPlan{reference: uint32(k)}
		}
	}
	if x.typed == nil {
		x.typed = &choice{}
		x.typed.plan, x.typed.cost = c.choose(x.texts, 0, x.asText*dearText/100)
	}
	if x.typed.plan == nil || c.isText(x.asText+costPlan, x.typed.cost) {
		return nil
	}
	return x.typed.plan
}

// choosePlan returns the cheapest plan of some strings and its cost.
func (c *codec) choosePlan(v [][]byte, deep int) (plan, uint64) {
	p, cost := c.choose(v, deep, guessedCost(v))
	if p == nil {
		p = &textPlan{v}
	}
	return p, cost
}

func (c *codec) choose(v [][]byte, deep int, asText uint64) (plan, uint64) {
	const costByte = 4 * entropy.CostBit // of text, when there is little
	if len(v) > 1 && isConstant(v) {
		return &constantPlan{v[0]}, costPlan + uint64(len(v[0]))*costByte
	}
	best := choice{cost: costPlan + asText}
	c.tryDictionary(&best, v, deep)
	oneLength := isOneLength(v)
	if oneLength {
		if p := radixOf(v); p != nil {
			best.try(p, 2*costParameter+c.integersCost(p.numbers, true))
		}
	}
	if numbers := integersOf(v); numbers != nil {
		best.try(&integerTextPlan{numbers}, c.integersCost(numbers, true))
		return best.plan, best.cost
	}
	if p, cost := randomOf(v); p != nil {
		if !p.fixed {
			cost += c.integersCost(p.lengths, true)
		}
		best.try(p, cost)
	}
	const deepestSplit = 3
	if deep < deepestSplit && len(v) > 1 {
		for s := range splitters {
			c.trySplit(&best, v, deep, s)
		}
		if oneLength {
			c.tryCut(&best, v, deepestSplit)
		}
	}
	return best.plan, best.cost
}

func (c *codec) tryDictionary(best *choice, v [][]byte, deep int) {
	entries, ids := dictionaryOf(v)
	if len(entries) > len(v)*7/8 {
		return
	}
	cost := costParameter + c.symbolsCost(len(entries), ids)
	if cost >= best.cost {
		return
	}
	p, entriesCost := c.choosePlan(entries, deep+1)
	best.try(&dictionaryPlan{len(entries), p, ids}, cost+entriesCost)
}

func (c *codec) trySplit(best *choice, v [][]byte, deep int, s splitter) {
	p, pieces := s.splitOf(v)
	if p == nil {
		return
	}
	cost := costParameter + c.symbolsCost(len(p.skeletons), p.ids)
	const costByte = 4 * entropy.CostBit
	var offered []int // columns of integers that are here for a while
	for _, skeleton := range p.skeletons {
		cost += uint64(len(skeleton)+1) * costByte
		for _, b := range skeleton {
			if int(b) >= leastText || cost >= best.cost {
				continue
			}
			strings := pieces[len(p.pieces)]
			var x piece
			var pieceCost uint64
			if b == markPlan {
				x.plan, pieceCost = c.choosePlan(strings, deep+1)
				if numbers, ok := x.plan.(*integerTextPlan); ok {
					c.integers.add(len(strings), numbers.numbers)
					offered = append(offered, len(strings))
				}
			} else {
				x.form = int(b) - markMoment
				for _, s := range strings {
					x.moments = append(x.moments, momentOf(s))
				}
				pieceCost = c.integersCost(x.moments, true)
			}
			cost += pieceCost
			p.pieces = append(p.pieces, x)
		}
	}
	for _, n := range offered {
		c.integers.drop(n)
	}
	best.try(p, cost)
}

func (c *codec) tryCut(best *choice, v [][]byte, deep int) {
	heads, tails, ok := cutOf(v)
	if !ok {
		return
	}
	head, headCost := c.choosePlan(heads, deep)
	tail, tailCost := c.choosePlan(tails, deep)
	best.try(&cutPlan{head, tail}, headCost+tailCost)
}

// guessedCost guesses the cost of strings as text, by the last two bytes.
func guessedCost(v [][]byte) uint64 {
	const log = 12
	var one, two [1 << log]entropy.Bit
	var c entropy.Coder
	place := func(context, node uint32) uint32 {
		return (context*0x9E3779B1 ^ node*0x85EBCA6B) * 0x2C1B3C6D >> (32 - log)
	}
	for _, s := range v {
		last := uint32(0)
		for i := range len(s) + 1 {
			b := uint32(0)
			if i < len(s) {
				b = uint32(s[i])
			}
			node := uint32(1)
			for k := 7; k >= 0; k-- {
				bit := b >> k & 1
				p1, p2 := &one[place(last&0xff, node)], &two[place(last, node)]
				p := p1.P()
				if *p2 != 0 {
					p = (p + 3*p2.P()) / 4
				}
				c.Chance(min(max(p, 64), entropy.One-64), bit)
				p1.Learn(bit)
				p2.Learn(bit)
				node = node<<1 | bit
			}
			last = last<<8&0xffff | b
		}
	}
	return c.Cost()
}
