package columns

import "bytes"

// A stringColumn is a column of strings, between their quotes.
type stringColumn struct {
	texts [][]byte // the writer's
	at    int
	name  int
	plan  plan // nil: they are text in the order of the document

	asText uint64  // their cost as that
	typed  *choice // the cheapest other plan, once it is known
}

// sizeOf returns how many bytes strings have.
func sizeOf(v [][]byte) (size int) {
	for _, s := range v {
		size += len(s)
	}
	return size
}

// A plan is a way to code a column of strings.
type plan interface {
	// code codes the plan and its n strings, either way.
	code(c *codec, n, name, deep int)
	// append appends string i.
	append(out []byte, i int) []byte
}

// The numbers of the plans.
const (
	planText       = iota // as text: of a whole column, in the order of the document
	planConstant          // all are the same
	planDictionary        // the strings that occur, and which each is
	planInteger           // decimal integers
	planRadix             // numbers of some digits in another base
	planRandom            // characters that nothing predicts
	planSplit             // pieces, of which some are columns of their own
	planCut               // two parts, cut at one place
	planTwin              // the same as those of another column
)

// newPlan returns an empty plan of a number.
func newPlan(number uint32) plan {
	switch number {
	case planText:
		return new(textPlan)
	case planConstant:
		return new(constantPlan)
	case planDictionary:
		return new(dictionaryPlan)
	case planInteger:
		return new(integerTextPlan)
	case planRadix:
		return new(radixPlan)
	case planRandom:
		return new(randomPlan)
	case planSplit:
		return new(splitPlan)
	case planCut:
		return new(cutPlan)
	case planTwin:
		return new(twinPlan)
	}
	corrupt()
	return nil
}

func numberOf(p plan) uint32 {
	switch p.(type) {
	case *constantPlan:
		return planConstant
	case *dictionaryPlan:
		return planDictionary
	case *integerTextPlan:
		return planInteger
	case *radixPlan:
		return planRadix
	case *randomPlan:
		return planRandom
	case *splitPlan:
		return planSplit
	case *cutPlan:
		return planCut
	case *twinPlan:
		return planTwin
	}
	return planText
}

// codeStrings codes a column of n strings, or leaves them for the order of the
// document.
func (c *codec) codeStrings(n int, x *stringColumn, name int) *stringColumn {
	if c.Reading() {
		x = new(stringColumn)
	}
	x.name = name
	if n == 0 {
		return x
	}
	if c.pricing {
		c.inOrder = true
		return x
	}
	if !c.Reading() {
		x.plan = c.chooseColumnPlan(x)
	}
	p := c.codePlan(x.plan, n, name, 0)
	if _, inOrder := p.(*textPlan); inOrder {
		c.inOrder = true
		p = nil
	} else if n > 1 {
		c.strings.add(n, x)
	}
	x.plan = p
	return x
}

// deepestPlan is how deep plans lie within each other.
const deepestPlan = 6

// codePlan codes n strings by a plan; no plan is text.
func (c *codec) codePlan(p plan, n, name, deep int) plan {
	c.spend(n)
	ensure(deep <= deepestPlan)
	number := c.models.plan.Code(c.Coder, 4, numberOf(p))
	if c.Reading() || p == nil {
		p = newPlan(number)
	}
	if n > 0 && (number != planText || deep > 0) {
		p.code(c, n, name, deep+1)
	}
	return p
}

// A textPlan is strings that are coded one after the other.
type textPlan struct{ texts [][]byte }

func (p *textPlan) code(c *codec, n, name, _ int) {
	if c.Reading() {
		p.texts = make([][]byte, n)
	}
	for i := range p.texts {
		p.texts[i] = c.text(name, p.texts[i])
	}
}

func (p *textPlan) append(out []byte, i int) []byte { return append(out, p.texts[i]...) }

type constantPlan struct{ text []byte }

func (p *constantPlan) code(c *codec, _, name, _ int)   { p.text = c.text(name, p.text) }
func (p *constantPlan) append(out []byte, _ int) []byte { return append(out, p.text...) }

func isConstant(v [][]byte) bool {
	for _, s := range v[1:] {
		if !bytes.Equal(s, v[0]) {
			return false
		}
	}
	return true
}

// A twinPlan is the strings of another column.
type twinPlan struct {
	reference uint32 // 0 is the newest with as many strings
	of        plan
}

func (p *twinPlan) code(c *codec, n, _, _ int) {
	p.reference = c.twin.Code(c.Coder, 3, p.reference)
	twin, ok := c.strings.of(n, int(p.reference))
	ensure(ok)
	p.of = twin.plan
}

func (p *twinPlan) append(out []byte, i int) []byte { return p.of.append(out, i) }

const mostTwins = 8

// A dictionaryPlan is the strings that occur, by a plan of their own, and the
// number of each.
type dictionaryPlan struct {
	count   int
	entries plan
	ids     []uint32
}

func (p *dictionaryPlan) code(c *codec, n, name, deep int) {
	p.count = int(c.models.entries.Code(c.Coder, uint64(p.count)))
	ensure(p.count > 0 && p.count <= n)
	p.entries = c.codePlan(p.entries, p.count, name, deep)
	p.ids = c.codeSymbols(n, p.count, p.ids)
}

func (p *dictionaryPlan) append(out []byte, i int) []byte {
	return p.entries.append(out, int(p.ids[i]))
}

// dictionaryOf returns the strings that occur, in the order of their first
// appearance, and their numbers.
func dictionaryOf(v [][]byte) (entries [][]byte, ids []uint32) {
	numbers := map[string]uint32{}
	ids = make([]uint32, len(v))
	for i, s := range v {
		id, known := numbers[string(s)]
		if !known {
			id = uint32(len(entries))
			numbers[string(s)] = id
			entries = append(entries, s)
		}
		ids[i] = id
	}
	return entries, ids
}
