package columns

import (
	"strings"

	"github.com/awsjar/awsjar/internal/pack/text"
)

// A splitPlan is strings in pieces. A skeleton is a string in which each piece
// that varies is replaced by a mark: the strings have few skeletons, and the
// pieces at each mark of a skeleton are a column of their own.
type splitPlan struct {
	skeletons []string
	ids       []uint32
	pieces    [][]piece // at the marks of each skeleton
	place     []int     // of each string: its number among those of its skeleton
	size      int       // of the document
}

// A piece is the strings at a mark.
type piece struct {
	texts []string // the writer's
	plan  plan
}

// mark is the byte of a skeleton that stands for a piece. No string has it.
const mark = "\x01"

func (p *splitPlan) number() uint32 { return planSplit }

func (p *splitPlan) code(c *codec, n, _, deep int) {
	m := int(c.skeletons.Code(c.Coder, uint64(len(p.skeletons))))
	ensure(m > 0 && m <= n)
	p.skeletons = sized(p.skeletons, m)
	for i := range p.skeletons {
		p.skeletons[i] = string(c.text(skeletonText, p.skeletons[i]))
	}
	p.ids, p.size = c.codeSymbols(n, m, p.ids), c.size
	p.place = make([]int, n)
	count := make([]int, m)
	for i, id := range p.ids {
		p.place[i] = count[id]
		count[id]++
	}
	p.pieces = sized(p.pieces, m)
	for id, skeleton := range p.skeletons {
		p.pieces[id] = sized(p.pieces[id], strings.Count(skeleton, mark))
		for k := range p.pieces[id] {
			x := &p.pieces[id][k]
			x.plan = c.codePlan(x.plan, count[id], pieceText+c.pieces, deep)
			c.pieces++
		}
	}
}

func (p *splitPlan) append(out []byte, i int) []byte {
	id := p.ids[i]
	between, rest, _ := strings.Cut(p.skeletons[id], mark)
	out = append(out, between...)
	for _, piece := range p.pieces[id] {
		ensure(len(out) <= p.size)
		out = piece.plan.append(out, p.place[i])
		between, rest, _ = strings.Cut(rest, mark)
		out = append(out, between...)
	}
	return out
}

// splitOf returns the plan of strings with the texts of each piece, or nil if
// they have too many skeletons. The plans of the pieces are left open. Pieces
// are runs of letters and runs of digits, or if numbered runs of both with a
// digit among them.
func splitOf(v []string, numbered bool) *splitPlan {
	const mostPieces = 24
	p := &splitPlan{}
	numbers := map[string]uint32{}
	for _, whole := range v {
		skeleton, parts := split(whole, numbered)
		id, known := numbers[skeleton]
		if !known {
			if len(p.skeletons) == max(1, len(v)/4) || len(parts) > mostPieces {
				return nil
			}
			id = uint32(len(p.skeletons))
			numbers[skeleton] = id
			p.skeletons = append(p.skeletons, skeleton)
			p.pieces = append(p.pieces, make([]piece, len(parts)))
		}
		p.ids = append(p.ids, id)
		for k, part := range parts {
			p.pieces[id][k].texts = append(p.pieces[id][k].texts, part)
		}
	}
	if len(p.skeletons) == 1 && p.skeletons[0] == mark {
		return nil
	}
	return p
}

// split returns the skeleton of a string and its pieces.
func split(whole string, numbered bool) (skeleton string, pieces []string) {
	var marked strings.Builder
	for i := 0; i < len(whole); {
		size, hasDigit := 0, false
		for ; i+size < len(whole) && text.IsWord(whole[i+size]); size++ {
			isDigit := text.IsDigit(whole[i+size])
			if !numbered && size > 0 && isDigit != hasDigit {
				break
			}
			hasDigit = hasDigit || isDigit
		}
		switch {
		case size == 0:
			marked.WriteByte(whole[i])
			size = 1
		case numbered && !hasDigit:
			marked.WriteString(whole[i : i+size])
		default:
			marked.WriteString(mark)
			pieces = append(pieces, whole[i:i+size])
		}
		i += size
	}
	return marked.String(), pieces
}
