package columns

// A column is all the values at one path of a document, in its order. What is
// in the values is in columns of their own: all numbers, all strings, all
// elements of the arrays, and so on.
type column struct {
	kinds []kind // of each value; nil if all are of one
	only  kind
	at    int // the value that comes next in the document

	numbers *numberColumn
	strings *stringColumn
	arrays  *list
	maps    *list
	tuples  *list
	records *recordColumn
}

// A list is the arrays, the maps or the tuples of a column.
type list struct {
	counts []int64
	at     int
	keys   *stringColumn // of maps
	values *column       // of arrays and maps: all elements, or the values of all members
	places []*column     // of tuples: the values at each place
}

// A recordColumn is the records of a column.
type recordColumn struct {
	keys    [][][]byte // of each shape
	fields  [][]int    // of each shape: the number of the column of each key
	ids     []uint32   // the shape of each record
	at      int
	columns []*column // in the order in which their keys appear in the shapes
}

// codeColumn codes a column of n values; name is its column of text.
func (c *codec) codeColumn(n int, x *column, name, deep int) *column {
	c.spend(n)
	ensure(deep <= deepest+1)
	if c.Reading() {
		x = new(column)
	}
	count := c.codeKinds(n, x)
	if k := count[kindNumber]; k > 0 {
		x.numbers = c.codeNumbers(k, x.numbers, name)
	}
	if k := count[kindString]; k > 0 {
		x.strings = c.codeStrings(k, x.strings, name)
	}
	if k := count[kindArray]; k > 0 {
		total := 0
		x.arrays, total = c.codeCounts(k, x.arrays)
		x.arrays.values = c.codeColumn(total, x.arrays.values, name, deep+1)
	}
	if k := count[kindMap]; k > 0 {
		total := 0
		x.maps, total = c.codeCounts(k, x.maps)
		x.maps.keys = c.codeStrings(total, x.maps.keys, name+1)
		x.maps.values = c.codeColumn(total, x.maps.values, name, deep+1)
	}
	if k := count[kindTuple]; k > 0 {
		x.tuples = c.codeTuples(k, x.tuples, name, deep)
	}
	if k := count[kindRecord]; k > 0 {
		x.records = c.codeRecords(k, x.records, deep)
	}
	return x
}

// codeKinds codes which kind each value is of, and returns how many there are
// of each.
func (c *codec) codeKinds(n int, x *column) (count [kinds]int) {
	if n == 0 {
		return count
	}
	if n == 1 {
		x.only = kind(c.loneKind.Code(c.Coder, 4, uint32(x.only)))
		ensure(x.only < kinds)
		count[x.only] = 1
		return count
	}
	if several := c.manyKinds.Code(c.Coder, 1, bit(x.kinds != nil)); several == 0 {
		x.only = kind(c.models.kinds.Code(c.Coder, 4, uint32(x.only)))
		ensure(x.only < kinds)
		count[x.only] = n
		return count
	}
	order, ids := kindOrder(x.kinds)
	m := 2 + int(c.kindOrder.Code(c.Coder, 3, uint32(max(len(order), 2)-2)))
	ensure(m <= int(kinds))
	order = append(order, make([]kind, m-len(order))...)
	for i := range order {
		order[i] = kind(c.models.kinds.Code(c.Coder, 4, uint32(order[i])))
		ensure(order[i] < kinds)
	}
	ids = c.codeSymbols(n, m, ids)
	if c.Reading() {
		x.kinds = make([]kind, n)
	}
	for i, id := range ids {
		x.kinds[i] = order[id]
		count[order[id]]++
	}
	return count
}

// kindOrder returns the kinds in the order of their first appearance, and the
// numbers of all in it.
func kindOrder(all []kind) (order []kind, ids []uint32) {
	var numbers [kinds]uint32 // and 1
	ids = make([]uint32, len(all))
	for i, k := range all {
		if numbers[k] == 0 {
			order = append(order, k)
			numbers[k] = uint32(len(order))
		}
		ids[i] = numbers[k] - 1
	}
	return order, ids
}

// codeCounts codes how many elements or members each of n lists has.
func (c *codec) codeCounts(n int, x *list) (l *list, total int) {
	if c.Reading() {
		x = new(list)
	}
	x.counts = c.codeIntegers(n, x.counts)
	for _, k := range x.counts {
		ensure(k >= 0 && k <= int64(c.values))
		total += int(k)
		ensure(total <= c.values)
	}
	return x, total
}

func (c *codec) codeTuples(n int, x *list, name, deep int) *list {
	x, _ = c.codeCounts(n, x)
	longest := int64(0)
	for _, k := range x.counts {
		longest = max(longest, k)
	}
	ensure(longest <= longestTuple)
	if c.Reading() {
		x.places = make([]*column, longest)
	}
	for place := range x.places {
		long := 0
		for _, k := range x.counts {
			if int(k) > place {
				long++
			}
		}
		x.places[place] = c.codeColumn(long, x.places[place], name, deep+1)
	}
	return x
}

// codeRecords codes n records: their shapes, which one each has, and a column
// for each key.
func (c *codec) codeRecords(n int, x *recordColumn, deep int) *recordColumn {
	if c.Reading() {
		x = new(recordColumn)
	}
	m := int(c.models.shapes.Code(c.Coder, uint64(len(x.keys))))
	ensure(m > 0 && m <= n)
	if c.Reading() {
		x.keys = make([][][]byte, m)
	}
	for i := range x.keys {
		x.keys[i] = c.codeShape(x.keys[i])
	}
	x.ids = c.codeSymbols(n, m, x.ids)
	var keys [][]byte
	x.fields, keys = fieldsOf(x.keys)
	count := make([]int, len(keys))
	for _, id := range x.ids {
		for _, field := range x.fields[id] {
			count[field]++
		}
		c.spend(len(x.fields[id]))
	}
	if c.Reading() {
		x.columns = make([]*column, len(keys))
	}
	for i, key := range keys {
		x.columns[i] = c.codeColumn(count[i], x.columns[i], c.keys.name(key), deep+1)
	}
	return x
}

// fieldsOf numbers the keys of shapes in the order of their first appearance.
func fieldsOf(shapes [][][]byte) (fields [][]int, keys [][]byte) {
	numbers := map[string]int{}
	for _, shape := range shapes {
		numbered := make([]int, len(shape))
		for i, key := range shape {
			number, known := numbers[string(key)]
			if !known {
				number = len(keys)
				numbers[string(key)] = number
				keys = append(keys, key)
			}
			numbered[i] = number
		}
		fields = append(fields, numbered)
	}
	return fields, keys
}
