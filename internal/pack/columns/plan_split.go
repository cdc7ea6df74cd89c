package columns

// A splitPlan is strings in pieces. A skeleton is a string in which each piece
// that varies is replaced by a mark: the strings have few skeletons, and the
// pieces at each mark of a skeleton are a column of their own.
type splitPlan struct {
	skeletons [][]byte
	ids       []uint32
	pieces    []piece // at the marks of all skeletons, one after the other
	begin     []int   // of each skeleton: its first piece
	number    []int32 // of each string: its number among those of its skeleton
}

// A piece is the strings at a mark.
type piece struct {
	plan    plan
	moments []int64 // if the mark is one of moments
	form    int
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
	p.ids = c.codeSymbols(n, m, p.ids)
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

func (x *piece) code(c *codec, mark byte, n, deep int) {
	ensure(mark != 0)
	if mark == markPlan {
		x.plan = c.codePlan(x.plan, n, c.name(), deep)
	} else {
		x.moments = c.codeIntegers(n, x.moments)
	}
}

func (p *splitPlan) append(out []byte, i int) []byte {
	id := p.ids[i]
	next, number := p.begin[id], int(p.number[i])
	for _, b := range p.skeletons[id] {
		if int(b) >= leastText {
			out = append(out, b)
			continue
		}
		if x := &p.pieces[next]; x.plan != nil {
			out = x.plan.append(out, number)
		} else {
			out = appendMoment(out, x.moments[number], x.form)
		}
		next++
	}
	return out
}

// A splitter splits strings.
type splitter struct {
	fine bool // digits and letters are different pieces
}

// split returns the skeleton of a string and its pieces.
func (s splitter) split(text []byte) (skeleton []byte, pieces [][]byte) {
	for i := 0; i < len(text); {
		mark, size := s.pieceAt(text, i)
		if mark == 0 {
			skeleton = append(skeleton, text[i])
			i++
			continue
		}
		skeleton = append(skeleton, mark)
		pieces = append(pieces, text[i:i+size])
		i += size
	}
	return skeleton, pieces
}

// pieceAt returns the mark and the size of the piece at a place, or 0 if none
// begins there.
func (s splitter) pieceAt(text []byte, i int) (mark byte, size int) {
	if isDigit(text[i]) && (i == 0 || !isWord(text[i-1])) {
		if form, ok := momentAt(text[i:]); ok {
			size = len(momentForms[form])
			if i+size == len(text) || !isDigit(text[i+size]) {
				return byte(markMoment + form), size
			}
		}
	}
	if !isWord(text[i]) {
		return 0, 0
	}
	size = 1
	for i+size < len(text) && isWord(text[i+size]) && (!s.fine || isDigit(text[i+size]) == isDigit(text[i])) {
		size++
	}
	return markPlan, size
}

func isDigit(b byte) bool { return b-'0' < 10 }

// isWord reports whether a byte belongs to a word or a number: letters, digits
// and all beyond ASCII.
func isWord(b byte) bool { return isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80 }

// splitOf returns the plan of strings with the pieces of each mark, or nil if
// they have too many skeletons. The plans of the pieces are left open.
func (s splitter) splitOf(v [][]byte) (p *splitPlan, pieces [][][]byte) {
	const mostPieces, fewest = 24, 16
	p = &splitPlan{}
	numbers := map[string]uint32{}
	most := max(1, len(v)/4)
	for _, text := range v {
		skeleton, parts := s.split(text)
		id, known := numbers[string(skeleton)]
		if !known {
			isOnePiece := len(skeleton) == 1 && skeleton[0] == markPlan
			if len(p.skeletons) == most || len(parts) > mostPieces || isOnePiece && len(v) < fewest {
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
