package columns

// A stringColumn is a column of strings, between their quotes.
type stringColumn struct {
	texts []string // the writer's
	at    int
	name  int
	plan  plan // nil: they are text in the order of the document

	asText uint64 // their cost as that
}

// codeStrings codes a column of n strings, or leaves them for the order of the
// document.
func (c *codec) codeStrings(n int, x *stringColumn, name int) {
	x.at, x.name = 0, name
	switch {
	case n == 0:
		return
	case c.pricing:
		c.inOrder = true
		return
	case !c.Reading():
		// text is dearer than it seemed when all columns were text
		const percent = 110
		x.plan, _ = c.choose(x.texts, 0, x.asText*percent/100)
	}
	x.plan = c.codePlan(x.plan, n, name, 0)
	if _, isText := x.plan.(*textPlan); isText {
		c.inOrder, x.plan, x.texts = true, nil, sized(x.texts, n)
	}
}

// A plan is a way to code a column of strings.
type plan interface {
	number() uint32
	// code codes the parameters of the plan and its n strings, either way.
	code(c *codec, n, name, deep int)
	// append appends string i.
	append(out []byte, i int) []byte
}

// The numbers of the plans.
const (
	planText       = iota // as text: of a whole column, in the order of the document
	planDictionary        // the strings that occur, and which each is
	planDigits            // numbers
	planRandom            // characters that nothing predicts
	planSplit             // pieces, of which some are columns of their own
	planCount
)

// newPlan returns an empty plan of a number.
func newPlan(number uint32) plan {
	ensure(number < planCount)
	return [planCount]plan{new(textPlan), new(dictionaryPlan), new(digitsPlan), new(randomPlan), new(splitPlan)}[number]
}

// codePlan codes n strings by a plan.
func (c *codec) codePlan(p plan, n, name, deep int) plan {
	const deepest = 6
	c.spend(n)
	ensure(deep <= deepest)
	number := uint32(planText)
	if p != nil {
		number = p.number()
	}
	number = c.models.plan.Code(c.Coder, 3, number)
	if p == nil {
		p = newPlan(number)
	}
	if n > 0 && (number != planText || deep > 0) {
		p.code(c, n, name, deep+1)
	}
	return p
}

// A textPlan is strings that are coded one after the other.
type textPlan struct{ texts []string }

func (p *textPlan) number() uint32 { return planText }

func (p *textPlan) code(c *codec, n, name, _ int) {
	p.texts = sized(p.texts, n)
	for i := range p.texts {
		p.texts[i] = string(c.text(name, p.texts[i]))
	}
}

func (p *textPlan) append(out []byte, i int) []byte { return append(out, p.texts[i]...) }

// A dictionaryPlan is the strings that occur, by a plan of their own, and the
// number of each.
type dictionaryPlan struct {
	count   int
	entries plan
	ids     []uint32
}

func (p *dictionaryPlan) number() uint32 { return planDictionary }

func (p *dictionaryPlan) code(c *codec, n, name, deep int) {
	p.count = int(c.entries.Code(c.Coder, uint64(p.count)))
	ensure(p.count > 0 && p.count <= n)
	p.entries = c.codePlan(p.entries, p.count, name, deep)
	p.ids = c.codeSymbols(n, p.count, p.ids)
}

func (p *dictionaryPlan) append(out []byte, i int) []byte {
	return p.entries.append(out, int(p.ids[i]))
}
