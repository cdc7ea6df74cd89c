package columns

import "github.com/awsjar/awsjar/internal/pack/text"

// A splitPlan is strings in pieces. A skeleton is a string in which each piece
// that varies is replaced by a mark: the strings have few skeletons, and the
// pieces at each mark of a skeleton are a column of their own.
type splitPlan struct {
	skeletons [][]byte
	ids       []uint32
	pieces    []piece // at the marks of all skeletons, one after the other
	begin     []int   // of each skeleton: its first piece
	number    []int32 // of each string: its number among those of its skeleton
	size      int     // of the document
}

// A piece is the strings at a mark: by a plan, or moments.
type piece struct {
	plan    plan
	moments []int64
	form    int // of the moments
}

// The bytes of skeletons that are marks.
const (
	markPlan   = 1                             // strings by a plan
	markMoment = 2                             // moments of the first form; the next bytes are the other forms
	leastText  = markMoment + len(momentForms) // no string has a byte below
)

func (p *splitPlan) code(c *codec, n, _, deep int) {
	m := int(c.models.skeletons.Code(c.Coder, uint64(len(p.skeletons))))
	ensure(m > 0 && m <= n)
	if c.Reading() {
		p.skeletons = make([][]byte, m)
	}
	for i := range p.skeletons {
		p.skeletons[i] = c.text(skeletonText, p.skeletons[i])
	}
	p.ids, p.size = c.codeSymbols(n, m, p.ids), c.size
	p.number = make([]int32, n)
	count := make([]int, m)
	for i, id := range p.ids {
		p.number[i] = int32(count[id])
		count[id]++
	}
	p.begin = make([]int, m)
	next := 0
	for id, skeleton := range p.skeletons {
		p.begin[id] = next
		for _, b := range skeleton {
			if int(b) >= leastText {
				continue
			}
			if c.Reading() {
				p.pieces = append(p.pieces, piece{form: int(b) - markMoment})
			}
			p.pieces[next].code(c, b, count[id], deep)
			next++
		}
	}
}

// code codes n strings at a mark.
func (x *piece) code(c *codec, mark byte, n, deep int) {
	ensure(mark != 0)
	if mark != markPlan {
		x.moments = c.codeIntegers(n, x.moments)
		return
	}
	x.plan = c.codePlan(x.plan, n, c.name(), deep)
}

func (p *splitPlan) append(out []byte, i int) []byte {
	id := p.ids[i]
	next := p.begin[id]
	for _, b := range p.skeletons[id] {
		if int(b) >= leastText {
			out = append(out, b)
			continue
		}
		ensure(len(out) <= p.size) // hostile pieces may be twins of long strings
		out = p.pieces[next].append(out, int(p.number[i]))
		next++
	}
	return out
}

func (x *piece) append(out []byte, i int) []byte {
	if x.plan == nil {
		return appendMoment(out, x.moments[i], x.form)
	}
	return x.plan.append(out, i)
}

// A splitter finds the pieces of strings, besides moments.
type splitter int

const (
	splitAll      splitter = iota // runs of letters, and runs of digits
	splitNumbered                 // runs of letters and digits with a digit among them
	splitters
)

// split returns the skeleton of a string and its pieces.
func (s splitter) split(whole []byte) (skeleton []byte, pieces [][]byte) {
	for i := 0; i < len(whole); {
		mark, size := s.pieceAt(whole, i)
		if mark == 0 {
			skeleton = append(skeleton, whole[i])
			i++
			continue
		}
		skeleton = append(skeleton, mark)
		pieces = append(pieces, whole[i:i+size])
		i += size
	}
	return skeleton, pieces
}

// pieceAt returns the mark and the size of the piece at a place, or 0 if none
// begins there.
func (s splitter) pieceAt(whole []byte, i int) (mark byte, size int) {
	rest, begins := whole[i:], i == 0 || !text.IsWord(whole[i-1])
	if begins && text.IsDigit(rest[0]) {
		if form, ok := momentAt(rest); ok {
			size = len(momentForms[form])
			if size == len(rest) || !text.IsDigit(rest[size]) {
				return byte(markMoment + form), size
			}
		}
	}
	hasDigit := false
	for size = 0; size < len(rest) && text.IsWord(rest[size]); size++ {
		isDigit := text.IsDigit(rest[size])
		if s == splitAll && size > 0 && isDigit != hasDigit {
			break
		}
		hasDigit = hasDigit || isDigit
	}
	if size == 0 || s == splitNumbered && !(begins && hasDigit) {
		return 0, 0
	}
	return markPlan, size
}

// splitOf returns the plan of strings with the pieces of each mark, or nil if
// they have too many skeletons. The plans of the pieces are left open.
func (s splitter) splitOf(v [][]byte) (p *splitPlan, pieces [][][]byte) {
	const mostPieces, fewestWords = 24, 16
	p = &splitPlan{}
	numbers := map[string]uint32{}
	for _, whole := range v {
		skeleton, parts := s.split(whole)
		id, known := numbers[string(skeleton)]
		if !known {
			isWord := len(skeleton) == 1 && skeleton[0] == markPlan
			if len(p.skeletons) == max(1, len(v)/4) || len(parts) > mostPieces || isWord && len(v) < fewestWords {
				return nil, nil
			}
			id = uint32(len(p.skeletons))
			numbers[string(skeleton)] = id
			p.skeletons = append(p.skeletons, skeleton)
			p.begin = append(p.begin, len(pieces))
			pieces = append(pieces, make([][][]byte, len(parts))...)
		}
		p.ids = append(p.ids, id)
		for k, part := range parts {
			pieces[p.begin[id]+k] = append(pieces[p.begin[id]+k], part)
		}
	}
	if first := p.skeletons[0]; len(p.skeletons) == 1 && len(first) == 1 && first[0] == markPlan {
		return nil, nil
	}
	return p, pieces
}

// A cutPlan is strings of one length, cut where their random part begins.
type cutPlan struct{ head, tail plan }

func (p *cutPlan) code(c *codec, n, name, deep int) {
	p.head = c.codePlan(p.head, n, name, deep)
	p.tail = c.codePlan(p.tail, n, c.name(), deep)
}

func (p *cutPlan) append(out []byte, i int) []byte { return p.tail.append(p.head.append(out, i), i) }

// cutOf returns the two parts of strings of one length, or false if there are
// not two.
func cutOf(v [][]byte) (heads, tails [][]byte, ok bool) {
	const fewest, random = 8, 10 // strings and characters; characters that stand at a random place
	length := len(v[0])
	if length < fewest || len(v) < fewest {
		return nil, nil, false
	}
	cut := length
	for cut > 0 && len(charactersAt(v, cut-1)) >= random {
		cut--
	}
	if cut == length || cut == 0 {
		return nil, nil, false
	}
	for _, s := range v {
		heads = append(heads, s[:cut])
		tails = append(tails, s[cut:])
	}
	return heads, tails, true
}
