package main

import (
	"bytes"
	"encoding/json"

	"github.com/itchyny/gojq"

	"github.com/awsjar/awsjar/internal/merge"
)

// store returns the text to store for the result of an expression. A part that the
// expression left alone keeps its stored text, and the members of an object
// stand as jq would print them.
func (o *order) store(stored []byte, input, result any) ([]byte, error) {
	after, err := gojq.Marshal(result)
	if err != nil {
		return nil, err
	}
	if stored == nil {
		return o.arrange(after, result)
	}
	before, err := gojq.Marshal(input)
	if err != nil {
		return nil, err
	}
	merged := merge.Apply(stored, before, after, merge.Options{})
	if v, err := newOrder().decode(merged); err != nil || !same(v, result) {
		merged = after // members of one name that occur twice
	}
	return o.arrange(merged, result)
}

// arrange returns the text of a value with the members of its objects in their
// order.
func (o *order) arrange(text []byte, v any) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	p := &parser{dec: dec, text: text}
	tree, err := p.node()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = o.writeNode(&b, tree, v)
	return b.Bytes(), err
}

// node is a value of a JSON text: a scalar, or by name the texts of the names of
// its members and the members, or its elements.
type node struct {
	scalar   []byte
	spelled  map[string][]byte
	members  map[string]node
	elements []node
}

// parser reads a JSON text as nodes.
type parser struct {
	dec  *json.Decoder
	text []byte
}

// token returns the next token and its text.
func (p *parser) token() (json.Token, []byte, error) {
	start := p.dec.InputOffset()
	token, err := p.dec.Token()
	return token, bytes.TrimLeft(p.text[start:p.dec.InputOffset()], ",: \t\r\n"), err
}

func (p *parser) node() (node, error) {
	token, text, err := p.token()
	if err != nil {
		return node{}, err
	}
	switch token {
	case json.Delim('['):
		n := node{elements: []node{}}
		for p.dec.More() {
			element, err := p.node()
			if err != nil {
				return n, err
			}
			n.elements = append(n.elements, element)
		}
		_, _, err = p.token()
		return n, err
	case json.Delim('{'):
		n := node{spelled: map[string][]byte{}, members: map[string]node{}}
		for p.dec.More() {
			name, spelled, err := p.token()
			if err != nil {
				return n, err
			}
			n.spelled[name.(string)] = spelled
			if n.members[name.(string)], err = p.node(); err != nil {
				return n, err
			}
		}
		_, _, err = p.token()
		return n, err
	}
	return node{scalar: text}, nil
}

// writeNode writes a node, which is the text of v.
func (o *order) writeNode(b *bytes.Buffer, n node, v any) error {
	switch {
	case n.elements != nil:
		b.WriteByte('[')
		for i, element := range n.elements {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := o.writeNode(b, element, v.([]any)[i]); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case n.members != nil:
		members := v.(map[string]any)
		names, ok := o.names(members)
		if !ok {
			return o.refuse()
		}
		b.WriteByte('{')
		for i, name := range names {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(n.spelled[name])
			b.WriteByte(':')
			if err := o.writeNode(b, n.members[name], members[name]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	default:
		b.Write(n.scalar)
	}
	return nil
}
