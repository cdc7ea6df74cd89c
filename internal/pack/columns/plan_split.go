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
	size      int     // of the document
}

// A piece is the strings at a mark: by a plan, moments, or the same as those at
// an earlier mark of the skeleton.
type piece struct {
	plan    plan
	moments []int64
	form    int // of the moments
	same    int // the earlier mark, from 1 on; 0 for none
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
			x := &p.pieces[next]
			x.code(c, b, count[id], next-p.begin[id], deep)
			ensure(x.same == 0 || p.pieces[p.begin[id]+x.same-1].same == 0)
			next++
		}
	}
}

// code codes n strings at a mark with that many earlier ones.
func (x *piece) code(c *codec, mark byte, n, earlier, deep int) {
	ensure(mark != 0)
	if mark != markPlan {
		x.moments = c.codeIntegers(n, x.moments)
		return
	}
	if earlier > 0 && c.same.Code(c.Coder, 1, bit(x.same > 0)) == 1 {
		x.same = 1 + int(c.Uniform(uint32(earlier), uint32(x.same-1)))
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
		ensure(len(out) <= p.size) // a hostile skeleton repeats long pieces
		x := &p.pieces[next]
		if x.same > 0 {
			x = &p.pieces[p.begin[id]+x.same-1]
		}
		out = x.append(out, int(p.number[i]))
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

// A splitter says what the pieces of strings are, besides moments.
type splitter int

const (
	splitWords    splitter = iota // runs of letters and digits
	splitNumbers                  // runs of letters, and runs of digits
	splitNumbered                 // runs of letters and digits with a digit among them
	splitters
)

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
	if !isWord(text[i]) || s == splitNumbered && i > 0 && isWord(text[i-1]) {
		return 0, 0
	}
	hasDigit := false
	for size = 0; i+size < len(text) && isWord(text[i+size]); size++ {
		isDigit := isDigit(text[i+size])
		if s == splitNumbers && isDigit != hasDigit && size > 0 {
			break
		}
		hasDigit = hasDigit || isDigit
	}
	if s == splitNumbered && !hasDigit {
		return 0, 0
	}
	return markPlan, size
}

func isDigit(b byte) bool { return b-'0' < 10 }

// isWord reports whether a byte belongs to a word or a number: letters, digits
// and all beyond ASCII.
func isWord(b byte) bool { return isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' || b >= 0x80 }

// splitOf returns the plan of strings with the pieces of each mark, or nil if
// they have too many skeletons. The plans of the pieces are left open. A string
// whose skeleton is rare is one piece.
func (s splitter) splitOf(v [][]byte) (p *splitPlan, pieces [][][]byte) {
	const mostPieces, rare, fewestWithRest = 24, 3, 16
	skeletons, parts := make([]string, len(v)), make([][][]byte, len(v))
	count := map[string]int{}
	for i, text := range v {
		var skeleton []byte
		skeleton, parts[i] = s.split(text)
		skeletons[i] = string(skeleton)
		count[skeletons[i]]++
	}
	const whole = string(rune(markPlan))
	rest := 0
	for i, text := range v {
		if len(parts[i]) > mostPieces || count[skeletons[i]] < min(rare, len(v)) || skeletons[i] == whole {
			skeletons[i], parts[i] = whole, [][]byte{text}
			rest++
		}
	}
	if rest > len(v)/2 || rest > 0 && len(v) < fewestWithRest {
		return nil, nil
	}
	return numberedSplit(skeletons, parts)
}

// numberedSplit numbers the skeletons of strings and puts their pieces together.
func numberedSplit(skeletons []string, parts [][][]byte) (p *splitPlan, pieces [][][]byte) {
	p = &splitPlan{}
	numbers := map[string]uint32{}
	for i, skeleton := range skeletons {
		id, known := numbers[skeleton]
		if !known {
			if len(p.skeletons) == max(1, len(skeletons)/4) {
				return nil, nil
			}
			id = uint32(len(p.skeletons))
			numbers[skeleton] = id
			p.skeletons = append(p.skeletons, []byte(skeleton))
			p.begin = append(p.begin, len(pieces))
			pieces = append(pieces, make([][][]byte, len(parts[i]))...)
		}
		p.ids = append(p.ids, id)
		for k, part := range parts[i] {
			pieces[p.begin[id]+k] = append(pieces[p.begin[id]+k], part)
		}
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
