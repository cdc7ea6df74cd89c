package page

import (
	"bytes"
	"encoding/json"
	"strings"
)

// The bounds of a tree. A text below them is shown whole.
const (
	maxShown    = 1 << 20 // bytes of a value that is shown as a tree, compared or edited
	maxNodes    = 2000
	maxChildren = 200  // of one array or object
	maxDepth    = 64   // of arrays and objects within each other
	maxText     = 2000 // characters of one text
)

// node is a value in a tree, which may be shortened.
type node struct {
	Name     string // of the member, or the number of the element
	Kind     string // "object", "array", "string", "number", "literal", or "hidden" for a value that is too deep
	Text     string // of a leaf, to be shown
	whole    string // of a leaf
	Count    int    // members or elements
	Children []*node
	Open     bool

	Was     string   // the leaf before; "" if it is as it was
	New     bool     // there was none before
	Removed []string // members that are gone
}

// Leaf reports whether a node has no children by its kind.
func (n *node) Leaf() bool { return n.Kind != "object" && n.Kind != "array" }

// More is how many children are not shown.
func (n *node) More() int { return n.Count - len(n.Children) }

// Brackets says how many members or elements there are.
func (n *node) Brackets() string {
	count := thousands(int64(n.Count))
	if n.Kind == "array" {
		return "[" + count + "]"
	}
	return "{" + count + "}"
}

// Inside is the beginning of the content, for a node that is closed.
func (n *node) Inside() string {
	const most = 40
	var parts []string
	length := 0
	for _, child := range n.Children {
		if !child.Leaf() || length > most {
			break
		}
		part := shortened(child.Text, most)
		if n.Kind == "object" {
			part = shortened(child.Name, most) + " " + part
		}
		length += len(part)
		parts = append(parts, part)
	}
	return shortened(strings.Join(parts, ", "), 2*most)
}

// treeOf reads JSON that passed the rule of package exactjson. It returns nil
// for a text that is too long.
func treeOf(value []byte) *node {
	if len(value) > maxShown {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	b := &builder{dec: dec}
	root := &node{Name: "value", Open: true}
	if b.fill(root, 0) != nil {
		return nil
	}
	return root
}

// builder builds a tree of bounded size.
type builder struct {
	dec   *json.Decoder
	nodes int
}

// fill reads one value into a node.
func (b *builder) fill(n *node, depth int) error {
	token, err := b.dec.Token()
	if err != nil {
		return err
	}
	b.nodes++
	switch v := token.(type) {
	case json.Delim:
		if depth >= maxDepth {
			n.Kind, n.Text = "hidden", "too deep to be shown"
			return b.pass()
		}
		return b.children(n, v, depth)
	case string:
		beginning, note := cut(v, maxText)
		n.Kind, n.Text, n.whole = "string", quoted(beginning)+note, v
	case json.Number:
		n.Kind, n.Text, n.whole = "number", shortened(v.String(), maxText), v.String()
	case bool:
		n.Kind, n.Text = "literal", map[bool]string{true: "true", false: "false"}[v]
	default:
		n.Kind, n.Text = "literal", "null"
	}
	return nil
}

// children reads the members of an object or the elements of an array, and
// counts those that are not shown.
func (b *builder) children(n *node, open json.Delim, depth int) error {
	n.Kind = map[json.Delim]string{'{': "object", '[': "array"}[open]
	for ; b.dec.More(); n.Count++ {
		child := &node{Name: thousands(n.Count)}
		if n.Kind == "object" {
			name, err := b.dec.Token()
			if err != nil {
				return err
			}
			text, _ := name.(string)
			child.Name = named(text)
		}
		if n.Count >= maxChildren || b.nodes >= maxNodes {
			if err := b.skip(); err != nil {
				return err
			}
			continue
		}
		child.Open = depth == 0 && len(n.Children) < 20
		if err := b.fill(child, depth+1); err != nil {
			return err
		}
		n.Children = append(n.Children, child)
	}
	_, err := b.dec.Token()
	return err
}

// named writes the name of a member as it is, or as JSON where a person would not
// see it as it is.
func named(name string) string {
	beginning, note := cut(name, maxText)
	if text := quoted(beginning); name == "" || text != `"`+beginning+`"` || strings.TrimSpace(name) != name {
		return text + note
	}
	return beginning + note
}

// skip passes one value.
func (b *builder) skip() error {
	token, err := b.dec.Token()
	if _, ok := token.(json.Delim); ok && err == nil {
		return b.pass()
	}
	return err
}

// pass passes the rest of an object or array that was entered.
func (b *builder) pass() error {
	for depth := 1; depth > 0; {
		token, err := b.dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

// compare marks the parts of a tree that differ from the tree before.
func compare(now, before *node) {
	if now.Leaf() || before.Leaf() {
		if now.Kind != before.Kind || now.Text != before.Text || now.whole != before.whole {
			now.Was = before.brief()
		}
		return
	}
	old := map[string][]*node{} // a name may occur twice
	for _, child := range before.Children {
		old[child.Name] = append(old[child.Name], child)
	}
	for _, child := range now.Children {
		was := old[child.Name]
		if len(was) == 0 {
			child.New = before.More() == 0
			continue
		}
		old[child.Name] = was[1:]
		compare(child, was[0])
		if child.changed() {
			child.Open = true
		}
	}
	if now.More() > 0 {
		return
	}
	for _, child := range before.Children {
		if len(old[child.Name]) > 0 && len(now.Removed) < 20 {
			now.Removed = append(now.Removed, child.Name)
			old[child.Name] = old[child.Name][1:]
		}
	}
}

// brief is the content of a node in a few characters.
func (n *node) brief() string {
	const most = 60
	switch n.Kind {
	case "object", "array":
		return n.Brackets()
	case "string":
		beginning, note := cut(n.whole, most)
		return quoted(beginning) + note
	}
	return shortened(n.Text, most)
}

// changed reports whether a mark is in a node or below.
func (n *node) changed() bool {
	if n.Was != "" || n.New || len(n.Removed) > 0 {
		return true
	}
	for _, child := range n.Children {
		if child.changed() {
			return true
		}
	}
	return false
}
