package columns

// codeValue writes the next value of a column as JSON. Strings that are text in
// the order of the document are coded as they come. The writer does the same,
// and compares: so a value that would not come back is never written.
func (c *codec) codeValue(out []byte, x *column, deep int) []byte {
	c.step(1)
	ensure(len(out) <= c.size)
	k := x.kinds[x.ids[x.at]]
	x.at++
	switch k {
	case kindNull:
		return append(out, "null"...)
	case kindTrue:
		return append(out, "true"...)
	case kindFalse:
		return append(out, "false"...)
	case kindNumber:
		return c.codeNumber(out, &x.numbers)
	case kindString:
		return c.codeString(out, &x.strings)
	}
	return c.codeContainer(out, x.groups[k], deep+1)
}

func (c *codec) codeContainer(out []byte, g *group, deep int) []byte {
	i := g.at
	g.at++
	brackets := "[]"
	if g.kind == kindRecord || g.kind == kindMap {
		brackets = "{}"
	}
	out = append(out, brackets[0])
	for k := range g.size(i) {
		if k > 0 {
			out = c.layout.comma(out, deep)
		} else {
			out = c.layout.line(out, deep)
		}
		switch g.kind {
		case kindMap:
			out = c.layout.colon(c.codeString(out, &g.keys))
		case kindRecord:
			out = append(append(append(out, '"'), g.shapes[g.ids[i]][k]...), '"')
			out = c.layout.colon(out)
		}
		out = c.codeValue(out, g.columns[g.column(i, k)], deep)
	}
	if g.size(i) > 0 {
		out = c.layout.line(out, deep-1)
	}
	return append(out, brackets[1])
}

func (c *codec) codeNumber(out []byte, x *numberColumn) []byte {
	i := x.at
	x.at++
	if c.pricing {
		return append(out, x.texts[i]...)
	}
	start := len(out)
	out = x.append(out, i)
	c.pass(out[start:])
	return out
}

func (c *codec) codeString(out []byte, x *stringColumn) []byte {
	i := x.at
	x.at++
	out = append(out, '"')
	start := len(out)
	switch {
	case c.pricing:
		out = append(out, x.texts[i]...)
		x.asText += c.price(x.name, x.texts[i], i)
	case x.plan == nil:
		out = append(out, c.text(x.name, x.texts[i])...)
	default:
		out = x.plan.append(out, i)
		ensure(len(out) <= c.size)
		c.pass(out[start:])
	}
	return append(out, '"')
}

// pass shows known strings to the model of text, if there is any text.
func (c *codec) pass(s []byte) {
	const worthPassing = 4
	if len(s) >= worthPassing && c.inOrder && c.model != nil {
		c.model.Pass(s)
	}
}

// price returns the cost of string i of a column as text. Of the later strings
// it looks at some and takes them for the others too.
func (c *codec) price(column int, s string, i int) uint64 {
	const allBefore, oneOf = 48, 4
	before, times := c.Cost(), uint64(1)
	switch {
	case i < allBefore:
	case i%oneOf > 0:
		c.pass([]byte(s))
		return 0
	default:
		times = oneOf
	}
	c.text(column, s)
	return times * (c.Cost() - before)
}
