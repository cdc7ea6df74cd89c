package merge

import (
	"hash/maphash"
	"math"
)

// maxDepth is the depth that encoding/json reads.
const maxDepth = 10_000

// parser finds the objects and arrays in a text. It checks how they are nested, and
// not how scalars look like.
type parser struct {
	tree
	at int
}

func parse(data []byte, seed maphash.Seed) (*tree, bool) {
	if len(data) > math.MaxInt32 {
		return nil, false
	}
	p := parser{tree: tree{data: data, seed: seed, containers: make([]container, 0, countContainers(data))}}
	open := p.peek()
	p.root = node{start: int32(p.at), number: -1}
	if opens(open) {
		p.root.number = 0
	}
	_, ok := p.value(0)
	return &p.tree, ok && p.peek() == 0 && p.at == len(data)
}

// countContainers returns how many objects and arrays a JSON text has. To make room
// for all of them at once takes a fifth of the memory that a list takes which grows.
func countContainers(data []byte) int {
	count, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && opens(c):
			count++
		}
	}
	return count
}

// peek returns the next byte that is not white space, or 0 at the end.
func (p *parser) peek() byte {
	for ; p.at < len(p.data); p.at++ {
		if c := p.data[p.at]; !isSpace(c) {
			return c
		}
	}
	return 0
}

// accept takes the next byte if it is c.
func (p *parser) accept(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

// value reads one value, and returns its sum.
func (p *parser) value(depth int) (sum uint64, ok bool) {
	open := p.peek()
	switch {
	case depth > maxDepth:
		return 0, false
	case opens(open):
		number := len(p.containers)
		p.containers = append(p.containers, container{})
		sum, ok = p.children(open, depth)
		p.containers[number] = container{end: int32(p.at), next: int32(len(p.containers)), sum: sum}
		return sum, ok
	}
	start := p.at
	p.at, ok = endOfScalar(p.data, start)
	return maphash.Bytes(p.seed, p.data[start:p.at]), ok
}

// children reads the members or elements of an object or array, and returns its sum.
func (p *parser) children(open byte, depth int) (sum uint64, ok bool) {
	p.at++
	shut := open + 2 // of { and [ in ASCII
	sum = uint64(open)
	for first := true; !p.accept(shut); first = false {
		if !first && !p.accept(',') {
			return 0, false
		}
		c := part{before: sum}
		if open == '{' {
			if c.name, ok = p.name(); !ok {
				return 0, false
			}
		}
		if c.value, ok = p.value(depth + 1); !ok {
			return 0, false
		}
		sum = maphash.Comparable(p.seed, c)
	}
	return sum, true
}

// part is one part of the sum of an object or array.
type part struct{ before, name, value uint64 }

// name reads the name of a member and its colon, and returns the sum of the name.
func (p *parser) name() (sum uint64, ok bool) {
	if p.peek() != '"' {
		return 0, false
	}
	start := p.at
	if p.at, ok = endOfString(p.data, start); !ok {
		return 0, false
	}
	return p.nameSum(p.data[start:p.at]), p.accept(':')
}
