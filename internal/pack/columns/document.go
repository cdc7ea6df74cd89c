package columns

// codeValue writes the next value of a column as JSON. Strings that are text in
// the order of the document are coded as they come. The writer does the same,
// and compares: so a value that would not come back is never written.
func (c *codec) codeValue(out []byte, x *column) []byte {
	c.step(1)
	ensure(len(out) <= c.size)
	k := x.only
	if x.kinds != nil {
		k = x.kinds[x.at]
		x.at++
	}
	switch k {
	case kindNull:
		return append(out, "null"...)
	case kindTrue:
		return append(out, "true"...)
	case kindFalse:
		return append(out, "false"...)
	case kindNumber:
		return c.codeNumber(out, x.numbers)
	case kindString:
		return c.codeString(out, x.strings)
	case kindArray, kindTuple, kindMap:
		return c.codeList(out, x, k)
	}
	return c.codeRecord(out, x.records)
}

func (c *codec) codeList(out []byte, x *column, k kind) []byte {
	l, brackets := x.arrays, "[]"
	switch k {
	case kindTuple:
		l = x.tuples
	case kindMap:
		l, brackets = x.maps, "{}"
	}
	count := int(l.counts[l.at])
	l.at++
	out = append(out, brackets[0])
	for i := range count {
		if i > 0 {
			out = append(out, ',')
		}
		switch k {
		case kindMap:
			out = append(c.codeString(out, l.keys), ':')
			out = c.codeValue(out, l.values)
		case kindTuple:
			out = c.codeValue(out, l.places[i])
		default:
			out = c.codeValue(out, l.values)
		}
	}
	return append(out, brackets[1])
}

func (c *codec) codeRecord(out []byte, x *recordColumn) []byte {
	id := x.ids[x.at]
	x.at++
	out = append(out, '{')
	for i, field := range x.fields[id] {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), x.keys[id][i]...), '"', ':')
		out = c.codeValue(out, x.columns[field])
	}
	return append(out, '}')
}

func (c *codec) codeNumber(out []byte, x *numberColumn) []byte {
	i := x.at
	x.at++
	switch {
	case x.inOrder && !c.pricing:
		var s []byte
		if !c.Reading() {
			s = x.texts[i]
		}
		return append(out, c.text(x.name, s)...)
	case c.pricing && x.mayBeText:
		x.asText += c.price(x.name, x.texts[i], i)
		return append(out, x.texts[i]...)
	case c.pricing:
		return append(out, x.texts[i]...)
	}
	start := len(out)
	out = x.append(out, i)
	// A text may repeat the number, if that is long enough to be found.
	const worthPassing = 4
	if len(out)-start >= worthPassing {
		c.pass(numberText, out[start:])
	}
	return out
}

func (c *codec) codeString(out []byte, x *stringColumn) []byte {
	i := x.at
	x.at++
	out = append(out, '"')
	start := len(out)
	switch {
	case c.pricing:
		x.asText += c.price(x.name, x.texts[i], i)
		out = append(out, x.texts[i]...)
	case x.plan == nil:
		var s []byte
		if !c.Reading() {
			s = x.texts[i]
		}
		out = append(out, c.text(x.name, s)...)
	default:
		out = x.plan.append(out, i)
		ensure(len(out) <= c.size)
		c.pass(x.name, out[start:])
	}
	return append(out, '"')
}

// pass shows known strings to the model of text, if there is any text.
func (c *codec) pass(column int, s []byte) {
	if c.inOrder && c.model != nil {
		c.model.Pass(column, s)
	}
}

// price returns the cost of string i of a column as text. Of the later strings
// it looks at some and takes them for the others too.
func (c *codec) price(column int, s []byte, i int) uint64 {
	const allBefore, oneOf = 48, 4
	if i >= allBefore && i%oneOf > 0 {
		c.pass(column, s)
		return 0
	}
	before := c.Cost()
	c.text(column, s)
	if i >= allBefore {
		return oneOf * (c.Cost() - before)
	}
	return c.Cost() - before
}

// rewind makes the first value of all columns the next one.
func (x *column) rewind() {
	if x == nil {
		return
	}
	x.at = 0
	if x.numbers != nil {
		x.numbers.at = 0
	}
	if x.strings != nil {
		x.strings.at = 0
	}
	for _, l := range []*list{x.arrays, x.maps, x.tuples} {
		if l == nil {
			continue
		}
		l.at = 0
		if l.keys != nil {
			l.keys.at = 0
		}
		l.values.rewind()
		for _, place := range l.places {
			place.rewind()
		}
	}
	if x.records != nil {
		x.records.at = 0
		for _, field := range x.records.columns {
			field.rewind()
		}
	}
}
