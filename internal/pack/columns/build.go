package columns

// build makes the columns of the values at one path. It decides how objects and
// arrays are coded.
func build(values []*node) *column {
	settleObjects(values)
	settleArrays(values)
	x := &column{only: values[0].kind}
	of := map[kind][]*node{}
	for _, v := range values {
		of[v.kind] = append(of[v.kind], v)
	}
	if len(of) > 1 {
		x.kinds = make([]kind, len(values))
		for i, v := range values {
			x.kinds[i] = v.kind
		}
	}
	if nodes := of[kindNumber]; nodes != nil {
		x.numbers = &numberColumn{texts: texts(nodes)}
	}
	if nodes := of[kindString]; nodes != nil {
		x.strings = &stringColumn{texts: texts(nodes)}
	}
	if nodes := of[kindArray]; nodes != nil {
		x.arrays = buildList(nodes)
	}
	if nodes := of[kindMap]; nodes != nil {
		x.maps = buildList(nodes)
		x.maps.keys = &stringColumn{}
		for _, n := range nodes {
			x.maps.keys.texts = append(x.maps.keys.texts, n.keys...)
		}
	}
	if nodes := of[kindTuple]; nodes != nil {
		x.tuples = buildTuples(nodes)
	}
	if nodes := of[kindRecord]; nodes != nil {
		x.records = buildRecords(nodes)
	}
	return x
}

func texts(nodes []*node) (texts [][]byte) {
	for _, n := range nodes {
		texts = append(texts, n.text)
	}
	return texts
}

// buildList makes one column of all that lies in some containers.
func buildList(nodes []*node) *list {
	l := &list{values: &column{}}
	var kids []*node
	for _, n := range nodes {
		l.counts = append(l.counts, int64(len(n.kids)))
		kids = append(kids, n.kids...)
	}
	if len(kids) > 0 {
		l.values = build(kids)
	}
	return l
}

func buildTuples(nodes []*node) *list {
	l := &list{}
	var places [][]*node
	for _, n := range nodes {
		l.counts = append(l.counts, int64(len(n.kids)))
		for i, kid := range n.kids {
			if i == len(places) {
				places = append(places, nil)
			}
			places[i] = append(places[i], kid)
		}
	}
	for _, place := range places {
		l.places = append(l.places, build(place))
	}
	return l
}

func buildRecords(nodes []*node) *recordColumn {
	x := &recordColumn{}
	ids := map[string]uint32{}
	for _, n := range nodes {
		shape := string(shapeOf(n))
		id, known := ids[shape]
		if !known {
			id = uint32(len(x.keys))
			ids[shape] = id
			x.keys = append(x.keys, n.keys)
		}
		x.ids = append(x.ids, id)
	}
	var keys [][]byte
	x.fields, keys = fieldsOf(x.keys)
	kids := make([][]*node, len(keys))
	for i, n := range nodes {
		for k, field := range x.fields[x.ids[i]] {
			kids[field] = append(kids[field], n.kids[k])
		}
	}
	for _, field := range kids {
		x.columns = append(x.columns, build(field))
	}
	return x
}

// shapeOf returns the keys of an object as one text.
func shapeOf(n *node) (shape []byte) {
	for _, key := range n.keys {
		shape = append(append(shape, key...), '"')
	}
	return shape
}

// shapesOf counts the objects among some values, and the shapes that they have.
func shapesOf(values []*node) (objects, shapes int) {
	seen := map[string]bool{}
	for _, v := range values {
		if v.kind == kindRecord || v.kind == kindMap {
			objects++
			seen[string(shapeOf(v))] = true
		}
	}
	return objects, len(seen)
}

// settleObjects makes objects maps if hardly any two have the same keys, and
// they are many or look like maps.
func settleObjects(values []*node) {
	const many = 8
	objects, shapes := shapesOf(values)
	if shapes*2 <= objects {
		return
	}
	for _, v := range values {
		if v.kind == kindRecord && len(v.keys) > 0 && (objects > many || isMap(v)) {
			v.kind = kindMap
		}
	}
}

// isMap reports whether a lone object looks like a map: its values are many and
// of one kind, and if they are objects, few shapes repeat.
func isMap(n *node) bool {
	const few, fewStrings = 5, 8
	if len(n.kids) < few {
		return false
	}
	first := n.kids[0].kind
	for _, kid := range n.kids {
		if kid.kind != first {
			return false
		}
	}
	switch first {
	case kindRecord:
		_, shapes := shapesOf(n.kids)
		return shapes <= len(n.kids)/3+1
	case kindString:
		return len(n.kids) >= fewStrings
	}
	return true
}

// settleArrays makes short arrays tuples if their elements differ in kind or
// are some numbers, and if nearly all have one length.
func settleArrays(values []*node) {
	const mostLengths = 2
	lengths := map[int]bool{}
	for _, v := range values {
		if v.kind == kindArray && isTuple(v) {
			lengths[len(v.kids)] = true
		}
	}
	if len(lengths) > mostLengths {
		return
	}
	for _, v := range values {
		if v.kind == kindArray && isTuple(v) {
			v.kind = kindTuple
		}
	}
}

// longestTuple is how many places tuples have at most.
const longestTuple = 8

func isTuple(n *node) bool {
	const longestOfNumbers = 4
	if len(n.kids) < 2 || len(n.kids) > longestTuple {
		return false
	}
	for _, kid := range n.kids[1:] {
		if kid.kind != n.kids[0].kind {
			return true
		}
	}
	return n.kids[0].kind == kindNumber && len(n.kids) <= longestOfNumbers
}
