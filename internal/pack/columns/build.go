package columns

import "strings"

// build makes the columns of the values at one path. It decides how objects and
// arrays are coded.
func build(values []*node) *column {
	settleObjects(values)
	settleArrays(values)
	x := &column{}
	all := make([]kind, len(values))
	var of [kinds][]*node
	for i, v := range values {
		all[i] = v.kind
		of[v.kind] = append(of[v.kind], v)
	}
	x.kinds, x.ids = numbered(all)
	x.numbers.texts, x.strings.texts = texts(of[kindNumber]), texts(of[kindString])
	for k := kindRecord; k < kinds; k++ {
		if nodes := of[k]; nodes != nil {
			x.groups[k] = buildGroup(k, nodes)
		}
	}
	return x
}

func texts(nodes []*node) (texts []string) {
	for _, n := range nodes {
		texts = append(texts, n.text)
	}
	return texts
}

// numbered returns the values that occur, in the order of their first
// appearance, and the number of each value among them.
func numbered[value comparable](all []value) (distinct []value, ids []uint32) {
	numbers := map[value]uint32{}
	ids = make([]uint32, len(all))
	for i, v := range all {
		id, known := numbers[v]
		if !known {
			id = uint32(len(distinct))
			numbers[v] = id
			distinct = append(distinct, v)
		}
		ids[i] = id
	}
	return distinct, ids
}

// buildGroup makes the columns of all that lies in the containers of a kind.
func buildGroup(k kind, nodes []*node) *group {
	g := &group{kind: k}
	shapes := make([]string, len(nodes))
	for i, n := range nodes {
		g.counts = append(g.counts, int64(len(n.kids)))
		if k == kindMap {
			g.keys.texts = append(g.keys.texts, n.keys...)
		}
		shapes[i] = shapeOf(n)
	}
	if k == kindRecord {
		distinct, ids := numbered(shapes)
		g.shapes, g.ids = make([][]string, len(distinct)), ids
		for i, n := range nodes {
			g.shapes[ids[i]] = n.keys
		}
	}
	kids := make([][]*node, g.settle())
	for i, n := range nodes {
		for k, kid := range n.kids {
			column := g.column(i, k)
			kids[column] = append(kids[column], kid)
		}
	}
	for _, values := range kids {
		g.columns = append(g.columns, build(values))
	}
	return g
}

// shapeOf returns the keys of an object as one text.
func shapeOf(n *node) string { return strings.Join(n.keys, `"`) + string(rune(len(n.keys))) }

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

// shapesOf counts the objects among some values, and the shapes that they have.
func shapesOf(values []*node) (objects, shapes int) {
	seen := map[string]bool{}
	for _, v := range values {
		if v.kind == kindRecord {
			objects++
			seen[shapeOf(v)] = true
		}
	}
	return objects, len(seen)
}

// isMap reports whether a lone object looks like a map: its values are many and
// of one kind.
func isMap(n *node) bool {
	const few = 5
	for _, kid := range n.kids {
		if kid.kind != n.kids[0].kind {
			return false
		}
	}
	return len(n.kids) >= few
}

// settleArrays makes arrays tuples if all have the same few elements.
func settleArrays(values []*node) {
	const longest = 6
	length := 0
	for _, v := range values {
		switch {
		case v.kind != kindArray:
		case len(v.kids) < 2 || len(v.kids) > longest || length > 0 && len(v.kids) != length:
			return
		default:
			length = len(v.kids)
		}
	}
	for _, v := range values {
		if v.kind == kindArray && (len(values) > 1 || v.kids[0].kind != v.kids[1].kind) {
			v.kind = kindTuple
		}
	}
}
