package columns

import "github.com/awsjar/awsjar/internal/pack/entropy"

// A column is all the values at one path of a document, in its order. What is
// in the values is in columns of their own: all numbers, all strings, all
// elements of the arrays, and so on.
type column struct {
	kinds []kind   // that occur, in the order of their first appearance
	ids   []uint32 // of each value: the number of its kind among them
	at    int      // the value that comes next in the document

	numbers numberColumn
	strings stringColumn
	groups  [kinds]*group
}

// A group is the containers of one kind in a column.
type group struct {
	kind kind
	at   int // the container that comes next in the document

	counts  []int64      // of arrays and maps: how many elements or members; of tuples: of all
	keys    stringColumn // of maps
	shapes  [][]string   // of records: their keys
	ids     []uint32     // of records: the shape of each
	fields  [][]int      // of each shape: the columns of its keys
	under   []string     // of records: the key of each column
	columns []*column
}

// settle numbers the columns of the keys of records in the order of their first
// appearance, and returns how many columns there are.
func (g *group) settle() int {
	switch g.kind {
	case kindTuple:
		return int(g.counts[0])
	case kindRecord:
	default:
		return 1
	}
	var all []string
	for _, shape := range g.shapes {
		all = append(all, shape...)
	}
	var ids []uint32
	g.under, ids = numbered(all)
	g.fields = make([][]int, len(g.shapes))
	for i, shape := range g.shapes {
		for range shape {
			g.fields[i] = append(g.fields[i], int(ids[0]))
			ids = ids[1:]
		}
	}
	return len(g.under)
}

// size is how many values lie in container i.
func (g *group) size(i int) int {
	if g.kind == kindRecord {
		return len(g.fields[g.ids[i]])
	}
	return int(g.counts[i])
}

// column is the column of value k of container i.
func (g *group) column(i, k int) int {
	switch g.kind {
	case kindRecord:
		return g.fields[g.ids[i]][k]
	case kindTuple:
		return k
	}
	return 0
}

// codeColumn codes a column of n values; name is its column of text.
func (c *codec) codeColumn(n int, x *column, name, deep int) *column {
	c.spend(n)
	ensure(deep <= deepest+1)
	if c.Reading() {
		x = new(column)
	}
	x.at = 0
	var count [kinds]int
	if n > 0 {
		c.codeKinds(n, x)
	}
	for _, id := range x.ids {
		count[x.kinds[id]]++
	}
	if k := count[kindNumber]; k > 0 {
		c.codeNumbers(k, &x.numbers, name)
	}
	if k := count[kindString]; k > 0 {
		c.codeStrings(k, &x.strings, name)
	}
	for k := kindRecord; k < kinds; k++ {
		if count[k] > 0 {
			if c.Reading() {
				x.groups[k] = &group{kind: k}
			}
			c.codeGroup(count[k], x.groups[k], name, deep)
		}
	}
	return x
}

// codeKinds codes the kinds that occur, and which each of n values is of.
func (c *codec) codeKinds(n int, x *column) {
	m := 1
	if n > 1 {
		m = int(c.manyKinds.Code(c.Coder, 4, uint32(len(x.kinds))))
	}
	ensure(m > 0 && m <= min(n, int(kinds)))
	x.kinds = sized(x.kinds, m)
	for i := range x.kinds {
		x.kinds[i] = kind(c.models.kinds.Code(c.Coder, 4, uint32(x.kinds[i])))
		ensure(x.kinds[i] < kinds)
	}
	x.ids = c.codeSymbols(n, m, x.ids)
}

// codeGroup codes n containers: their sizes or shapes, and the columns of all
// that lies in them.
func (c *codec) codeGroup(n int, g *group, name, deep int) {
	g.at = 0
	switch g.kind {
	case kindRecord:
		c.codeShapes(n, g)
	case kindTuple:
		g.counts = sized(g.counts, n)
		length := c.tuple.Code(c.Coder, 4, uint32(g.counts[0]))
		for i := range g.counts {
			g.counts[i] = int64(length)
		}
	default:
		g.counts = c.codeIntegers(n, g.counts)
	}
	count := make([]int, g.settle())
	for i := range n {
		ensure(g.size(i) >= 0)
		c.spend(g.size(i))
		for k := range g.size(i) {
			count[g.column(i, k)]++
		}
	}
	if g.kind == kindMap {
		c.codeStrings(count[0], &g.keys, name+1)
	}
	g.columns = sized(g.columns, len(count))
	for i := range g.columns {
		if g.kind == kindRecord {
			name = underKey(c.numbers[g.under[i]])
		}
		g.columns[i] = c.codeColumn(count[i], g.columns[i], name, deep+1)
	}
}

// codeShapes codes the shapes of records, and which one each of n has.
func (c *codec) codeShapes(n int, g *group) {
	m := int(c.models.shapes.Code(c.Coder, uint64(len(g.shapes))))
	ensure(m > 0 && m <= n)
	g.shapes = sized(g.shapes, m)
	for i := range g.shapes {
		size := int(c.shapeSize.Code(c.Coder, uint64(len(g.shapes[i]))))
		c.spend(size)
		g.shapes[i] = sized(g.shapes[i], size)
		for k := range g.shapes[i] {
			g.shapes[i][k] = c.codeKey(g.shapes[i][k])
		}
	}
	g.ids = c.codeSymbols(n, m, g.ids)
}

// codeKey codes a key of a record: its number among the keys so far, or its text.
func (c *codec) codeKey(key string) string {
	known := len(c.keys)
	number, ok := c.numbers[key]
	if !ok {
		number = known
	}
	if known > 0 && c.Bit(&c.knownKey, bit(number < known)) == 1 {
		ensure(known <= entropy.MostUniform)
		return c.keys[c.Uniform(uint32(known), uint32(number))]
	}
	key = string(c.text(keyText, key))
	c.numbers[key] = known
	c.keys = append(c.keys, key)
	return key
}
